#!/usr/bin/python3
"""Makes cased.txt, cased.questions.txt, cased.pairs.tsv and cased.json with gensim (4.2.0): how it judges vectors whose words differ
in letter case, with questions about unknown words. Run it here."""
import json, sys
import numpy as np
from gensim.models import KeyedVectors

rng = np.random.default_rng(11)
stems = ["Bar", "tel", "MON", "fir", "gul", "Zün", "хлеб", "Tin", "rad", "sep", "hov", "nim"]
forms = ["", "a", "em"]
words, vectors = [], []
offsets = [np.zeros(8)] + [0.9 * rng.normal(size=8) for _ in forms[1:]]
for stem in stems:
    base = rng.normal(size=8)
    for form, offset in zip(forms, offsets):
        for word in {stem + form: 0, (stem + form).upper(): 1, (stem + form).lower(): 2}:
            words.append(word)
            vectors.append(base + offset + 0.35 * rng.normal(size=8))
order = rng.permutation(len(words))
kv = KeyedVectors(8)
kv.add_vectors([words[i] for i in order], np.array([vectors[i] for i in order], dtype=np.float32))
kv.save_word2vec_format("cased.txt")

with open("cased.questions.txt", "w", encoding="utf-8") as f:
    for i, form in enumerate(forms[1:], 1):
        f.write(f": to {form}\n")
        for s, stem in enumerate(stems):
            for shift in (1, 4):
                other = stems[(s + shift) % len(stems)]
                f.write(f"{stem} {stem}{form} {other} {other}{form}\n")
        f.write(f"Bar Bar{form} Nosuch tel{form}\nbar nosuch tel tel{form}\n")
    f.write(": unknown alone\nno such words here\n")
with open("cased.pairs.tsv", "w", encoding="utf-8") as f:
    seen = set() # pairs that come again would be ties but for rounding
    while len(seen) < 40:
        x, y = sorted(kv.index_to_key[i] for i in rng.choice(len(words), 2))
        if x.upper() == y.upper() or (x.upper(), y.upper()) in seen or (y.upper(), x.upper()) in seen:
            continue
        seen.add((x.upper(), y.upper()))
        f.write(f"{x.lower()}\t{y.upper()}\t{round(float(5 + 4 * kv.similarity(x, y) + rng.normal()), 1)}\n")
    f.write("bar\tnosuch\t3\nnosuch\ttel\t9.5\n")

def analogies(**how):
    score, sections = kv.evaluate_word_analogies("cased.questions.txt", **how)
    return {"accuracy": float(score), "sections": [{"section": s["section"], "correct": len(s["correct"]), "total": len(s["correct"] + s["incorrect"])} for s in sections[:-1]]}

def pairs(**how):
    pearson, spearman, oov = kv.evaluate_word_pairs("cased.pairs.tsv", **how)
    return {"pearson": float(pearson[0]), "spearman": float(spearman[0]), "oov": float(oov)}

top = 60
hows = [{}, {"case_insensitive": False}, {"dummy4unknown": True}, {"restrict_vocab": top}, {"restrict_vocab": top, "case_insensitive": False, "dummy4unknown": True}]
json.dump([{"top": how.get("restrict_vocab", 0), "caseSensitive": not how.get("case_insensitive", True), "countUnknown": how.get("dummy4unknown", False),
            "analogies": analogies(**how), "pairs": pairs(**how)} for how in hows], open("cased.json", "w"), indent=0)
