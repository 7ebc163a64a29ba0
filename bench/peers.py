#!/usr/bin/env python3
"""Runs lane and what people use instead on the same text, in turns, and prints medians and ratios.

    go build -o lane ./cmd/lane
    bench/peers.py word2vec TEXT [--similarity FILE]   gensim (Debian: python3-gensim)
    bench/peers.py [--epochs 1] lm TRAIN VALID         PyTorch (Debian: python3-torch)
    bench/peers.py generate                            PyTorch, one token after the other
    bench/peers.py gemm                                NumPy on OpenBLAS (Debian: python3-numpy libopenblas0-openmp)

Speeds are those of training alone, in words or tokens a second, or of products in GFLOP/s, on --threads threads.
"""
import argparse, json, math, os, re, statistics, subprocess, sys, tempfile, time


def lane(binary, *arguments):
    """Runs lane with --json; returns its events."""
    run = subprocess.run([binary, *arguments, "--json"], check=True, stdout=subprocess.PIPE)
    return [json.loads(line) for line in run.stdout.splitlines()]


def gensim_vectors(a, model, out):
    from gensim.models import Word2Vec

    skipgram = model == "skipgram"
    m = Word2Vec(vector_size=a.dim, window=5, negative=5, min_count=5, sample=1e-3, sg=skipgram, workers=a.threads,
                 seed=1, epochs=a.epochs, alpha=0.025 if skipgram else 0.05)
    m.build_vocab(corpus_file=a.text)
    start = time.perf_counter()
    _, words = m.train(corpus_file=a.text, total_examples=m.corpus_count, total_words=m.corpus_total_words, epochs=a.epochs)
    seconds = time.perf_counter() - start
    m.wv.save_word2vec_format(out, binary=True)
    return words / seconds


def lane_vectors(a, model, out, *flags):
    events = lane(a.lane, "word2vec", "train", a.text, "-o", out, "--model", model, "--dim", str(a.dim),
                  "--epochs", str(a.epochs), "--threads", str(a.threads), "--quiet", *flags)
    return events[-1]["per_sec"]


def spearman(a, vectors):
    if not a.similarity:
        return float("nan")
    result = lane(a.lane, "word2vec", "eval", vectors, "--similarity", a.similarity)[0]
    return result["similarity"][0]["spearman"]


def word2vec(a):
    with tempfile.TemporaryDirectory() as folder:
        for model in ("skipgram", "cbow"):
            # Negatives are drawn once a window; gensim draws those of every pair.
            sides = {"lane": lane_vectors, "gensim": gensim_vectors}
            if model == "skipgram":
                sides["private"] = lambda *args: lane_vectors(*args, "--private-negatives")
            speeds, quality = {name: [] for name in sides}, {}
            for _ in range(a.runs):
                for name, train in sides.items():
                    out = os.path.join(folder, name + ".bin")
                    speeds[name].append(train(a, model, out))
                    quality[name] = spearman(a, out)
            report(model, "words/s", speeds, "gensim", {n: f"Spearman {q:.4f}" for n, q in quality.items()})


def torch_model(a):
    """The recipe of lane's preset book-lstm: 100/100, batch 20, 35 steps, SGD 20, clip 0.25."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    vocabulary = {}
    read = lambda path: torch.tensor([vocabulary.setdefault(w, len(vocabulary)) for w in open(path, encoding="utf-8").read().replace("\n", " <eos> ").split()])
    train, valid = read(a.train), read(a.valid)
    embedding, lstm, output = nn.Embedding(len(vocabulary), 100), nn.LSTM(100, 100), nn.Linear(100, len(vocabulary))
    with torch.no_grad():
        embedding.weight.normal_(0, 0.01)
        for p in (lstm.weight_ih_l0, lstm.weight_hh_l0, output.weight):
            p.normal_(0, 0.1)
        for p in (lstm.bias_ih_l0, lstm.bias_hh_l0, output.bias):
            p.zero_()
    lstm.bias_hh_l0.requires_grad_(False)
    params = [p for layer in (embedding, lstm, output) for p in layer.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(params, lr=20)

    def windows(ids, batch):
        length = (len(ids) - 1) // batch
        streams, targets = ids[:length * batch].view(batch, length).t(), ids[1:length * batch + 1].view(batch, length).t()
        for t in range(0, length - 34, 35):
            yield streams[t:t + 35], targets[t:t + 35]

    def losses(ids, batch):
        state = None
        for x, y in windows(ids, batch):
            h, state = lstm(embedding(x), state)
            state = tuple(s.detach() for s in state)
            yield F.cross_entropy(output(h.reshape(-1, 100)), y.reshape(-1)), y.numel()

    tokens, start = 0, time.perf_counter()
    for _ in range(a.epochs):
        for loss, n in losses(train, 20):
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(params, 0.25)
            optimizer.step()
            tokens += n
    speed = tokens / (time.perf_counter() - start)
    with torch.no_grad():
        each = [loss.item() for loss, _ in losses(valid, 10)]
    return speed, math.exp(sum(each) / len(each))


def lane_model(a, out):
    events = lane(a.lane, "lm", "train", a.train, "--valid", a.valid, "--preset", "book-lstm", "-o", out,
                  "--epochs", str(a.epochs), "--threads", str(a.threads), "--quiet")
    return events[-1]["per_sec"], lane(a.lane, "lm", "eval", out, a.valid)[0]["perplexity"]


def lm(a):
    with tempfile.TemporaryDirectory() as folder:
        speeds, quality = {"lane": [], "pytorch": []}, {}
        for _ in range(a.runs):
            for name, train in (("lane", lambda: lane_model(a, os.path.join(folder, "m.safetensors"))), ("pytorch", lambda: torch_model(a))):
                speed, perplexity = train()
                speeds[name].append(speed)
                quality[name] = f"validation perplexity {perplexity:.2f} after {a.epochs} epoch(s)"
        report("book-lstm", "tokens/s", speeds, "pytorch", quality)


def benchmark(pattern, *flags):
    """What go test prints of lane's benchmarks of that name."""
    run = subprocess.run(["go", "test", "-run", "^$", "-bench", pattern, *flags, "."],
                         check=True, stdout=subprocess.PIPE, text=True, cwd=os.path.dirname(os.path.abspath(__file__)))
    return run.stdout


def lane_products(threads):
    """The products of BenchmarkGemm of a million multiply-adds or more: (op, m, n, k) and GFLOP/s."""
    printed = benchmark(f"Gemm$/^set=.*/threads={threads}", "-benchtime", "0.05s", "-count", "5")
    speeds = {}
    for op, m, n, k, speed in re.findall(r"op=(\w+)/m=(\d+)/n=(\d+)/k=(\d+)\S*\s.*?([\d.]+) GFLOP/s", printed):
        if int(m) * int(n) * int(k) >= 1e6:
            speeds.setdefault((op, int(m), int(n), int(k)), []).append(float(speed))
    return {shape: statistics.median(s) for shape, s in speeds.items()}


def numpy_product(op, m, n, k):
    import numpy

    a = numpy.random.rand(k, m).astype("f4").T if op[0] == "T" else numpy.random.rand(m, k).astype("f4")
    b = numpy.random.rand(n, k).astype("f4").T if op[1] == "T" else numpy.random.rand(k, n).astype("f4")
    c, flops, speeds = numpy.empty((m, n), "f4"), 2 * m * n * k, []
    numpy.matmul(a, b, out=c)
    for _ in range(15):
        times, start = max(1, int(1e9 / flops)), time.perf_counter()
        for _ in range(times):
            numpy.matmul(a, b, out=c)
        speeds.append(times * flops / (time.perf_counter() - start) / 1e9)
    return statistics.median(speeds)


def gemm(a):
    speeds = {}
    for _ in range(a.runs):
        for shape, speed in lane_products(a.threads).items():
            both = speeds.setdefault(shape, {"lane": [], "numpy": []})
            both["lane"].append(speed)
            both["numpy"].append(numpy_product(*shape))
    ratios = []
    for (op, m, n, k), both in speeds.items():
        lane_speed, numpy_speed = (statistics.median(both[name]) for name in ("lane", "numpy"))
        ratios.append(lane_speed / numpy_speed)
        print(f"{op} {m}x{n}x{k}: lane {lane_speed:.0f} GFLOP/s, NumPy on OpenBLAS {numpy_speed:.0f}, ratio {ratios[-1]:.2f}", flush=True)
    print(f"geometric mean of the ratios {statistics.geometric_mean(ratios):.2f}")


def torch_generation(a, size, layers, tied):
    """Draws one token after the other from a model of 10,000 words for two seconds; returns tokens a second."""
    import torch
    from torch import nn

    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    embedding, lstm, output = nn.Embedding(10_000, size), nn.LSTM(size, size, layers), nn.Linear(size, 10_000)
    if tied:
        output.weight = embedding.weight
    token, state, tokens = torch.ones(1, 1, dtype=torch.long), None, 0
    with torch.no_grad():
        for seconds in (0.3, 2):  # the first to warm up
            tokens, start = 0, time.perf_counter()
            while time.perf_counter() - start < seconds:
                h, state = lstm(embedding(token), state)
                token = torch.multinomial(torch.softmax(output(h[0, 0]), 0), 1).view(1, 1)
                tokens += 1
    return tokens / (time.perf_counter() - start)


def generate(a):
    for preset, size, layers, tied in (("book-lstm", 100, 1, False), ("book-better", 650, 2, True)):
        speeds, reads = {"lane": [], "pytorch": []}, []
        for _ in range(a.runs):
            printed = benchmark(f"Generate$/^set=/threads={a.threads}/preset={preset}/sampling=all", "-benchtime", "2s")
            reads.append(float(re.search(r"([\d.]+) %read", printed)[1]))
            speeds["lane"].append(float(re.search(r"([\d.]+) tokens/s", printed)[1]))
            speeds["pytorch"].append(torch_generation(a, size, layers, tied))
        report(preset, "tokens/s", speeds, "pytorch", {"lane": f"{statistics.median(reads):.0f}% of the read bandwidth", "pytorch": ""})


def report(what, unit, speeds, peer, notes):
    for name, all_runs in speeds.items():
        print(f"{what:10} {name:8} {statistics.median(all_runs):10.0f} {unit} (median of {len(all_runs)}, {min(all_runs):.0f} to {max(all_runs):.0f})  {notes[name]}")
    for name in speeds:
        if name != peer:
            print(f"{what:10} {name}/{peer} {statistics.median(x / y for x, y in zip(speeds[name], speeds[peer])):.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lane", default="./lane", help="the binary")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=1)
    what = parser.add_subparsers(required=True)
    w = what.add_parser("word2vec")
    w.add_argument("text", help="plain text, a sentence a line")
    w.add_argument("--dim", type=int, default=100)
    w.add_argument("--similarity", help="word pairs with scores")
    w.set_defaults(run=word2vec)
    l = what.add_parser("lm")
    l.add_argument("train")
    l.add_argument("valid")
    l.set_defaults(run=lm)
    what.add_parser("generate").set_defaults(run=generate)
    g = what.add_parser("gemm")
    g.set_defaults(run=gemm)
    a = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(a.threads)
    for forced in ("OPENBLAS_CORETYPE", "DNNL_MAX_CPU_ISA"):  # the peers choose their best kernels, whatever the environment forces
        os.environ.pop(forced, None)
    a.run(a)


if __name__ == "__main__":
    # PyTorch's own threads and those of the pthread build of OpenBLAS hinder each other.
    openmp = "/usr/lib/x86_64-linux-gnu/openblas-openmp"
    if os.path.isdir(openmp) and openmp not in os.environ.get("LD_LIBRARY_PATH", ""):
        os.environ["LD_LIBRARY_PATH"] = openmp + ":" + os.environ.get("LD_LIBRARY_PATH", "")
        os.execv(sys.executable, [sys.executable] + sys.argv)
    main()
