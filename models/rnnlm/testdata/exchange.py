#!/usr/bin/python3
"""Shows that lane and PyTorch read each other's language models: exchange.py LANE CORPUS

For every cell lane trains a small model on the corpus, which PyTorch loads; PyTorch goes on with it for some steps and saves what
comes out, which lane loads. Both judge both files on the corpus; the perplexities must agree to four digits. LANE is the
binary. Needs python3-torch.
"""
import json, subprocess, sys, tempfile
import torch, torch.nn.functional as F
from perplexity import load, save, windows

lane, corpus = sys.argv[1:]


def judged(path):
    run = subprocess.run([lane, "lm", "eval", path, corpus, "--json"], check=True, stdout=subprocess.PIPE)
    return json.loads(run.stdout)["perplexity"]


def compare(what, path):
    ours, m = judged(path), load(path)
    theirs, tokens = m.perplexity(m.ids(corpus))
    print(f"{what:32} lane {ours:.5g}  PyTorch {theirs:.5g}  over {tokens} tokens", flush=True)
    assert abs(ours - theirs) <= 5e-5 * theirs, (ours, theirs)
    return m


with tempfile.TemporaryDirectory() as folder:
    for cell, lr, more in (("lstm", "20", []), ("lstm", "20", ["--tied", "--embed", "64"]),
                           ("lstm", "20", ["--adaptive", "100,400"]),
                           ("lstm", "20", ["--tied", "--embed", "64", "--adaptive", "100,400"]), ("gru", "5", []), ("rnn", "1", [])):
        first, second = folder + "/lane.safetensors", folder + "/pytorch.safetensors"
        subprocess.run([lane, "lm", "train", corpus, "-o", first, "--cell", cell, "--embed", "48", "--hidden", "64", "--lr", lr,
                        "--dropout", "0", "--epochs", "1", "--schedule", "constant", "--quiet", *more], check=True)
        name = ", ".join([cell] + [flag[2:] for flag in more if flag in ("--tied", "--adaptive")])
        m = compare(name + ", trained by lane", first)
        optimizer = torch.optim.Adam(m.parameters(), lr=2e-3)
        for _, (x, y) in zip(range(50), windows(m.ids(corpus), 20, 35)):
            optimizer.zero_grad()
            F.cross_entropy(m(x)[0], y).backward()
            optimizer.step()
        save(second, m)
        compare(name + ", trained on by PyTorch", second)
