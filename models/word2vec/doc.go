// Package word2vec learns word vectors from text: skip-gram and CBOW, with negative sampling, the full softmax or hierarchical
// softmax (Mikolov et al. 2013a, "Efficient Estimation of Word Representations in Vector Space"; 2013b,
// "Distributed Representations of Words and Phrases and their Compositionality").
//
// Windows that shrink at random, subsampling, noise from the unigram distribution to the power 0.75, the learning rate's
// linear decay and the initial vectors are as in word2vec.c. Three things differ, on purpose.
//
// CBOW's gradient is divided among the words whose mean it is of, as mathematics has it (İrsoy, Benton & Stratos
// 2021); word2vec.c and gensim leave the factor 1/n out. So that a learning rate means the same here and there, input
// vectors learn at Window+1 times the rate, which is the n of a full sentence on average, and the same for every
// window.
//
// Skip-gram draws one set of negatives a window and not one a pair ([Options.PrivateNegatives]), as pWord2Vec
// does (Ji et al. 2016).
//
// The gradients of a batch of windows are computed from the same parameters and then added up, each row's in
// the order of the text, where word2vec.c lets threads race. So results are the same bits for any number of threads, and
// training that was interrupted and resumed gives the bits of training that was not. A batch is as
// large as the most frequent word allows, at most 256 windows: on text of real language some 70, on two words
// one or two.
//
// # Measured
//
// One epoch over 18 million words of English prose with the default options and one seed, on an AMD Zen 3 with AVX2, judged by
// Spearman's correlation on WordSim-353, against gensim on the same text with the same options. One run each: how
// much the correlation varies from seed to seed was not measured, so differences of a hundredth or two decide nothing. The
// speeds are of one thread and rough: words of text a second, of processor time for ours, as the machine was busy, and
// of the clock for gensim, when it was less so.
//
//	                                                   WordSim-353   words/s
//	gensim, skip-gram                                  0.470         172,000
//	skip-gram, batches of 76 (the default)             0.494         –
//	skip-gram, batches of 190                          0.495         249,000
//	skip-gram, private negatives, batches of 190       0.503          91,000
//	gensim, CBOW                                       0.490         506,000
//	CBOW, batches of 228 (the default)                 0.501         502,000
//	CBOW, one rate of 0.05 for both tables, 256        0.368         490,000
//	CBOW, one rate of 0.15 for both tables, 76         0.523         457,000
//
// After three epochs over 300,000 words of the built-in corpus, skip-gram in batches of 1, 8, 32, 128 and 256 windows answers
// between 0.636 and 0.639 of its analogies.
package word2vec
