#!/bin/bash
# Trains our own quality figure anew and compares the result with the file in the repository, byte for byte.
#
#   benches/peers/train_quality.sh OUT [../shared/data]
#
# Needs Debian 12 with libopencv 4.6 and Python 3.11. OUT takes about 300 MB: a Python environment with the reference,
# altered copies of the FVC prints, made-up prints, the labels. Real prints: OUT stays outside of the repository.
set -euo pipefail
out=$(realpath -m "${1:?a folder for the training material}")
data=$(realpath "${2:-../shared/data}")
cd "$(dirname "$0")/../.."
mkdir -p "$out"

# What decides a byte is pinned: the reference, and the two libraries that alter pictures.
if [ ! -x "$out/peer/bin/python" ]; then
    python3 -m venv "$out/peer"
    "$out/peer/bin/pip" install --quiet nbis-python==0.1.9 numpy==2.4.6 pillow==13.0.0
fi
cargo build --release --locked --quiet -p matcher --bin matcher --example fit_quality
target=${CARGO_TARGET_DIR:-target}/release

"$out/peer/bin/python" benches/peers/nfiq2_labels.py fvc "$data" "$out/altered" 4
for age in 8 30; do
    "$target/matcher" synth --persons 4 --visits 3 --seed "90$age" --age "$age" --condition mixed --out "$out/made-up-$age" > /dev/null
    "$out/peer/bin/python" benches/peers/nfiq2_labels.py folder "$out/made-up-$age" "$out/labelled-$age"
done
LEFT_OUT_SCORES="$out/left_out_scores.csv" "$target/examples/fit_quality" \
    "$data" "$out/altered" "$out/labelled-8" "$out/labelled-30" --write "$out/score.trees"
cmp "$out/score.trees" matcher/src/quality/score.trees && echo "the same bytes as matcher/src/quality/score.trees"
