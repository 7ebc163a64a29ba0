#!/usr/bin/python3
"""Makes golden.json and the .safetensors beside it: tiny language models in PyTorch, what they think of a text, and 20 steps of
training of each cell. Run it in this directory; it needs python3-torch.

The recipe is the one the package documents: time-major windows with carried state, mean cross-entropy, gradients clipped by
their global norm, SGD; bias_hh is trained for GRU only.
"""
import json, math, random
import torch, torch.nn as nn, torch.nn.functional as F
from tied_adaptive import TiedAdaptiveSoftmax

V, STEPS, B, T = 30, 20, 4, 5
torch.set_num_threads(1)
torch.manual_seed(7)
random.seed(7)


def write_safetensors(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, t in tensors.items():
        b = t.detach().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(b)]}
        data += b
    h = json.dumps(header, ensure_ascii=False).encode()
    open(path, "wb").write(len(h).to_bytes(8, "little") + h + data)


class LM(nn.Module):
    def __init__(self, cell, embed, hidden, layers, tied, cutoffs):
        super().__init__()
        self.encoder, self.rnn, self.decoder = nn.Embedding(V, embed), cell(embed, hidden, layers), nn.Linear(hidden, V)
        if tied: self.decoder.weight = self.encoder.weight
        if tied and cutoffs: self.decoder = TiedAdaptiveSoftmax(self.encoder.weight, cutoffs)
        elif cutoffs: self.decoder = nn.AdaptiveLogSoftmaxWithLoss(hidden, V, cutoffs, head_bias=True)
        with torch.no_grad():
            for p in self.parameters(): p.normal_(0, 0.4)
            for n, p in self.rnn.named_parameters():
                if "bias_hh" in n and cell is not nn.GRU: p.requires_grad_(False)

    def forward(self, x, state):
        h, state = self.rnn(self.encoder(x), state)
        h = h.reshape(-1, h.shape[-1])  # log-probabilities serve as logits
        return getattr(self.decoder, "log_prob", self.decoder)(h), state


def batches(c, N, T):
    n = len(c) - 1; off = torch.arange(N)[None, :] * (n // N)
    for t in range(0, n // N - T + 1, T):
        i = (off + torch.arange(t, t + T)[:, None]) % n
        yield c[i], c[i + 1]


@torch.no_grad()
def perplexity(m, c, N, T):
    state, total, k = None, 0.0, 0
    for x, y in batches(c, N, T):
        o, state = m(x, state); total += F.cross_entropy(o.double(), y.reshape(-1)).item(); k += 1
    return math.exp(total / k)


# A text with something to learn: a walk that mostly steps by 1 or 7.
ids = [0]
while len(ids) < 450: ids.append((ids[-1] + random.choice((1, 1, 7))) % V if random.random() < 0.9 else random.randrange(V))
text = torch.tensor(ids)
detach = lambda s: tuple(t.detach() for t in s) if isinstance(s, tuple) else s.detach()

golden = {"ids": ids, "batch": B, "bptt": T, "models": []}
for name, cell, embed, hidden, layers, tied, cutoffs, lr, clip in (
    ("rnn", nn.RNN, 6, 9, 1, False, [], 0.5, 0.5),
    ("lstm", nn.LSTM, 6, 9, 1, False, [], 4, 0.5),
    ("gru", nn.GRU, 6, 9, 1, False, [], 2, 0.5),
    ("lstm-tied", nn.LSTM, 8, 8, 2, True, [], 4, 0.25),
    ("gru-deep", nn.GRU, 5, 7, 2, False, [], 1, 0),
    ("lstm-adaptive", nn.LSTM, 6, 18, 1, False, [8, 17], 4, 0.5),
    ("lstm-tied-adaptive", nn.LSTM, 8, 8, 2, True, [8, 17], 4, 0.25),
):
    m = LM(cell, embed, hidden, layers, tied, cutoffs)
    tensors = {n: p for n, p in m.state_dict().items() if not (tied and n == "decoder.weight")}
    config = {"cell": cell.__name__.lower(), "layers": layers, "embed": embed, "hidden": hidden, "tied": tied}
    if cutoffs: config["cutoffs"] = cutoffs
    write_safetensors(name + ".safetensors", tensors, {"lane.config": json.dumps(config), "lane.vocab": json.dumps([f"w{i}" for i in range(V)])})

    before = {"batch_4": perplexity(m, text, B, T), "batch_1": perplexity(m, text[:-((len(text) - 1) % T)], 1, T)}
    params = [p for p in m.parameters() if p.requires_grad]
    opt = torch.optim.SGD(params, lr=lr)
    losses, norms, state = [], [], None
    for x, y in list(batches(text, B, T))[:STEPS]:
        o, state = m(x, state); state = detach(state)
        loss = F.cross_entropy(o, y.reshape(-1)); opt.zero_grad(); loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(params, clip if clip else math.inf)))
        opt.step(); losses.append(loss.item())
    golden["models"].append({"name": name, "lr": lr, "clip": clip, **before, "losses": losses, "norms": norms, "after": perplexity(m, text, B, T)})
json.dump(golden, open("golden.json", "w"))
