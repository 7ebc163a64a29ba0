#!/usr/bin/python3
"""PyTorch judges a language model's file: perplexity.py MODEL.safetensors CORPUS [BATCH BPTT]

Prints the perplexity that `lane lm eval MODEL CORPUS --batch BATCH --bptt BPTT` prints, computed by PyTorch from the same file
(words, one line a sentence, <eos> at its end, unknown words as <unk>). Needs python3-torch.
"""
import json, math, sys
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F

raw = open(sys.argv[1], "rb").read()
n = int.from_bytes(raw[:8], "little")
header = json.loads(raw[8:8 + n])
metadata = header.pop("__metadata__")
weights = {}
for name, t in header.items():
    a, b = t["data_offsets"]
    assert t["dtype"] == "F32", t
    weights[name] = torch.from_numpy(np.frombuffer(raw[8 + n + a:8 + n + b], "<f4").reshape(t["shape"]).copy())

c, words = json.loads(metadata["lane.config"]), json.loads(metadata["lane.vocab"])
V, B, T = len(words), *(map(int, sys.argv[3:5]) if len(sys.argv) > 4 else (10, 35))


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Embedding(V, c["embed"])
        self.rnn = getattr(nn, c["cell"].upper())(c["embed"], c["hidden"], c["layers"])
        self.decoder = nn.Linear(c["hidden"], V)
        if c["tied"]: self.decoder.weight = self.encoder.weight


m = LM()
if c["tied"]: weights["decoder.weight"] = weights["encoder.weight"]
m.load_state_dict(weights)  # strict: every name and shape must be PyTorch's
index = {w: i for i, w in enumerate(words)}
ids = torch.tensor([index.get(w, index.get("<unk>")) for line in open(sys.argv[2], encoding="utf-8") for w in line.split() + ["<eos>"]])

with torch.no_grad():
    n = len(ids) - 1
    off, state, total, windows = torch.arange(B)[None, :] * (n // B), None, 0.0, 0
    for t in range(0, n // B - T + 1, T):
        i = off + torch.arange(t, t + T)[:, None]
        h, state = m.rnn(m.encoder(ids[i]), state)
        total += F.cross_entropy(m.decoder(h).reshape(-1, V), ids[i + 1].reshape(-1)).item()
        windows += 1
print(json.dumps({"perplexity": math.exp(total / windows), "tokens": windows * B * T}))
