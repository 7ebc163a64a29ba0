#!/usr/bin/python3
"""PyTorch judges a language model's file: perplexity.py MODEL.safetensors CORPUS [BATCH BPTT]

Prints the perplexity that `lane lm eval MODEL CORPUS --batch BATCH --bptt BPTT` prints, computed by PyTorch from the same file
(words, one line a sentence, <eos> at its end, unknown words as <unk>). Needs python3-torch.
"""
import json, math, sys
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F
from tied_adaptive import TiedAdaptiveSoftmax


class LM(nn.Module):
    def __init__(self, config, words):
        super().__init__()
        self.config, self.words = config, words
        self.encoder = nn.Embedding(len(words), config["embed"])
        self.rnn = getattr(nn, config["cell"].upper())(config["embed"], config["hidden"], config["layers"])
        self.decoder = nn.Linear(config["hidden"], len(words))
        if config["tied"]: self.decoder.weight = self.encoder.weight
        if config["tied"] and "cutoffs" in config:
            self.decoder = TiedAdaptiveSoftmax(self.encoder.weight, config["cutoffs"])
        elif "cutoffs" in config:
            self.decoder = nn.AdaptiveLogSoftmaxWithLoss(config["hidden"], len(words), config["cutoffs"], head_bias=True)

    def forward(self, x, state=None):
        h, state = self.rnn(self.encoder(x), state)
        h = h.reshape(-1, self.config["hidden"])
        return getattr(self.decoder, "log_prob", self.decoder)(h), state  # log-probabilities serve as logits

    def ids(self, path):
        index = {w: i for i, w in enumerate(self.words)}
        return torch.tensor([index.get(w, index.get("<unk>")) for line in open(path, encoding="utf-8") for w in line.split() + ["<eos>"]])

    @torch.no_grad()
    def perplexity(self, ids, B=10, T=35):
        state, losses = None, []
        for x, y in windows(ids, B, T):
            logits, state = self(x, state)
            losses.append(F.cross_entropy(logits, y).item())
        return math.exp(sum(losses) / len(losses)), len(losses) * B * T


def windows(ids, B, T):
    """Inputs T×B and targets of B streams side by side."""
    length = (len(ids) - 1) // B
    starts = torch.arange(B)[None, :] * length
    for t in range(0, length - T + 1, T):
        i = starts + torch.arange(t, t + T)[:, None]
        yield ids[i], ids[i + 1].reshape(-1)


def load(path):
    raw = open(path, "rb").read()
    n = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:8 + n])
    metadata = header.pop("__metadata__")
    weights = {}
    for name, t in header.items():
        a, b = t["data_offsets"]
        assert t["dtype"] == "F32", t
        weights[name] = torch.from_numpy(np.frombuffer(raw[8 + n + a:8 + n + b], "<f4").reshape(t["shape"]).copy())
    m = LM(json.loads(metadata["lane.config"]), json.loads(metadata["lane.vocab"]))
    if m.config["tied"]: weights["decoder.weight"] = weights["encoder.weight"]
    m.load_state_dict(weights)  # strict: every name and shape must be PyTorch's
    return m


def save(path, m):
    header, data = {"__metadata__": {"lane.config": json.dumps(m.config), "lane.vocab": json.dumps(m.words)}}, []
    size = 0
    for name, t in m.state_dict().items():
        if m.config["tied"] and name == "decoder.weight": continue
        b = t.detach().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [size, size + len(b)]}
        size += len(b)
        data.append(b)
    h = json.dumps(header, ensure_ascii=False).encode()
    open(path, "wb").write(len(h).to_bytes(8, "little") + h + b"".join(data))


if __name__ == "__main__":
    model = load(sys.argv[1])
    perplexity, tokens = model.perplexity(model.ids(sys.argv[2]), *map(int, sys.argv[3:5]))
    print(json.dumps({"perplexity": perplexity, "tokens": tokens}))
