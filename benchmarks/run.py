"""make bench: all workloads, the ablation, the pieces and the sweeps; writes results.json and results.md beside it.

    python benchmarks/run.py [--only w1_thread,w3_styblinski_tang] [--rounds 5]

What is left out of a run keeps its stored result. results.md is made from results.json alone, by `render`.
"""

import argparse
import importlib
import json
import os
import platform
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
STORED = HERE / "results.json"
WORKLOADS = ["w1_thread", "w2_spiky", "w3_styblinski_tang", "w4_thresholds", "w5_escape_map", "w6_control", "ablation"]
OTHERS = ["pieces", "scaling", "startup"]
AT_MOST = [  # case, contestant, its column, what that is, aim, units of the column in one of the aim
    ("W5, 64 x 64 x 1,000 and the exact map", "exact, by transfer operator", "ratio", "exact, at most", 2, 1),
    ("W6, simulation and picture", "escapelab", "processor_ns", "milliseconds, at most", 30, 1e6),
]


def machine():
    """The machine and the versions that the numbers belong to."""
    from importlib.metadata import PackageNotFoundError, version

    from llvmlite.binding import get_host_cpu_features, get_host_cpu_name

    features = get_host_cpu_features()
    vectors = next((bits for name, bits in (("avx512f", 512), ("avx2", 256)) if features.get(name)), 128)
    versions = {}
    for package in ("numpy", "numba", "jax", "torch"):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "left out"
    return {
        "processor": get_host_cpu_name(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "vector_bits": vectors,
        "python": platform.python_version(),
        **versions,
    }


def case_record(case, rows, verdicts):
    """A case as JSON."""
    return {"unit": case.unit, "rows": [row._asdict() for row in rows], "targets": verdicts}


def case_lines(name, record):
    """A case as lines of Markdown."""
    lines = [
        f"### {name}",
        "",
        f"Nanoseconds a {record['unit']}; ratio of processor times, median of the rounds, smallest and largest.",
        "",
        "| | processor | wall | ratio | from, to | same law, p |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for row in record["rows"]:
        low, high = row["ratio_spread"]
        p = "" if row["p_value"] is None else f"{row['p_value']:.2f}"
        times = " | ".join(f"{float(f'{row[key]:.3g}'):,.12g}" for key in TIMES)  # 2,380,000 rather than 2.38e+06
        lines.append(f"| {row['contestant']} | {times} | {row['ratio']:.2f} | {low:.2f}, {high:.2f} | {p} |")
    return [*lines, ""]


TIMES = ("processor_ns", "wall_ns")


def target_lines(cases):
    """What was to be reached, what was, and what C reaches in the same rounds."""
    lines = [
        "### Aims",
        "",
        "Times the library's processor time; more is better, and below 1 the other one is faster. Last column: what",
        "C reaches, written for the problem alone. An aim above that is out of reach of the arithmetic.",
        "",
        "| workload | against | aim | reached | C reaches |",
        "|---|---|---:|---:|---:|",
    ]
    for name, record in cases.items():
        c = next((row["ratio"] for row in record["rows"] if row["contestant"] == "C"), None)
        for one in record["targets"]:
            met = "" if one["reached"] >= one["target"] else " (missed)"
            by_c = f"{one['reached'] / c:.2f}" if c and one["against"] != "C" else ""
            lines.append(f"| {name} | {one['against']} | {one['target']:.2f} | {one['reached']:.2f}{met} | {by_c} |")
    for name, contestant, column, what, aim, unit in AT_MOST:
        for row in cases.get(name, {"rows": ()})["rows"]:
            if row["contestant"] == contestant:
                reached = row[column] / unit
                met = "" if reached <= aim else " (missed)"
                lines.append(f"| {name} | {what} | {aim:.2f} | {reached:.2f}{met} | |")
    return [*lines, ""]


def render(results):
    """results.md as text, from results.json's content."""
    told = results["machine"]
    versions = ", ".join(f"{name} {told[name]}" for name in ("python", "numpy", "numba", "jax", "torch"))
    lines = [
        f"Machine: {told['cores']} cores ({told['processor']}), vectors of {told['vector_bits']} bits; {versions}.",
        "",
    ]
    cases = dict(sorted(results["cases"].items(), key=lambda pair: (not pair[0].startswith("W"), pair[0])))
    lines += target_lines(cases)
    for name, record in cases.items():
        lines += case_lines(name, record)
    if "pieces" in results:
        lines += ["### What one lane pays", "", "| piece | nanoseconds |", "|---|---:|"]
        lines += [f"| {name} | {value:.3f} |" for name, value in results["pieces"]] + [""]
    if "startup" in results:
        lines += ["### What starting costs", "", "| | seconds of processor time | at most |", "|---|---:|---:|"]
        for what, took, aim in results["startup"]:
            lines.append(f"| {what} | {took:.3g}{' (missed)' if took > aim else ''} | {aim:g} |")
        lines.append("")
    for sweep, points in results.get("scaling", {}).items():
        lines += [f"### Cost against {sweep}", "", "| | nanoseconds |", "|---:|---:|"]
        lines += [f"| {value:,} | {cost:.3g} |" for value, cost in points] + [""]
    return "\n".join(lines)


def store(results):
    """Write both files, so that an interrupted run keeps what it has."""
    STORED.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (HERE / "results.md").write_text(render(results), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(WORKLOADS + OTHERS))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # idle threads of others would count as their neighbour's time
    os.environ.setdefault("JAX_ENABLE_X64", "1")
    sys.path.insert(0, str(HERE))
    import harness

    results = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {"cases": {}}
    results["machine"] = machine()
    begun = time.perf_counter()
    for name in options.only.split(","):
        module = importlib.import_module(name)
        if name in OTHERS:
            results[name] = module.measure()
            store(results)
            continue
        for case in module.cases():
            rows = harness.measure(case, options.rounds)
            results["cases"][case.name] = case_record(case, rows, harness.verdicts(case, rows))
            store(results)
            print("\n".join(case_lines(case.name, results["cases"][case.name])), flush=True)
    print("\n".join(target_lines(dict(sorted(results["cases"].items())))))
    print(f"{time.perf_counter() - begun:.0f} s; stored in benchmarks/results.json and benchmarks/results.md")


if __name__ == "__main__":
    main()
