// Package word2vec learns word vectors from text: skip-gram and CBOW, with negative sampling, the full softmax or hierarchical
// softmax (Mikolov et al. 2013a, "Efficient Estimation of Word Representations in Vector Space"; 2013b,
// "Distributed Representations of Words and Phrases and their Compositionality").
//
// Windows that shrink at random, subsampling, noise from the unigram distribution to the power 0.75, the learning rate's
// linear decay and the initial vectors are as in word2vec.c. Three things differ, on purpose:
//
//   - CBOW's gradient is divided among the words whose mean it is of, as mathematics has it (İrsoy, Benton & Stratos
//     2021).
//   - Skip-gram draws one set of negatives a window and not one a pair ([Options.PrivateNegatives]), as
//     pWord2Vec does (Ji et al. 2016).
//   - The gradients of a batch of some hundred windows are computed from the same parameters and then added up, where word2vec.c
//     lets threads race. So results are the same bits for any number of threads, and training that was
//     interrupted and resumed gives the bits of training that was not.
package word2vec
