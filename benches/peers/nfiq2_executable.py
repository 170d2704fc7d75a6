#!/usr/bin/env python3
"""NFIQ 2.3 of nbis-python behind the command line and CSV of NIST's nfiq2, to test the process protocol with the real thing.

    python3 -m venv peer && peer/bin/pip install nbis-python==0.1.9      (Debian 12 with OpenCV 4.6)
    NFIQ2_EXECUTABLE=WRAPPER cargo nextest run -p matcher -E 'test(a_real_nfiq2)'

WRAPPER is a two-line script of the site: `#!/bin/sh` and `exec peer/bin/python nfiq2_executable.py "$@"`. A development
peer; a site installs NIST's own release.
"""

import sys

from nbis import NbisExtractorSettings, new_nbis_extractor


def cell(value):
    return "%.10g" % value


def main():
    if sys.argv[1:4] != ["-F", "-a", "-v"] or len(sys.argv) != 5:
        sys.exit("usage: nfiq2 -F -a -v PICTURE")
    with open(sys.argv[4], "rb") as picture:
        encoded = picture.read()
    settings = NbisExtractorSettings(
        min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=True, ppi=500.0
    )
    head = ['"Filename"', "FingerCode", "QualityScore", '"OptionalError"', "Quantized", "Resampled"]
    try:
        quality = new_nbis_extractor(settings).extract_minutiae(encoded).quality
        quality = quality() if callable(quality) else quality
        values = list(quality.actionable) + list(quality.features)
        row = ['"picture"', "0", str(quality.score), "NA", "0", "0"] + [cell(value.value) for value in values]
        head += [value.name for value in values]
    except Exception as refusal:
        words = str(refusal).replace('"', "'").replace("\n", " ")
        row = ['"picture"', "0", "NA", '"%s"' % words, "0", "0"]
    print(",".join(head))
    print(",".join(row))


main()
