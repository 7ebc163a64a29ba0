// Package nn holds what neural networks are made of: layers as forward and backward pairs, losses,
// initialisers, gradient clipping, optimizers and learning-rate schedules, in float32 over package lane.
//
// # Conventions
//
// A layer is a struct of parameters plus long-lived scratch. The caller supplies the destination,
// which comes first, and one row is one example:
//
//	l := nn.NewLinear(in, out)
//	l.Forward(y, x)       // y = x·Wᵀ + b          x B×I, y B×O
//	l.Backward(dx, dy, x) // dx = dy·W; adds to the gradients of W and b
//
// Gradients add up until ZeroGrads, so a training step reads
//
//	nn.ZeroGrads(params)
//	… forward, loss, backward …
//	nn.ClipNorm(params, 0.25)
//	opt.Step(params)
//
// or, without a pass over the gradients to scale them,
//
//	norm := nn.ClipNorm(params, 0)
//	opt.StepScaled(params, nn.ClipFactor(norm, 0.25))
//
// Names, layouts, formulas and defaults are PyTorch's: a weight is out×in, an LSTM's gates come in the
// order i, f, g, o and a GRU's r, z, n; an optimizer updates as torch.optim does.
//
// Nothing allocates after the first call with the same shapes. Results depend on the inputs and the
// seeds alone, never on the number of threads. Losses and norms are summed in float64. A wrong shape is
// a programmer's error and panics with the package, the function and the shapes.
//
// Layers without memory ([Linear], [Embedding], [AdaptiveSoftmax] forward) and Steppers of one layer serve many goroutines at once; recurrent
// layers, dropouts, each CrossEntropy and each optimizer keep scratch, and serve one at a time. Nothing may be used while its
// parameters are trained.
package nn
