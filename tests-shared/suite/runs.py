"""What is run: all tests once per condition, one process for each package and one for the rest."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["PARTS", "ROOT", "Outcome", "Run", "outcomes", "planned"]

ROOT = Path(__file__).resolve().parents[2]
PARTS = {  # what takes longest first, so that no processor waits for it at the end
    "shared": ["tests-shared"],
    **{
        package: [f"packages/{package}/tests", f"packages/{package}/src"]
        for package in ("vhgrad", "microgradx", "micrograd-plus", "micrograd")
    },
}


@dataclass(frozen=True)
class Run:
    """A condition under which all tests have to pass.

    Attributes:
        name: for the table.
        seed: of the order of the tests and of the hashes of strings.
        python: which interpreter; with it comes its NumPy.
        optimized: whether Python leaves out `assert`, in the commands that tests start, too.
        measured: whether it is noted which lines and branches run.
    """

    name: str
    seed: int
    python: str = sys.executable
    optimized: bool = False
    measured: bool = False

    def command(self, part: str, report: Path) -> list[str]:
        """What runs one part of the tests."""
        module = ["coverage", "run", "-m", "pytest"] if self.measured else ["pytest"]
        words = ["-q", f"--junit-xml={report}", "-p", "randomly", f"--randomly-seed={self.seed}"]
        return [self.python, "-W", "error", "-m", *module, *words, *PARTS[part]]

    def environment(self, report: Path) -> dict[str, str]:
        """The variables it needs beside the usual ones."""
        optimized = {"PYTHONOPTIMIZE": "1"} if self.optimized else {}
        data = str(report.parent / f".coverage.{report.stem}")
        measured = {"COVERAGE_FILE": data} if self.measured else {}
        return {"PYTHONHASHSEED": str(self.seed), **optimized, **measured}


@dataclass
class Outcome:
    """What became of one part of the tests in one run.

    Attributes:
        run: the condition.
        part: the package, or "shared".
        tests: how many there were.
        failed: the names of those that failed; what the process said if it did not get so far.
        skipped: the names of those that did not run.
        seconds: how long it took.
    """

    run: Run
    part: str
    tests: int
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    seconds: float = 0.0


def planned(oldest: str | None, seeds: int) -> list[Run]:
    """All runs, each with a seed of its own, those first that differ most from the usual."""
    runs = [Run("branches measured", 0, measured=True), Run("python -O", seeds, optimized=True)]
    if oldest is not None:
        runs.append(Run("oldest NumPy", seeds + 1, python=oldest))
    return runs + [Run(f"order {seed}", seed) for seed in range(1, seeds)]


def outcomes(runs: list[Run], folder: Path, processes: int) -> Iterator[Outcome]:
    """Run everything, as many processes at a time; each outcome as it comes."""
    with ThreadPoolExecutor(processes) as pool:
        waiting = [pool.submit(outcome, run, part, folder) for run in runs for part in PARTS]
        for done in as_completed(waiting):
            yield done.result()


def outcome(run: Run, part: str, folder: Path) -> Outcome:
    """Run one part of the tests under one condition."""
    report = folder / f"{run.seed}-{part}.xml"
    began = time.perf_counter()
    done = subprocess.run(
        run.command(part, report),
        cwd=ROOT,
        env=os.environ | run.environment(report),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    seconds = time.perf_counter() - began
    report.with_suffix(".txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    cases = list(ET.parse(report).iter("testcase")) if report.is_file() else []
    failed = [case for case in cases if case.find("failure") is not None]
    failed += [case for case in cases if case.find("error") is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    names = named(failed)
    if not cases or (done.returncode and not failed):  # not a test, but pytest or coverage
        last = (done.stdout + done.stderr).strip().splitlines()[-1:]
        names = [f"exit code {done.returncode}: {''.join(last)}"]
    return Outcome(run, part, len(cases), names, named(skipped), seconds)


def named(cases: list[ET.Element]) -> list[str]:
    """The names of tests, with the modules in which they stand."""
    return [f"{case.get('classname')}::{case.get('name')}" for case in cases]
