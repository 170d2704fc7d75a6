"""Peer for race-matcher: NBIS `nfseg` where a user has built it; no package of a registry carries it.

    cargo run --release -p benches --bin race-matcher -- --segmenter 'python3 benches/peers/nfseg_boxes.py /path/to/nfseg'

Prints `ready`, then for every line `segment<TAB>FILE.raw<TAB>WIDTH<TAB>HEIGHT<TAB>FGP` runs nfseg once and answers
`done` with how many fingers it boxed. Its start is part of the time: nfseg is a program that does one picture.
"""

import os
import subprocess
import sys
import tempfile

NFSEG = sys.argv[1]

print("ready", flush=True)
for line in sys.stdin:
    _, raw, width, height, position = line.rstrip("\n").split("\t")
    with tempfile.TemporaryDirectory() as folder:
        out = subprocess.run(
            [NFSEG, position, "1", "1", "1", "1", os.path.abspath(raw), "-raw_in", "%s,%s,8,500" % (width, height)],
            cwd=folder, capture_output=True, text=True,
        )
    print("done\t%d" % out.stdout.count("FILE"), flush=True)
