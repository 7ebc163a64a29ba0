// Package corpus is what models are trained on: it reads text, splits it into tokens, numbers them, and generates the
// built-in corpus whose answers are known.
//
// A [Text] is text that can be read many times: [Files] (plain, gzip or Zstandard, "-" for standard input),
// [FromString], [FromReader], or [Generator.Text]. Its [Scanner] yields lines of tokens, without allocating and in
// bounded memory, whatever the length of a line. [BuildVocab] counts the tokens into a [Vocab]. [Encode] then gives
// the ids of the whole text, for a language model, and [EncodeStream] sentences of ids, for word2vec, which also
// drops frequent words with a [Subsampler]. [LearnPhrases] finds words that belong together, "new york", which
// [Text.WithPhrases] makes one.
//
// The [Generator] writes pseudo-English from a known grammar, so that what a model learns can be judged against the
// truth: planted analogies and groups of similar words for word vectors, and for language models the exact probability
// of every token, hence the exact perplexity no model can beat. [NGram] and [Shuffle] are what to compare with.
package corpus
