#!/bin/sh
# Makes _build/nbgrader, an environment with nbgrader alone, and does nothing when it is up to date.
set -eu
cd "$(dirname "$0")/.."

wanted="$(cksum < tools/nbgrader.txt)"
[ "$(cat _build/nbgrader/installed 2>/dev/null)" = "$wanted" ] && exit 0

echo "Setting up _build/nbgrader: two minutes, once."
.venv/bin/python -m venv --clear _build/nbgrader
_build/nbgrader/bin/python -m pip install --quiet --disable-pip-version-check --no-input -r tools/nbgrader.txt
echo "$wanted" > _build/nbgrader/installed
