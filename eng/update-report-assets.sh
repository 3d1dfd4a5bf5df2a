#!/bin/sh
# Refreshes the chart library that report.html carries. Needs npm; the build doesn't, since the files are committed.
#   eng/update-report-assets.sh            the version pinned below
#   eng/update-report-assets.sh 1.6.33     another one; then change the pin
set -eu
pinned=1.6.32
version="${1:-$pinned}"
assets="$(cd "$(dirname "$0")/.." && pwd)/src/Selfsame/Evaluation/Report/assets"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent "uplot@$version" >/dev/null
tar -xzf "uplot-$version.tgz"
cp package/dist/uPlot.iife.min.js package/dist/uPlot.min.css "$assets/"
cp package/LICENSE "$assets/uPlot.LICENSE"
echo "uPlot $version is in $assets"
