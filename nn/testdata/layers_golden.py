#!/usr/bin/env python3
"""Writes the golden files of the layers: what PyTorch computes, forward and backward.

    python3 layers_golden.py        writes layers/*.json beside this script

Each file maps a name to {"shape": […], "data": […]}, row after row. Inputs, parameters, outputs and
gradients of one case are in one file; "d" before a name is the gradient of the loss with respect to it.
"""

import json
import pathlib

import torch
from torch import nn
from torch.nn import functional as F

OUT = pathlib.Path(__file__).parent / "layers"


def write(name, arrays):
    lines = []
    for key, value in arrays.items():
        value = torch.as_tensor(value).detach()
        data = ",".join(format(v, ".9g") for v in value.reshape(-1).tolist())
        lines.append('"%s": {"shape": %s, "data": [%s]}' % (key, json.dumps(list(value.shape)), data))
    OUT.mkdir(exist_ok=True)
    (OUT / (name + ".json")).write_text("{\n" + ",\n".join(lines) + "\n}\n")


def parameters(layer):
    """The values and gradients of a layer's parameters, without the suffix of a recurrent layer."""
    arrays = {}
    for name, p in layer.named_parameters():
        name = name.removesuffix("_l0")
        arrays[name] = p
        arrays["d" + name] = p.grad
    return arrays


def input(*shape, scale=1.0):
    return (torch.randn(*shape) * scale).requires_grad_()


def linear():
    layer = nn.Linear(9, 7)
    x, dy = input(5, 9), torch.randn(5, 7)
    y = layer(x)
    y.backward(dy)
    write("linear", {"x": x, "y": y, "dy": dy, "dx": x.grad, **parameters(layer)})


def embedding():
    layer = nn.Embedding(6, 5)
    ids = torch.tensor([3, 0, 3, 5, 3, 1, 0])
    dy = torch.randn(7, 5)
    y = layer(ids)
    y.backward(dy)
    write("embedding", {"ids": ids, "y": y, "dy": dy, **parameters(layer)})


def activations():
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu,
                 "softmax": lambda x: torch.softmax(x, dim=1)}
    for name, f in functions.items():
        x, dy = input(4, 19, scale=3.0), torch.randn(4, 19)
        y = f(x)
        y.backward(dy)
        write(name, {"x": x, "y": y, "dy": dy, "dx": x.grad})


def recurrent(name, kind):
    """Two windows of different lengths with the state carried; the gradients are those of each window
    by itself, as in truncated backpropagation, and of a loss that sees the final state too."""
    inputs, hidden, batch = 9, 17, 3
    layer = kind(inputs, hidden)
    lstm = name == "lstm"
    arrays = {}

    def row(state):  # as the layer keeps it: h, and then c
        return torch.cat(state, dim=2)[0] if lstm else state[0]

    state = [input(1, batch, hidden, scale=0.5) for _ in range(2 if lstm else 1)]
    for window, steps in (("1", 4), ("2", 2)):
        layer.zero_grad()
        initial = [s.detach().clone().requires_grad_() for s in state]
        x = input(steps, batch, inputs)
        y, final = layer(x, tuple(initial) if lstm else initial[0])
        final = list(final) if lstm else [final]
        dy, dfinal = torch.randn_like(y), [torch.randn_like(s) for s in final]
        torch.autograd.backward([y] + final, [dy] + dfinal)
        arrays |= {
            "x" + window: x, "dx" + window: x.grad, "y" + window: y, "dy" + window: dy,
            "initial" + window: row(initial), "final" + window: row(final),
            "dfinal" + window: row(dfinal), "dinitial" + window: row([s.grad for s in initial]),
        }
        for key, value in parameters(layer).items():
            arrays[key + window if key.startswith("d") else key] = value.detach().clone()
        state = final
    write(name, arrays)


def cross_entropy():
    logits = input(6, 11, scale=3.0)
    targets = torch.tensor([0, 10, 4, -1, 4, 7])
    loss = F.cross_entropy(logits, targets, ignore_index=-1, reduction="sum")
    (loss * 0.25).backward()
    write("cross_entropy", {"logits": logits, "targets": targets, "loss": loss, "scale": 0.25, "dlogits": logits.grad})


def adaptive_softmax():
    """The loss of a target in each part, and the log-probabilities of all classes."""
    layer = nn.AdaptiveLogSoftmaxWithLoss(18, 23, cutoffs=[6, 13], div_value=4, head_bias=True)
    x = input(9, 18)
    targets = torch.tensor([0, 22, 6, 5, 13, 12, 3, 15, 0])
    loss = -layer(x, targets).output.sum()
    (loss * 0.25).backward()
    write("adaptive_softmax", {"x": x, "targets": targets, "loss": loss, "scale": 0.25, "dx": x.grad, "log_prob": layer.log_prob(x),
                               **parameters(layer)})


def bce_with_logits():
    logits = input(4, 13, scale=3.0)
    targets = torch.rand(4, 13)
    targets[0], targets[1] = 0, 1
    loss = F.binary_cross_entropy_with_logits(logits, targets, reduction="sum")
    (loss * 0.25).backward()
    write("bce_with_logits", {"logits": logits, "targets": targets, "loss": loss, "scale": 0.25, "dlogits": logits.grad})


if __name__ == "__main__":
    torch.manual_seed(1)
    torch.set_num_threads(1)
    linear()
    embedding()
    activations()
    recurrent("rnn", nn.RNN)
    recurrent("lstm", nn.LSTM)
    recurrent("gru", nn.GRU)
    cross_entropy()
    bce_with_logits()
    adaptive_softmax()
