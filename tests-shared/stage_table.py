"""What `nox -s stage` runs beside a stage's own tests, and the table of what came out.

    python tests-shared/stage_table.py FOLDER [--write FOLDER]

In the first folder lies one for each stage: `wheel.txt`, `own.xml`, `shared.xml`, `ladder.json`
and `seconds.txt`.
"""

from __future__ import annotations

import argparse
import ast
import datetime
import json
import platform
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

__all__ = ["STAGES", "shared_tests"]

HERE = Path(__file__).resolve().parent
STAGES = ("micrograd", "micrograd-plus", "microgradx", "vhgrad")
MODULES = [stage.replace("-", "_") for stage in STAGES]
ABOUT_THE_CHECKOUT = re.compile(r"\"packages\"|\"docs\"|README|\bmutants\b")


def shared_tests(stage: str) -> list[str]:
    """The shared tests that need this stage, none above it, and nothing of the checkout."""
    level = STAGES.index(stage)
    found = []
    for path in sorted(HERE.glob("test_*.py")):
        needed = {MODULES.index(name) for name in imported(path) if name in MODULES}
        # NumPy comes with stage 3; below it, stages are tested without
        numpy = "numpy" in imported(path) and level < STAGES.index("microgradx")
        about = ABOUT_THE_CHECKOUT.search(path.read_text(encoding="utf-8"))
        if needed and max(needed) <= level and not numpy and not about:
            found.append(path.name)
    return found


def imported(path: Path) -> set[str]:
    """What a test imports, also by what lies beside it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    for name in list(names):
        beside = [HERE / f"{name}.py", *(HERE / name).glob("*.py")]
        for other in beside:
            if other.is_file() and other != path and HERE / name not in path.parents:
                names |= imported(other)
    return names


def passed(report: Path) -> int:
    """How many tests passed; `nox` stops at the first folder in which one does not."""
    if not report.is_file():
        return 0
    suites = ET.parse(report).iter("testsuite")
    return sum(int(s.get("tests", 0)) - int(s.get("skipped", 0)) for s in suites)


def rows(folder: Path) -> list[dict]:
    """What was found for each stage."""
    found = []
    for stage in STAGES:
        place = folder / stage
        if not (place / "seconds.txt").is_file():
            continue
        ladder = place / "ladder.json"
        timed = json.loads(ladder.read_text(encoding="utf-8")) if ladder.is_file() else None
        found.append(
            {
                "stage": stage,
                "wheel": int((place / "wheel.txt").read_text()),
                "own": passed(place / "own.xml"),
                "shared": passed(place / "shared.xml"),
                "seconds": float((place / "seconds.txt").read_text()),
                "before": timed and timed["results"][0]["before"],
                "faster": timed and timed["results"][0]["faster"],
            }
        )
    return found


def faster(row: dict) -> str:
    """How many times as fast a training step is as at the stage before."""
    if row["faster"] is None:
        return "the beginning"
    low, median, high = (f"{row['faster'][key]:.3g}" for key in ("low", "median", "high"))
    return f"{median} times as fast as {row['before']} ({low} to {high})"


def table(found: list[dict]) -> str:
    """For the screen."""
    head = f"   {'stage':15} {'wheel':>7} {'own tests':>14} {'shared tests':>14} {'time':>7}   "
    lines = [head + "a training step on 100 rows", "   " + "-" * 110]
    for row in found:
        number = STAGES.index(row["stage"]) + 1
        own = f"{row['own']:,} passed"
        shared = f"{row['shared']:,} passed" if row["shared"] else "-"
        lines.append(
            f"{number}  {row['stage']:15} {row['wheel'] / 1024:4.0f} kB {own:>14} {shared:>14} "
            f"{row['seconds']:5.0f} s   {faster(row)}"
        )
    return "\n".join(lines)


def fragment(found: list[dict], origin: dict) -> str:
    """For the documents."""
    lines = [
        "| stage | wheel | own tests passed | shared tests passed | one training step |",
        "|---|--:|--:|--:|---|",
    ]
    lines += [
        f"| {row['stage']} | {row['wheel'] / 1024:.0f} kB | {row['own']:,} | {row['shared']:,} | "
        f"{faster(row)} |"
        for row in found
    ]
    lines += [
        "",
        f"Made on {origin['date']} at commit `{origin['commit']}` with Python {origin['python']}, "
        f"{origin['machine']}; a step is forward, backward and SGD on a batch of 100.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table, and leave it where the documents look for it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", type=Path, help="for stage.json and stage.md")
    options = parser.parse_args()
    found = rows(options.folder)
    print("", table(found), "", sep="\n")
    if options.write is None:
        return
    git = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, cwd=HERE, capture_output=True, text=True).stdout.strip()
    origin = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "commit": commit,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
    }
    text = json.dumps({**origin, "rows": found}, indent=1) + "\n"
    (options.write / "stage.json").write_text(text, encoding="utf-8")
    (options.write / "stage.md").write_text(fragment(found, origin), encoding="utf-8")


if __name__ == "__main__":
    main()
