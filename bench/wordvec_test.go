package bench

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lane-go/lane/models/wordvec"
)

const wordVectors, wordDim = 30_000, 100

// BenchmarkWordVectorFiles writes and reads word2vec's two formats, in memory.
func BenchmarkWordVectorFiles(b *testing.B) {
	v := newWordVectors(b)
	formats := []struct {
		name  string
		write func(io.Writer) error
	}{
		{"text", v.WriteText},
		{"binary", v.WriteBinary},
	}
	overThreads(b, func(b *testing.B, threads string) {
		for _, f := range formats {
			var file bytes.Buffer
			if err := f.write(&file); err != nil {
				b.Fatal(err)
			}
			name := fmt.Sprintf("%s/format=%s/words=%d/dim=%d", threads, f.name, wordVectors, wordDim)
			b.Run(name+"/op=write", func(b *testing.B) {
				b.SetBytes(int64(file.Len()))
				for b.Loop() {
					if err := f.write(io.Discard); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(name+"/op=read", func(b *testing.B) {
				b.SetBytes(int64(file.Len()))
				for b.Loop() {
					if _, err := wordvec.Read(bytes.NewReader(file.Bytes()), f.name); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}

// BenchmarkWordVectorQueries searches all words for the nearest ones.
func BenchmarkWordVectorQueries(b *testing.B) {
	v := newWordVectors(b)
	const questions = 1000
	var file strings.Builder
	rng := rand.New(rand.NewPCG(1, 1))
	for range questions {
		for range 4 {
			fmt.Fprint(&file, v.Words[rng.IntN(wordVectors)], " ")
		}
		file.WriteByte('\n')
	}
	overThreads(b, func(b *testing.B, threads string) {
		b.Run(fmt.Sprintf("%s/op=Similar/words=%d/dim=%d", threads, wordVectors, wordDim), func(b *testing.B) {
			for b.Loop() {
				if _, err := v.Similar([]string{"w7"}, nil, 10); err != nil {
					b.Fatal(err)
				}
			}
			reportRate(b, 1, 1, "queries/s")
		})
		b.Run(fmt.Sprintf("%s/op=EvalAnalogies/words=%d/dim=%d", threads, wordVectors, wordDim), func(b *testing.B) {
			for b.Loop() {
				if _, err := v.EvalAnalogies(strings.NewReader(file.String()), "questions", 0); err != nil {
					b.Fatal(err)
				}
			}
			reportRate(b, questions, 1, "questions/s")
		})
	})
}

func newWordVectors(b *testing.B) *wordvec.Vectors {
	words := make([]string, wordVectors)
	for i := range words {
		words[i] = fmt.Sprint("w", i)
	}
	v, err := wordvec.New(words, randomMatrix(wordVectors, wordDim))
	if err != nil {
		b.Fatal(err)
	}
	return v
}
