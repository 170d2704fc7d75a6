"""Peer for race-icd: the PyPI package `nistitl`.

Not a dependency: install it where you like (`pip install nistitl`) and give this file's command with --peer.
Prints `ready`, then reads or writes the file once in memory and prints `done` for every line it reads.
"""

import sys

import nistitl

direction, path = sys.argv[1:3]
with open(path, "rb") as file:
    content = file.read()
message = nistitl.Message()
message.parse(content)

print("ready", flush=True)
for _ in sys.stdin:
    if direction == "read":
        nistitl.Message().parse(content)
    else:
        message.NIST
    print("done", flush=True)
