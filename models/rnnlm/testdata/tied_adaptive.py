"""The adaptive softmax over an embedding's weight, which PyTorch lacks; golden.py and perplexity.py use it."""
import torch, torch.nn as nn, torch.nn.functional as F


class TiedAdaptiveSoftmax(nn.Module):
    def __init__(self, weight, cutoffs):
        super().__init__()
        self.weight, self.bias = weight, nn.Parameter(torch.zeros(len(weight)))
        self.clusters, self.cutoffs = nn.Linear(weight.shape[1], len(cutoffs)), [*cutoffs, len(weight)]

    def log_prob(self, x):
        y, short = F.linear(x, self.weight, self.bias), self.cutoffs[0]
        head = F.log_softmax(torch.cat([y[:, :short], self.clusters(x)], 1), 1)
        ranges = zip(self.cutoffs, self.cutoffs[1:])
        tails = [head[:, short + i, None] + F.log_softmax(y[:, a:b], 1) for i, (a, b) in enumerate(ranges)]
        return torch.cat([head[:, :short], *tails], 1)
