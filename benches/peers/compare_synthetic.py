"""Holds made-up prints against real ones: quality, minutiae, and scores of mates and non-mates, by us and by a foreign matcher.

    cargo build --release --locked -p matcher --bin matcher
    python3 benches/peers/compare_synthetic.py ../shared/data [--peer 'COMMAND'] [--seed N] [--matcher FILE]

Prints the table of docs/reference/synthetic-prints.md. A made-up set has the shape of a set of the FVC: ten fore and middle
fingers (of three people), eight visits, every pair inside the set. A value of a made-up set in bold lies outside of what the
four real sets span. The peer answers extract, quality and compare as docs/reference/measurements.md describes; without one
its rows are left out and that is said. Quantiles are by nearest rank, so that each was really seen.
"""

import argparse
import csv
import io
import math
import pathlib
import shlex
import subprocess
import tempfile

REAL = ["fvc2002_db1_b", "fvc2002_db3_b", "fvc2004_db2_b", "fvc2004_db4_b"]
# What the table says, age in years, state of the skin.
MADE_UP = [
    ("30 years, normal", 30, "normal"),
    ("30 years, mixed", 30, "mixed"),
    ("65 years, mixed", 65, "mixed"),
    ("12 years, mixed", 12, "mixed"),
    ("8 years, mixed", 8, "mixed"),
]
PEOPLE, VISITS, FINGERS = 3, 8, 10
# Finger numbers of one person within the ten: fore and middle of both hands.
FORE_AND_MIDDLE = (2, 3, 7, 8)
PRINTS, MATES, STRANGERS = (0.1, 0.5, 0.9), (0.05, 0.1, 0.5, 0.9), (0.5, 0.99, 1.0)
PAIRS_PER_LINE = 64


class Peer:
    """Somebody else's program, asked line by line."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.expect("ready")

    def expect(self, word):
        line = self.process.stdout.readline().rstrip("\n")
        if not line.startswith(word):
            raise SystemExit(f"the peer said `{line}` instead of `{word}`")
        return line[len(word) :].strip()

    def numbers(self, *words):
        """The numbers it answers; a dash, where it refuses, is none."""
        self.process.stdin.write("\t".join(words) + "\n")
        return [float(text) for text in self.expect("done").split("\t") if text not in ("", "-")]


def made_up(tool, seed, age, condition, folder):
    drawn = folder / "drawn"
    subprocess.run(
        [tool, "synth", "--persons", str(PEOPLE), "--visits", str(VISITS), "--seed", str(seed), "--age", str(age)]
        + ["--condition", condition, "--out", drawn],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    fingers = [101 + 10 * person + finger - 1 for person in range(PEOPLE) for finger in FORE_AND_MIDDLE]
    kept = folder / "set"
    kept.mkdir()
    for finger in fingers[:FINGERS]:
        for visit in range(1, VISITS + 1):
            (drawn / f"{finger}_{visit}.png").rename(kept / f"{finger}_{visit}.png")
    return kept


def figures(tool, folder, peer):
    """Every figure of a set under its name, in the order of the table."""
    prints = sorted(str(path) for path in folder.glob("*_*.png"))
    if len(prints) != FINGERS * VISITS:
        raise SystemExit(f"{folder} holds {len(prints)} prints instead of {FINGERS * VISITS}")
    said = subprocess.run([tool, "quality", "--csv", *prints], check=True, capture_output=True, text=True).stdout
    rows = list(csv.DictReader(io.StringIO(said)))
    values = {}
    add(values, "own score", [float(row["score"]) for row in rows if row["score"]], PRINTS)
    counts = [float(row["Own_MinutiaeCount"]) for row in rows if row["Own_MinutiaeCount"]]
    add(values, "minutiae, ours", counts, PRINTS)
    with tempfile.NamedTemporaryFile("r") as file:
        arguments = [tool, "evaluate", folder, "--scores", file.name]
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
        scored = [(row["a"], row["b"], float(row["score"])) for row in csv.DictReader(file)]
    add_pairs(values, "ours", scored)
    if peer is None:
        return values
    add(values, "NFIQ 2.3 (peer)", [one for path in prints for one in peer.numbers("quality", path)], PRINTS)
    add(values, "minutiae (peer)", [one for path in prints for one in peer.numbers("extract", path)], PRINTS)
    pairs = [(a, b) for at, a in enumerate(prints) for b in prints[at + 1 :]]
    scored = []
    for at in range(0, len(pairs), PAIRS_PER_LINE):
        block = pairs[at : at + PAIRS_PER_LINE]
        answers = peer.numbers("compare", *(path for pair in block for path in pair))
        names = [(pathlib.Path(a).name, pathlib.Path(b).name) for a, b in block]
        scored += [(a, b, score) for (a, b), score in zip(names, answers, strict=True)]
    add_pairs(values, "peer", scored)
    return values


def add(values, what, found, shares):
    found = sorted(found)
    for share in shares:
        at = max(0, math.ceil(share * len(found)) - 1)
        values[f"{what}, {100 * share:.0f} %"] = found[at] if found else None


def add_pairs(values, whose, scored):
    mates, strangers = [], []
    for a, b, score in scored:
        (mates if a.split("_")[0] == b.split("_")[0] else strangers).append(score)
    add(values, f"mates ({whose})", mates, MATES)
    add(values, f"non-mates ({whose})", strangers, STRANGERS)


def shown(value):
    if value is None:
        return ""
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def table(columns):
    names = list(columns)
    print(f"| figure | {' | '.join(names)} |")
    print("|---|" + "---|" * len(names))
    inside = dict.fromkeys(names[len(REAL) :], 0)
    figures_of = columns[names[0]]
    for figure in figures_of:
        real = [columns[name][figure] for name in REAL]
        cells = [shown(value) for value in real]
        for name in inside:
            value = columns[name][figure]
            is_inside = value is not None and min(real) <= value <= max(real)
            inside[name] += is_inside
            cells.append(shown(value) if is_inside else f"**{shown(value)}**")
        print(f"| {figure} | {' | '.join(cells)} |")
    counts = [f"{count} of {len(figures_of)}" for count in inside.values()]
    print(f"| inside the real sets | {' | '.join([''] * len(REAL) + counts)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path, help="folder with the four FVC sets")
    parser.add_argument("--peer", help="command of a foreign extractor and matcher")
    parser.add_argument("--seed", type=int, default=1, help="of the made-up people")
    parser.add_argument("--matcher", default="target/release/matcher", help="our tool")
    asked = parser.parse_args()
    peer = Peer(asked.peer) if asked.peer else None
    if peer is None:
        print("SKIPPED: a foreign extractor and matcher: no command was given with --peer\n")
    columns = {name: figures(asked.matcher, asked.data / name, peer) for name in REAL}
    for number, (name, age, condition) in enumerate(MADE_UP):
        with tempfile.TemporaryDirectory() as folder:
            made = made_up(asked.matcher, 1000 * asked.seed + number, age, condition, pathlib.Path(folder))
            columns[name] = figures(asked.matcher, made, peer)
    table(columns)


if __name__ == "__main__":
    main()
