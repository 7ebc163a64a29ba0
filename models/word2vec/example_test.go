package word2vec_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/models/word2vec"
)

func Example() {
	text := corpus.FromString(corpus.Options{}, "pets", `the cat drinks milk
the dog drinks water
the cat eats fish
the dog eats meat
`)
	vocab, _ := corpus.BuildVocab(text, corpus.VocabOptions{})
	stream, _ := corpus.EncodeStream(text, vocab, 0)
	defer stream.Close()

	options := word2vec.DefaultOptions()
	options.Dim, options.Epochs, options.Sample = 10, 20, 0
	model, err := word2vec.Train(context.Background(), stream, vocab, options)
	fmt.Println(err)
	fmt.Println(model.In, model.Losses[19] < model.Losses[0])
	// Output:
	// <nil>
	// 9×10 true
}

// Item2vec: what is bought together is alike. The "sentences" are baskets of item numbers, in any order, so the
// window covers a whole basket.
func ExampleTrainSentences() {
	random := rand.New(rand.NewPCG(1, 2))
	baskets := func(yield func([]string) bool) {
		shelves := [][]string{
			{"1001 espresso", "1002 filter", "1003 mug", "1004 milk"},
			{"2001 hammer", "2002 nails", "2003 saw", "2004 glue"},
		}
		for range 500 {
			shelf := shelves[random.IntN(2)]
			var basket []string
			for _, i := range random.Perm(4)[:3] {
				basket = append(basket, shelf[i])
			}
			if !yield(basket) {
				return
			}
		}
	}
	options := word2vec.DefaultOptions()
	options.Dim, options.Window, options.Sample, options.Epochs = 8, 10, 0, 10
	model, err := word2vec.TrainSentences(context.Background(), baskets, 5, options)
	if err != nil {
		panic(err)
	}
	vectors, _ := model.Vectors()
	alike, _ := vectors.Similar([]string{"2001 hammer"}, nil, 3)
	kinds := map[byte]int{}
	for _, match := range alike {
		kinds[match.Word[0]]++
	}
	fmt.Printf("%d of the 3 items most like the hammer are tools\n", kinds['2'])
	// Output:
	// 3 of the 3 items most like the hammer are tools
}
