package corpus_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/lane-go/lane/models/corpus"
)

// Text becomes ids in two readings: one counts the words, one encodes them.
func Example() {
	text := corpus.FromString(corpus.Options{EOS: true}, "rhyme", "row row row your boat\ngently down the stream\n")
	vocab, err := corpus.BuildVocab(text, corpus.VocabOptions{MaxSize: 4, Unknown: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	ids, oov, err := corpus.Encode(text, vocab)
	fmt.Println(vocab.Words())
	fmt.Println(ids, oov, err)
	fmt.Print(corpus.Words.Join(vocab.Decode(ids)))
	// Output:
	// [<unk> row <eos> your]
	// [1 1 1 3 0 2 0 0 0 0 2] 5 <nil>
	// row row row your <unk>
	// <unk> <unk> <unk> <unk>
}

func ExampleScanner() {
	s := corpus.FromString(corpus.Options{Lowercase: true}, "note", "Hello, Wörld\r\n\nBye").Scan()
	defer s.Close()
	for s.Next() {
		fmt.Printf("line %d: %q\n", s.Line(), s.Tokens())
	}
	fmt.Println(s.Err())
	// Output:
	// line 1: ["hello," "wörld"]
	// line 3: ["bye"]
	// <nil>
}

func ExampleFiles() {
	s := corpus.Files(corpus.Options{}, "no-such-file.txt.gz").Scan()
	fmt.Println(s.Next(), s.Err())
	// Output: false corpus: cannot open no-such-file.txt.gz: no such file or directory; check the path, or name - for standard input
}

func ExampleStream() {
	text := corpus.FromString(corpus.Options{}, "note", "a b c\nb c unseen\n")
	vocab, _ := corpus.NewVocab([]string{"a", "b", "c"}, []int64{1, 2, 2})
	stream, err := corpus.EncodeStream(text, vocab, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stream.Close()
	r := stream.Read(1, stream.Len()) // from the second token on
	for r.Next() {
		fmt.Println(r.Sentence(), "next is token", r.Position())
	}
	fmt.Println(stream.Len(), "tokens,", stream.OOV(), "unknown")
	// Output:
	// [1 2] next is token 3
	// [1 2] next is token 5
	// 5 tokens, 1 unknown
}

func ExampleSubsampler() {
	vocab, _ := corpus.NewVocab([]string{"the", "walrus"}, []int64{1_000_000, 100})
	s := corpus.NewSubsampler(vocab, 1e-3)
	fmt.Printf("the %.3f, walrus %.0f\n", s.Keep(0), s.Keep(1))
	rng := rand.New(rand.NewPCG(1, 1))
	for _, id := range []int32{0, 1, 0, 1, 0} {
		if s.Draw(id, rng) {
			fmt.Println(vocab.Word(id))
		}
	}
	// Output:
	// the 0.033, walrus 1
	// walrus
	// walrus
}

// The generator knows how well a language model can do at best.
func ExampleGenerator() {
	g, err := corpus.NewGenerator(corpus.DefaultConfig())
	if err != nil {
		fmt.Println(err)
		return
	}
	heldOut := g.IDs(2, 100_000)
	floor, err := g.CrossEntropy(nil, heldOut)
	if err != nil {
		fmt.Println(err)
		return
	}
	trigram := corpus.NewNGram(3, g.IDs(1, 200_000), g.Vocab().Len())
	fmt.Println("floor at most 1 % from the exact rate:", math.Abs(floor/g.EntropyRate()-1) < 0.01)
	fmt.Println("trigram far above the floor:", math.Exp(trigram.CrossEntropy(heldOut)) > 1.5*math.Exp(floor))
	fmt.Println("relations:")
	for _, s := range g.Analogies() {
		fmt.Println(" ", s.Name, len(s.Pairs))
	}
	// Output:
	// floor at most 1 % from the exact rate: true
	// trigram far above the floor: true
	// relations:
	//   country-capital 18
	//   country-adjective 18
	//   male-female 20
	//   singular-plural 22
	//   base-past 22
	//   positive-comparative 18
}

func ExampleShuffle() {
	text := corpus.FromString(corpus.Options{}, "note", "one two\nthree four five\n")
	shuffled, err := corpus.Shuffle(text, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	for s := shuffled.Scan(); s.Next(); {
		fmt.Println(len(s.Tokens()), "words")
	}
	// Output:
	// 2 words
	// 3 words
}

func ExampleNGram() {
	m := corpus.NewNGram(2, []int32{0, 1, 0, 1, 0, 1, 0, 2}, 3)
	fmt.Println(m.Prob(1, []int32{0}) > m.Prob(2, []int32{0}))
	fmt.Printf("%.3f\n", m.Prob(0, []int32{0})+m.Prob(1, []int32{0})+m.Prob(2, []int32{0}))
	// Output:
	// true
	// 1.000
}

func ExampleLearnPhrases() {
	var lines strings.Builder
	for i := range 40 {
		fmt.Fprintf(&lines, "a%d bank of england b%d new york c%d\n", i%8, i*3%8, i*5%8)
	}
	text := corpus.FromString(corpus.Options{}, "t", lines.String())
	phrases, err := corpus.LearnPhrases(text, corpus.PhraseOptions{Score: corpus.NPMI, Threshold: 0.6, Connectors: corpus.EnglishConnectors})
	if err != nil {
		panic(err)
	}
	for _, phrase := range phrases.All() {
		fmt.Printf("%s %.2f\n", phrase, phrase.Score)
	}
	joined := text.WithPhrases(phrases).Scan()
	defer joined.Close()
	joined.Next()
	fmt.Printf("%s\n", joined.Tokens())
	// Output:
	// bank_of_england 1.00
	// new_york 1.00
	// [a0 bank_of_england b0 new_york c0]
}
