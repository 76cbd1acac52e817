"""Prove every stage against the one before: `python tests-shared/prove [--full]`.

Prints one table and, with `--write FOLDER`, leaves it there as `proof.json` and `proof.md`. Ends
with exit code 1 if anything differs, and prints a failing case as a program to run.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.util
import json
import platform
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

import microgradx
import vhgrad
from prove.proofs import (
    Row,
    prove_arrays,
    prove_expressions,
    prove_networks,
    prove_with_torch,
)
from prove.stages import PAIRS

COUNTS = {  # per row of the table
    "short": {"expressions": 120, "networks": 30, "arrays": 200, "torch": 60},
    "full": {"expressions": 7_000, "networks": 400, "arrays": 5_000, "torch": 2_000},
}
HEADER = ("pair", "what", "cases", "worst", "bounds needed", "seconds", "")


def proofs(counts: dict[str, int], seed: int) -> list[Row]:
    """All rows, printed as they come."""
    rng, rows = np.random.default_rng(seed), []

    def take(*new: Row) -> None:
        for row in new:
            rows.append(row)
            print(line(cells(row)), flush=True)

    print(line(HEADER), flush=True)
    for before, after in PAIRS:
        take(*prove_expressions((before, after), rng, counts["expressions"]))
        take(prove_networks(before.name, after.name, rng, counts["networks"]))
        if importlib.util.find_spec("torch"):
            take(prove_with_torch(after, before, rng, counts["torch"]))
    for name, leaf in (("microgradx", microgradx.TensorValue), ("vhgrad", vhgrad.Parameter)):
        take(prove_arrays(name, leaf, rng, counts["arrays"]))
    return rows


def cells(row: Row) -> tuple[str, ...]:
    """What the table says of a row."""
    bounds = ", ".join(f"{bound}: {count:,}" for bound, count in row.bounds.items())
    verdict = "differs" if row.failures else "proved"
    worst = f"{row.worst:.1e}" if row.worst else "0"
    return row.pair, row.what, f"{row.cases:,}", worst, bounds, f"{row.seconds:.1f}", verdict


def line(parts: tuple[str, ...]) -> str:
    """Cells in columns."""
    pair, what, cases, worst, bounds, seconds, verdict = parts
    return f"{pair:26} {what:24} {cases:>7} {worst:>8} {seconds:>8}  {verdict:8} {bounds}"


def record(rows: list[Row], mode: str, seed: int) -> dict[str, object]:
    """The table with where and when it was made."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "mode": mode,
        "seed": seed,
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": f"{platform.system()} {platform.machine()}",
        "rows": [dict(zip((*HEADER[:-1], "verdict"), cells(row))) for row in rows],
    }


def markdown(found: dict[str, object]) -> str:
    """The table for the documentation."""
    lines = [
        "| pair | what | cases | worst | bounds needed | verdict |",
        "|---|---|--:|--:|---|---|",
    ]
    for row in found["rows"]:
        lines.append(
            f"| {row['pair']} | {row['what']} | {row['cases']} | {row['worst']} | "
            f"{row['bounds needed']} | {row['verdict']} |"
        )
    where = f"Python {found['python']}, NumPy {found['numpy']}, {found['machine']}"
    lines += ["", f"Made on {found['date']} at commit {found['commit']} with {where}."]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Prove, print, write; returns the exit code."""
    parser = argparse.ArgumentParser(prog="prove", description=__doc__.split("\n")[0])
    parser.add_argument("--full", action="store_true", help="all of it: about half an hour")
    parser.add_argument("--seed", type=int, default=0, help="of the random cases; default: 0")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="for proof.json and proof.md")
    options = parser.parse_args()
    mode = "full" if options.full else "short"
    rows = proofs(COUNTS[mode], options.seed)
    if options.write is not None:
        options.write.mkdir(parents=True, exist_ok=True)
        found = record(rows, mode, options.seed)
        (options.write / "proof.json").write_text(json.dumps(found, indent=2) + "\n", "utf-8")
        (options.write / "proof.md").write_text(markdown(found), "utf-8")
    failures = [failure for row in rows for failure in row.failures]
    for failure in failures:
        print("", "A case that differs; run this:", "", failure, sep="\n")
    total = sum(row.cases for row in rows)
    print(f"{total:,} cases, {len(failures)} that differ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
