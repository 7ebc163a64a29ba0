#!/usr/bin/python3
"""Makes phrases.txt, a text with words that belong together, and phrases.json, what gensim (4.2.0) finds in it. Run it here."""
import json
import numpy as np
from gensim.models.phrases import Phrases, ENGLISH_CONNECTOR_WORDS

rng = np.random.default_rng(5)
common = [f"w{i}" for i in range(60)] + ["the", "of", "and", "in", "a"]
weights = 1 / np.arange(1, len(common) + 1)
weights /= weights.sum()
together = [["new", "york"], ["new", "york", "times"], ["bank", "of", "england"], ["state", "of", "the", "art"], ["fish", "and", "chips"], ["san", "francisco"], ["new", "zealand"]]
lines = []
for _ in range(500):
    line = []
    while len(line) < rng.integers(4, 12):
        if rng.random() < 0.12:
            line += together[rng.integers(len(together))]
        elif rng.random() < 0.05:
            line.append(str(rng.choice(["new", "york", "bank", "england", "art"])))
        else:
            line.append(str(rng.choice(common, p=weights)))
    lines.append(line)
with open("phrases.txt", "w") as f:
    f.writelines(" ".join(line) + "\n" for line in lines)

golden = []
for scoring, threshold, connectors in [("default", 1.0, frozenset()), ("npmi", 0.4, frozenset()), ("default", 1.0, ENGLISH_CONNECTOR_WORDS), ("npmi", 0.4, ENGLISH_CONNECTOR_WORDS)]:
    p = Phrases(lines, min_count=5, threshold=threshold, scoring=scoring, connector_words=connectors)
    # gensim multiplies by the number of words and pairs that it counted, word2phrase.c by the number of words in the text.
    scale = p.corpus_word_count / len(p.vocab) if scoring == "default" else 1
    golden.append({
        "score": "word2phrase" if scoring == "default" else "npmi", "threshold": threshold * scale, "connectors": sorted(connectors),
        "phrases": {k: v * scale for k, v in p.find_phrases(lines).items()},
        "joined": [" ".join(p[line]) for line in lines[:60]],
    })
json.dump(golden, open("phrases.json", "w"), indent=0)
