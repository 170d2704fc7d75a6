"""Peer for race-wsq: the WSQ plug-in for Pillow (PyPI package `wsq`).

Not a dependency: install it where you like (`pip install wsq`) and give this file's command with --peer.
Prints `ready`, then codes the file once in memory and prints `done` for every line it reads.
"""

import io
import sys

import wsq  # noqa: F401 - registers the format with Pillow
from PIL import Image

direction, path = sys.argv[1:3]
with open(path, "rb") as file:
    content = file.read()
picture = Image.open(io.BytesIO(content))
picture.load()

print("ready", flush=True)
for _ in sys.stdin:
    if direction == "encode":
        picture.save(io.BytesIO(), format="WSQ")
    else:
        Image.open(io.BytesIO(content)).load()
    print("done", flush=True)
