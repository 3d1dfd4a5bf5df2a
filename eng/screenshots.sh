#!/usr/bin/env bash
# Makes the pictures of the documentation from finished runs: eng/screenshots.sh RUN [OTHER]
# The report of RUN on a screen, a phone, in the dark and as printed, and its last samples; with OTHER also the page that compares the two.
# Needs Debian's chromium and Node.js.
set -euo pipefail

root=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/..
run=$(readlink -f -- "${1:?give a run folder}")
pictures=${PICTURES:-$root/docs/images}
mkdir -p "$pictures"

shot() { node "$root/eng/screenshot.mjs" "$@"; }
page="$run/report.html"
shot "$page" "$pictures/report.png" 1000 1080
shot "$page" "$pictures/report-dark.png" 1000 1080 --dark --at '#map, #attention'
shot "$page" "$pictures/report-phone.png" 390 844 --at '#reconstruction-image, #tokens'
shot "$page" "$pictures/report-print.png" 794 1123 --print
if [[ -n ${2:-} ]]; then
    comparison=$(mktemp --suffix=.html)
    trap 'rm -f "$comparison"' EXIT
    "$root/selfsame" compare "$run" "$2" --out "$comparison" >/dev/null
    shot "$comparison" "$pictures/compare.png" 1000 1080
fi
newest=$(find "$run/samples/samples" -name 'step-*.png' 2>/dev/null | sort -t- -k2 -V | tail -n 1)
if [[ -n $newest ]]; then cp -- "$newest" "$pictures/samples.png"; fi
