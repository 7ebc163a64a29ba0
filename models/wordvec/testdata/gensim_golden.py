#!/usr/bin/python3
"""Makes the golden files of this directory with gensim (4.2.0) and fastText (0.9.2). Run it here.

toy.bin, toy.txt   80 words, 10 dimensions, saved by gensim: 20 stems in 4 forms whose offsets are nearly constant, so that some
                   analogies come out right and some don't
toy.questions.txt  analogies among them, some with unknown words
toy.pairs.tsv      pairs with scores, ties and unknown words among them
toy.json           what gensim answers
fasttext.vec       vectors that fastText wrote, trained on a few sentences
"""
import json, os, subprocess, tempfile
import numpy as np
from gensim.models import KeyedVectors

rng = np.random.default_rng(7)
forms = ["", "a", "em", "ov"]
stems = ["bar", "tel", "mon", "fir", "gul", "pas", "ved", "ked", "lor", "zün", "хлеб", "tin", "rad", "sep", "hov", "nim", "cal", "dov", "wex", "yol"]
offsets = np.array([np.zeros(10), *(0.9 * rng.normal(size=(3, 10)))])
kv = KeyedVectors(10)
for stem in stems:
    base = rng.normal(size=10)
    kv.add_vectors([stem + f for f in forms], (base + offsets + 0.45 * rng.normal(size=(4, 10))).astype(np.float32))
kv.save_word2vec_format("toy.bin", binary=True)
kv.save_word2vec_format("toy.txt")

with open("toy.questions.txt", "w", encoding="utf-8") as f:
    for i, form in enumerate(forms[1:], 1):
        f.write(f": to {form}\n")
        for s in range(20):
            a, c = stems[s], stems[(s + 1 + 3 * i) % 20]
            f.write(f"{a} {a}{form} {c.capitalize()} {c}{form}\n")
        f.write(f"bar bar{form} nosuchword tel{form}\n")
with open("toy.pairs.tsv", "w", encoding="utf-8") as f:
    f.write("# made up\n")
    for _ in range(60):
        a, b = rng.choice(80, 2)
        x, y = kv.index_to_key[a], kv.index_to_key[b]
        f.write(f"{x}\t{y.upper()}\t{round(5 + 4 * kv.similarity(x, y) + rng.normal(), 0)}\n")
    f.write("bar\tnosuchword\t3\n")

queries = [(["bar"], []), (["хлеб"], []), (["bara", "tel"], ["bar"]), (["zünem", "rad", "mon"], ["zün", "lora"]), ([], ["wex"])]
lists = [["bar", "bara", "barem", "yol"], ["tel", "tela", "zün", "telov", "telem"], ["cal", "dov", "wex"]]
score, sections = kv.evaluate_word_analogies("toy.questions.txt")
golden = {
    "similar": [{"positive": p, "negative": n, "matches": kv.most_similar(p, n, topn=12)} for p, n in queries],
    "cosmul": [{"positive": p, "negative": n, "matches": kv.most_similar_cosmul(p, n, topn=12)} for p, n in queries if p],
    "odd": [{"words": w, "odd": str(kv.doesnt_match(w))} for w in lists],
    "similarity": [{"a": a, "b": b, "cosine": float(kv.similarity(a, b)), "rank": kv.rank(a, b)} for a, b in [("bar", "bara"), ("bar", "yol"), ("tin", "radov")]],
    "analogies": {"accuracy": score, "sections": [{"section": s["section"], "correct": len(s["correct"]), "total": len(s["correct"] + s["incorrect"])} for s in sections[:-1]]},
    "spearman": float(kv.evaluate_word_pairs("toy.pairs.tsv")[1][0]),
    "vectors": {w: [float(x) for x in kv[w]] for w in ["bar", "хлебov", "yolov"]},
}
with open("toy.json", "w", encoding="utf-8") as f:
    json.dump(golden, f, ensure_ascii=False, indent=0)

with tempfile.TemporaryDirectory() as tmp:
    with open(os.path.join(tmp, "text"), "w", encoding="utf-8") as f:
        f.write("the cat sat on the mat\nthe dog sat on the log\nθ = 2 π\n" * 5)
    subprocess.run(["fasttext", "skipgram", "-input", os.path.join(tmp, "text"), "-output", "fasttext", "-dim", "4", "-epoch", "1", "-thread", "1", "-bucket", "10", "-verbose", "0"], check=True)
    os.remove("fasttext.bin")
