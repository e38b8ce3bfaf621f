#!/bin/sh
# Makes _build/bench, an environment with the library's pins and the peers, and does nothing when it is up to date.
set -eu
cd "$(dirname "$0")/.."

wanted="$(cat requirements.txt benchmarks/requirements.txt | cksum) ${TORCH:-yes}"
[ "$(cat _build/bench/installed 2>/dev/null)" = "$wanted" ] && exit 0

echo "Setting up _build/bench with JAX and PyTorch: some minutes, once. TORCH=no leaves PyTorch out."
.venv/bin/python -m venv --clear _build/bench
peers="$(grep -v '^#' benchmarks/requirements.txt)"
[ "${TORCH:-yes}" = no ] && peers="$(echo "$peers" | grep -v '^torch')"
# shellcheck disable=SC2086
_build/bench/bin/python -m pip install --quiet --disable-pip-version-check --no-input -c requirements.txt \
    numpy scipy matplotlib pillow numba ipywidgets joblib tqdm scikit-learn $peers
echo "$wanted" > _build/bench/installed
