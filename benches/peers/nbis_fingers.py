"""Peer for race-matcher: mindtct, bozorth3 and NFIQ 2.3 as packed in the PyPI package `nbis-python`.

    python3 -m venv target/peer && target/peer/bin/pip install nbis-python==0.1.9     (Debian 12 with OpenCV 4.6)

Not a dependency. Prints `ready`, then answers every line with `done` and what it found, tab between words:

    extract FILE     minutiae found; the template is kept under the file's name
    quality FILE     NFIQ 2.3, or - where it refuses. The package extracts minutiae first; there is no other way in
    compare A B ...  scores of pairs of kept templates; 0 where one is missing

The package has no nfseg. A peer of another maker answers the same lines.
"""

import sys

from nbis import NbisExtractorSettings, new_nbis_extractor


def engine(compute_nfiq2):
    return new_nbis_extractor(
        NbisExtractorSettings(
            min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=compute_nfiq2, ppi=500.0
        )
    )


MINUTIAE, QUALITY = engine(False), engine(True)
KEPT = {}
FILES = {}


def content(path):
    if path not in FILES:
        with open(path, "rb") as file:
            FILES[path] = file.read()
    return FILES[path]


def answer(word, arguments):
    if word == "extract":
        try:
            KEPT[arguments[0]] = MINUTIAE.extract_minutiae(content(arguments[0]))
            return len(KEPT[arguments[0]].get())
        except Exception:
            return 0
    if word == "quality":
        try:
            quality = QUALITY.extract_minutiae(content(arguments[0])).quality
            return (quality() if callable(quality) else quality).score
        except Exception:
            return "-"
    kept = [KEPT.get(name) for name in arguments]
    scores = [a.compare(b) if a and b else 0 for a, b in zip(kept[::2], kept[1::2])]
    return "\t".join(map(str, scores))


print("ready", flush=True)
for line in sys.stdin:
    word, *arguments = line.rstrip("\n").split("\t")
    print("done\t%s" % answer(word, arguments), flush=True)
