#!/bin/sh
# Every test of dieharder that its authors call good, on two interleaved streams: about half an hour of one core each.
# Run it from the root of the repository, with Debian's dieharder:  sh benchmarks/randomness/run.sh .venv/bin/python
# Suspect tests (5, 6, 7, 14) are left out; the lagged sums, which read most, are run at seven of 32 lags.
set -eu
python="${1:-.venv/bin/python}"
here=benchmarks/randomness
tests="0 1 2 3 4 8 9 10 11 12 13 15 16 17 100 101 102 200:1 200:2 200:3 200:4 200:6 200:8 200:12 \
201:2 201:3 201:4 201:5 202:2 202:3 202:4 202:5 204 205 206 207 208 209 203:0 203:1 203:2 203:3 203:7 203:15 203:31"

one() {  # stream number test -> the lines of its results
    ntuple=""
    case "$3" in *:*) ntuple="-n ${3#*:}" ;; esac
    # shellcheck disable=SC2086
    "$python" "$here/stream.py" "$1" "$2" | dieharder -g 200 -D test_name -D ntuple -D tsamples -D psamples -D pvalues \
        -D assessment -d "${3%:*}" $ntuple
}

{ one counting 0 15; one counting 0 2; one counting 0 100; } > "$here/counting.txt"
for stream in walkers seeds; do
    number=0
    : > "$here/$stream.txt"
    for test in $tests; do
        number=$((number + 1))
        one "$stream" "$number" "$test" >> "$here/$stream.txt"
    done
done
