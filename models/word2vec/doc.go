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
// One epoch over 18 million words of English prose with the default options, judged by
// Spearman's correlation on WordSim-353, against gensim on the same text with the same options. One run of each seed; seeds lie one or
// two hundredths apart: smaller differences decide nothing. The lines but for gensim's and the defaults were measured with initial vectors of half the
// length, with which the defaults had 0.504 and 0.526.
//
//	                                          WordSim-353
//	gensim, skip-gram                         0.470
//	skip-gram, four shards (the default)      0.508, 0.527
//	skip-gram, four shards without replicas   0.500, 0.515
//	skip-gram, eight shards                   0.497
//	skip-gram, one shard                      0.511
//	skip-gram, batches of 76, as before       0.494
//	gensim, CBOW                              0.490
//	CBOW, four shards (the default)           0.539, 0.544
//	CBOW, four shards without replicas        0.529, 0.535
//	CBOW, batches of 228, as before           0.501
//
// After five epochs, it is 0.663 and 0.661 for skip-gram, 0.666 and 0.645 for CBOW. On the built-in corpus, of half a million words, five epochs of CBOW
// answer 0.969 of the planted analogies, on average of 24 seeds, and gensim's 0.970, of 12; with half the length at first it was 0.966.
//
// Speed on the first two million of these words, on one and two cores of an AMD Zen 5 with AVX-512 shared with others: thousands of
// words of text a second, two runs in turns with gensim; on two threads lane's are medians of three, and gensim's one, of other sittings.
//
//	                              gensim      lane
//	skip-gram, 1 thread           264         1770
//	skip-gram, 2 threads          354         3050
//	CBOW, 1 thread                784         2270
//	CBOW, 2 threads               1140        3550
//	skip-gram, dim 300            153         885
//	skip-gram, private negatives  264         640
//
// The same on an Intel Sapphire Rapids, after a kernel for all pairs of a word and pieces that threads take over from one another: medians of
// five turns, on one thread.
//
//	                              gensim      lane
//	skip-gram                     194         1594
//	CBOW                          537         2001
//	skip-gram, dim 300            128         780
//	skip-gram, private negatives  194         745
//
// There two threads learn 1.9 times as fast as one, median of fifteen turns: skip-gram 1.76 to 2.45, CBOW 1.47 to 2.48, as neighbours let them.
//
// What the design costs and gains was measured on the way, before CBOW had a kernel of its own, thousands of words a second on one and two
// threads, medians of three runs. The two
// cores share no cache: a row that one has written takes the other a quarter of a microsecond, if it has to wait.
//
//	                                                        skip-gram      CBOW
//	four shards, rounds of 48 windows, no replicas          1740, 2100     2020, 2420
//	replicas of 2000 rows, rounds of 384 (the default)      1690, 2810     1810, 3000
//	the same, negatives of a shard from a class of words    1700, 3010     1960, 3790
//	threads that race (Options.Hogwild)                     2770, 3590     3020, 3960
//
// With that kernel, threads that race do 2830 and 3810 of skip-gram, 4040 and 5530 of CBOW: on two threads the same bits in every run cost a fifth
// of skip-gram's speed and a third of CBOW's.
//
// With classes, each shard draws the rarer of its negatives from a quarter of the words, by turns, whose rows so stay in one core's cache. It
// is not taken because CBOW loses by it: 0.622 after five epochs where the default had 0.652. Nor are replicas of 4000 rows that are merged every
// 20,000 windows and not every 4000: 0.631 for skip-gram after five epochs.
package word2vec
