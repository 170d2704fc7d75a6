#!/usr/bin/env python3
"""Reference scores of altered FVC prints and of made-up prints, to train our own quality figure with.

    python3 -m venv peer && peer/bin/pip install nbis-python==0.1.9 numpy pillow      (Debian 12 with OpenCV 4.6)
    peer/bin/python benches/peers/nfiq2_labels.py fvc ../shared/data OUT [ROUNDS]
    peer/bin/python benches/peers/nfiq2_labels.py folder FOLDER_OF_PNG OUT

Writes pictures and labels.csv (file, finger, reference score) into OUT. What is altered follows from the number of the
round and of the print. Real prints: OUT stays outside of the repository.
"""

import csv
import io
import os
import sys

import numpy as np
from nbis import NbisExtractorSettings, new_nbis_extractor
from PIL import Image, ImageFilter

SETTINGS = NbisExtractorSettings(
    min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=True, ppi=500.0
)
ENGINE = new_nbis_extractor(SETTINGS)


def label(picture):
    """The unified score, or None where the reference refuses."""
    encoded = io.BytesIO()
    picture.save(encoded, "PNG", dpi=(500, 500))
    try:
        quality = ENGINE.extract_minutiae(encoded.getvalue()).quality
        return (quality() if callable(quality) else quality).score
    except Exception:
        return None


def altered(picture, random):
    """Cut, turned, blurred, thickened or thinned, other contrast, noise, smaller; each with its own chance."""
    if random.rand() < 0.5:
        width, height = picture.size
        cut_width, cut_height = int(width * random.uniform(0.55, 0.95)), int(height * random.uniform(0.55, 1))
        x, y = random.randint(0, width - cut_width + 1), random.randint(0, height - cut_height + 1)
        picture = picture.crop((x, y, x + cut_width, y + cut_height))
    if random.rand() < 0.4:
        background = int(np.median(np.array(picture)[:8]))
        picture = picture.rotate(random.uniform(-25, 25), Image.BILINEAR, fillcolor=background)
    if random.rand() < 0.35:
        picture = picture.filter(ImageFilter.GaussianBlur(random.uniform(0.4, 1.6)))
    if random.rand() < 0.25:
        picture = picture.filter(ImageFilter.MinFilter(3) if random.rand() < 0.5 else ImageFilter.MaxFilter(3))
    grey = np.array(picture).astype(float)
    if random.rand() < 0.5:
        grey = 255 * (grey / 255) ** random.uniform(0.5, 2)
    if random.rand() < 0.4:
        grey = 255 - (255 - grey) * random.uniform(0.3, 1)
    if random.rand() < 0.4:
        grey = grey + random.randn(*grey.shape) * random.uniform(2, 25)
    share = random.uniform(0.65, 0.9) if random.rand() < 0.2 else 1
    picture = Image.fromarray(np.clip(grey, 0, 255).astype("uint8"))
    if share < 1:
        size = (max(64, int(picture.width * share)), max(64, int(picture.height * share)))
        picture = picture.resize(size, Image.LANCZOS)
    return picture


def pictures(kind, source, rounds):
    """Name, finger and picture of everything that is to be scored."""
    if kind == "folder":
        for name in sorted(n for n in os.listdir(source) if n.endswith(".png")):
            picture = Image.open(os.path.join(source, name)).convert("L")
            yield name[:-4], "made-up/" + name.split("_")[0], picture
        return
    with open(os.path.join(source, "nfiq2_reference.csv"), encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if row["set"].startswith("fvc")]
    for number in range(rounds):
        for at, row in enumerate(rows):
            picture = Image.open(os.path.join(source, row["set"], row["image"])).convert("L")
            finger = row["set"] + "/" + row["image"].split("_")[0]
            name = "%s_%s_%d" % (row["set"], row["image"][:-4], number)
            yield name, finger, altered(picture, np.random.RandomState(number * 10007 + at))


def main():
    kind, source, out = sys.argv[1:4]
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 4
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "labels.csv"), "w", encoding="utf-8") as labels:
        labels.write("file,finger,score\n")
        for name, finger, picture in pictures(kind, source, rounds):
            score = label(picture)
            if score is not None:
                picture.save(os.path.join(out, name + ".pgm"))
                labels.write("%s.pgm,%s,%d\n" % (name, finger, score))


if __name__ == "__main__":
    main()
