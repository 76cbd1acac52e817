"""What came out, for the screen, for the documents and for programs."""

from __future__ import annotations

import collections
import datetime
import json
import platform
import subprocess
from pathlib import Path
from typing import Any

from suite.covering import EXCLUDED, Share, places
from suite.runs import ROOT, Outcome, Run

__all__ = ["COVERED", "coverage_table", "failures", "table", "write"]

COVERED = 97.0  # per cent of the branches, at the least


def numpy_of(run: Run) -> str:
    """The NumPy that a run was made with."""
    code = "import numpy; print(numpy.__version__)"
    done = subprocess.run([run.python, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def rows(found: list[Outcome]) -> list[dict[str, Any]]:
    """One row for each run, in the order of their seeds."""
    of_run: dict[Run, list[Outcome]] = collections.defaultdict(list)
    for outcome in sorted(found, key=lambda outcome: outcome.run.seed):
        of_run[outcome.run].append(outcome)
    numpy = {python: numpy_of(run) for run in of_run for python in [run.python]}
    return [
        {
            "run": run.name,
            "seed": run.seed,
            "NumPy": numpy[run.python],
            "tests": sum(outcome.tests for outcome in outcomes),
            "skipped": sum(len(outcome.skipped) for outcome in outcomes),
            "failed": sum(len(outcome.failed) for outcome in outcomes),
            "seconds": round(sum(outcome.seconds for outcome in outcomes)),
            "did not run": [name for outcome in outcomes for name in outcome.skipped],
        }
        for run, outcomes in of_run.items()
    ]


HEADER = ("run", "seed", "NumPy", "tests", "skipped", "failed", "seconds")


def table(found: list[Outcome]) -> str:
    """For the screen: a line for each run."""
    lines = ["run                        seed  NumPy    tests skipped failed     s"]
    for row in rows(found):
        run, seed, numpy, tests, skipped, failed, seconds = (row[name] for name in HEADER)
        lines.append(f"{run:26} {seed:4}  {numpy:7} {tests:6,} {skipped:7} {failed:6} {seconds:5}")
    return "\n".join(lines)


def coverage_table(shares: list[Share]) -> str:
    """For the screen: a line for each package, then what did not run."""
    lines = [f"{'package':16} {'lines':>7} {'run':>7} {'branches':>9} {'run':>7}"]
    for s in shares:
        lines.append(
            f"{s.package:16} {s.lines:7,} {s.percent_of_lines:6.2f}% {s.branches:9,} "
            f"{s.percent:6.2f}%"
        )
    lines.append("")
    missed = [pair for s in shares[:-1] for pair in s.where.items()]
    lines += [f"not run: {path}: {', '.join(where)}" for path, where in missed]
    return "\n".join(lines)


def failures(found: list[Outcome]) -> list[str]:
    """Every test that failed, and how to see it fail again."""
    lines = []
    for outcome in found:
        for name in outcome.failed:
            again = " ".join(outcome.run.command(outcome.part, Path("report.xml")))
            lines += [
                f"FAILED {name} ({outcome.run.name}); again:",
                f"  PYTHONHASHSEED={outcome.run.seed} {again}",
            ]
    return lines


def write(found: list[Outcome], shares: list[Share], folder: Path) -> None:
    """Leave `suite.json` and `suite.md` in a folder; other runs that are there already stay."""
    git = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    path = folder / "suite.json"
    old = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    new = [{**row, "commit": commit} for row in rows(found)]
    kept = [row for row in old.get("runs", []) if row["run"] not in {r["run"] for r in new}]
    coverage = [
        {
            "package": s.package,
            "lines": s.lines,
            "lines missed": s.lines_missed,
            "branches": s.branches,
            "branches missed": s.branches_missed,
            "not run": s.where if s.package != "all" else {},
        }
        for s in shares
    ]
    data = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "runs": sorted([*kept, *new], key=lambda row: row["seed"]),
        "coverage": coverage or old.get("coverage", []),
    }
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")
    (folder / "suite.md").write_text(fragment(data), encoding="utf-8")


def fragment(data: dict[str, Any]) -> str:
    """For the documents: the runs, the coverage, and what is left out of it."""
    lines = ["| run | order and hash seed | NumPy | tests | failed | seconds | commit |"]
    lines += ["|---|--:|---|--:|--:|--:|---|"]
    lines += [
        f"| {r['run']} | {r['seed']} | {r['NumPy']} | {r['tests']:,} | {r['failed']} | "
        f"{r['seconds']} | `{r['commit']}` |"
        for r in data["runs"]
    ]
    lines += ["", "| package | lines | run | branches | run |", "|---|--:|--:|--:|--:|"]
    for row in data["coverage"]:
        counts = [row[name] for name in ("lines", "lines missed", "branches", "branches missed")]
        share = Share(row["package"], *counts, row["not run"])
        lines.append(
            f"| {share.package} | {share.lines:,} | {share.percent_of_lines:.1f} % | "
            f"{share.branches:,} | {share.percent:.1f} % |"
        )
    lines += ["", "| not counted | places | why |", "|---|--:|---|"]
    lines += [f"| `{pattern}` | {places(pattern)} | {why} |" for pattern, why in EXCLUDED.items()]
    lines += ["", f"Made on {data['date']} with Python {data['python']}, {data['machine']}."]
    return "\n".join(lines) + "\n"
