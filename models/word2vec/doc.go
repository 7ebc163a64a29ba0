// Package word2vec learns word vectors from text: skip-gram and CBOW, with negative sampling, the full softmax or hierarchical
// softmax (Mikolov et al. 2013a, "Efficient Estimation of Word Representations in Vector Space"; 2013b,
// "Distributed Representations of Words and Phrases and their Compositionality").
//
// Windows that shrink at random, subsampling, noise from the unigram distribution to the power 0.75 and the learning rate's
// linear decay are as in word2vec.c; initial vectors are uniform in ±1/dim, as gensim's. Three things differ, on purpose.
//
// CBOW's gradient is divided among the words whose mean it is of, as mathematics has it (İrsoy, Benton & Stratos
// 2021); word2vec.c and gensim leave the factor 1/n out. So that a learning rate means the same here and there, input
// vectors learn at Window+1 times the rate, which is the n of a full sentence on average, and the same for every
// window. [Options.Compat] has it as they have it.
//
// Skip-gram draws one set of negatives a window and not one a pair ([Options.PrivateNegatives]), as pWord2Vec
// does (Ji et al. 2016).
//
// Text is learned from in rounds, where word2vec.c lets threads race. It has four parts, a shard each, and in a
// round a shard learns from some four hundred windows of its part, one after the other. Of the two thousand most frequent rows of each table
// every shard has a replica, and the replicas are merged every ten rounds. Other rows that no other shard needs in the round are
// moved where they are; of the rest each shard has a copy, and the copies are merged at the end of the round. So results are the same bits for any
// number of threads, whichever of them works for a shard, and training that was interrupted and resumed gives the bits of training that was not. Texts
// of less than 100,000 words, or a vocabulary of less than 1000, have one shard, and are learned from as by word2vec.c on
// one thread. The full softmax takes the gradients of a round at the same parameters, in one part.
//
// # Measured
//
// Spearman's correlation on WordSim-353 after one and five epochs over 18 million words of English prose with the default options, against
// gensim on the same text with the same options (bench/peers.py --epochs 5 word2vec TEXT --similarity FILE), seeds 1 and 2; seeds lie one or two
// hundredths apart, and smaller differences decide nothing.
//
//	              one epoch       five epochs
//	gensim, skip-gram    0.470    0.645, 0.644
//	skip-gram     0.508, 0.527    0.663, 0.661
//	gensim, CBOW         0.490    0.626, 0.631
//	CBOW          0.539, 0.544    0.666, 0.645
//
// On the built-in corpus, of half a million words, five epochs of CBOW answer 0.969 of the planted analogies, on average of 24 seeds, and
// gensim's 0.970, of 12. Speeds are in bench/results/speed.md.
//
// The two cores that this was measured on share no cache: a row that one has written takes the other a quarter of a microsecond, if it has to
// wait, which is why frequent rows have replicas. Threads that race ([Options.Hogwild]) are faster: the same bits in every run cost two threads
// an eighth of skip-gram's speed and a fifth of CBOW's, and one thread three tenths.
package word2vec
