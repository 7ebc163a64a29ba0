// Package wordvec reads, writes, queries and judges word vectors: a table of V words with D numbers each.
//
// [Load] and [Vectors.Save] speak word2vec's text and binary formats as gensim and fastText do, GloVe's text, and NumPy's .npy,
// .safetensors and the embedding projector's .tsv besides. A [Reader] reads only the most frequent words, or maps a large file instead
// of reading it. [Vectors.Similar], [Vectors.Analogy] and [Vectors.Odd] ask what gensim's most_similar and doesnt_match ask, by exact search;
// [Vectors.Ask] asks many things in one pass. An [Evaluation] is one of the two usual judgements: analogies in questions-words format, and
// correlation with people's similarity scores.
//
// Similarity is the cosine of the angle between two vectors, from −1 to 1. A zero vector has no direction: its similarity
// to anything is 0. Vectors hold finite numbers only.
package wordvec
