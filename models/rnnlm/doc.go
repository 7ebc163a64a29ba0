// Package rnnlm trains recurrent language models and puts them to use: how probable is a text, and how
// might it go on?
//
// A model is an embedding, a stack of LSTM, GRU or plain recurrent layers, and a linear layer over the vocabulary
// (Mikolov et al. 2010; Zaremba, Sutskever & Vinyals 2014), optionally with the embedding and the last layer
// tied (Press & Wolf 2017) and with dropout, independent or variational (Gal & Ghahramani 2016), of activations and of
// recurrent weights (Merity, Keskar & Socher 2018); the softmax may be adaptive (Grave et al. 2017):
//
//	m, err := rnnlm.New(rnnlm.Config{Cell: rnnlm.LSTM, Embed: 100, Hidden: 100, Layers: 1, Text: text.Options()}, vocab, seed)
//	result, err := rnnlm.Train(ctx, m, train, valid, rnnlm.DefaultOptions()) // ids, as corpus.Encode returns them
//	perplexity, tokens, err := m.Perplexity(test, 10, 35)
//	err = m.Save("model.safetensors")
//
// [Train] walks the text in windows and carries the hidden state from each to the next (truncated
// backpropagation through time). Its files hold PyTorch's names and layouts. Checkpoints hold everything, so that
// a resumed training gives the very bits of an uninterrupted one with the same kernel set; and results are the same bits for any
// number of threads.
//
// A Model keeps scratch memory: one goroutine at a time may train or judge with it. Generating only reads it.
package rnnlm
