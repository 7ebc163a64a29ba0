package bench

import (
	"fmt"
	"math"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/models/rnnlm"
)

// BenchmarkGenerate draws one token after the other. Each reads every weight but the embedding's once: %read is the
// share of the bandwidth of reads from as much memory.
func BenchmarkGenerate(b *testing.B) {
	vocab := numberedWords(b)
	samplings := []struct {
		name string
		rnnlm.Sampling
	}{
		{"all", rnnlm.Sampling{Temperature: 1}},
		{"greedy", rnnlm.Sampling{}},
		{"top-k", rnnlm.Sampling{Temperature: 0.8, TopK: 40}},
		{"top-p", rnnlm.Sampling{Temperature: 0.8, TopP: 0.9}},
	}
	for _, preset := range []string{"book-rnn", "book-lstm", "book-better"} {
		config, _, err := rnnlm.Preset(preset)
		if err != nil {
			b.Fatal(err)
		}
		model, err := rnnlm.New(config, vocab, 1)
		if err != nil {
			b.Fatal(err)
		}
		bytes := 4 * int(model.Config().ParameterCount())
		if !config.Tied {
			bytes -= 4 * vocab.Len() * config.Embed
		}
		overThreads(b, func(b *testing.B, threads string) {
			for _, s := range samplings {
				b.Run(fmt.Sprintf("%s/preset=%s/sampling=%s", threads, preset, s.name), func(b *testing.B) {
					drawn, err := model.Generate("1", math.MaxInt, s.Sampling)
					if err != nil {
						b.Fatal(err)
					}
					for range drawn {
						if !b.Loop() {
							break
						}
					}
					reportRate(b, 1, 1, "tokens/s")
					reportRate(b, bytes, readBandwidth(lane.Threads(), bytes)/100, "%read")
				})
			}
		})
	}
}
