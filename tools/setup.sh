#!/bin/sh
# Makes .venv with the pinned packages, and does nothing when it is already up to date.
# Takes the first Python from 3.11 to 3.13 that works here; PYTHON=/path/to/python chooses another.
set -eu
cd "$(dirname "$0")/.."

packages="$(cksum < requirements.lock)"
library="$(cksum < pyproject.toml)"
quietly="--quiet --disable-pip-version-check --no-input"

install_library() {
    .venv/bin/python -m pip install $quietly --no-deps --no-build-isolation --editable .
    echo "$library" > .venv/library.installed
}

if [ -x .venv/bin/python ] && [ "$(cat .venv/packages.installed 2>/dev/null)" = "$packages" ]; then
    [ "$(cat .venv/library.installed 2>/dev/null)" = "$library" ] || install_library
    exit 0
fi

supported='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
number='import sys; print(sys.version.split()[0])'
python=""
seen=""
if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3.13 python3.12 python3.11 python3 python; fi
for candidate in "$@"; do
    command -v "$candidate" >/dev/null || continue
    if ! version="$("$candidate" -c "$number" 2>/dev/null)"; then
        seen="$seen $candidate does not run;"
        continue
    fi
    seen="$seen $candidate is $version;"
    if "$candidate" -c "$supported"; then
        python="$candidate"
        break
    fi
done
if [ -z "$python" ]; then
    echo "This book needs Python 3.11, 3.12 or 3.13. Found here:${seen:- no Python at all;}" >&2
    echo "Install one of them, or name it: make book PYTHON=/path/to/python3.12" >&2
    exit 1
fi
if ! "$python" -c "import venv, ensurepip" 2>/dev/null; then
    echo "$python ($version) has no venv module. On Debian and Ubuntu: apt install python3-venv" >&2
    exit 1
fi

echo "Setting up .venv with Python $version: $(grep -c '==' requirements.lock) packages, one to three minutes, once."
"$python" -m venv --clear .venv
.venv/bin/python -m pip install $quietly --require-hashes -r requirements.lock
install_library
.venv/bin/python tools/assets.py || echo "Without these files 'make book' cannot work; the other targets can." >&2
echo "$packages" > .venv/packages.installed
