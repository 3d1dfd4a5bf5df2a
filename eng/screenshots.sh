#!/usr/bin/env bash
# Makes the pictures of the documentation from a finished run: eng/screenshots.sh RUN
# Needs Debian's chromium.
set -euo pipefail

root=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/..
run=$(readlink -f -- "${1:?give a run folder}")
pictures=$root/docs/images
mkdir -p "$pictures"

chromium --headless --no-sandbox --disable-gpu --disable-background-networking --hide-scrollbars \
    --window-size=1000,1080 --screenshot="$pictures/report.png" "file://$run/report.html" 2>/dev/null
newest=$(find "$run/samples/samples" -name 'step-*.png' | sort -t- -k2 -V | tail -n 1)
cp -- "$newest" "$pictures/samples.png"
