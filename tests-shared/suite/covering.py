"""What share of the sources the tests run, by package, and what is not counted and why."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from suite.runs import PARTS, ROOT

__all__ = ["EXCLUDED", "Share", "places", "shares"]

# The lines that are not counted (the list of pyproject.toml), and why; all of a block goes with it.
EXCLUDED = {
    "if TYPE_CHECKING:": "imports for type checkers alone; they would be circular at run time",
    "@overload": "one of several signatures for type checkers; the function itself is counted",
}


@dataclass(frozen=True)
class Share:
    """How much of a package the tests run.

    Attributes:
        package: which.
        lines: how many statements there are.
        lines_missed: how many of them did not run.
        branches: how many ways there are out of a condition.
        branches_missed: how many of them nothing went.
        where: the numbers of lines that did not run and the ways not gone, by file.
    """

    package: str
    lines: int
    lines_missed: int
    branches: int
    branches_missed: int
    where: dict[str, list[str]]

    @property
    def percent(self) -> float:
        """Of the branches alone, which are harder to reach than lines."""
        return 100 * (1 - self.branches_missed / self.branches)

    @property
    def percent_of_lines(self) -> float:
        """Of the statements."""
        return 100 * (1 - self.lines_missed / self.lines)


def shares(folder: Path) -> list[Share]:
    """For each package and for all, from what measured runs left in a folder."""
    report = folder / "coverage.json"
    where = f"--data-file={folder / '.coverage'}"
    for words in (
        ["combine", "--quiet", "--keep", where, str(folder)],
        # tests that copy the packages measured their copies, too, which are gone
        ["json", "--quiet", where, "--include=packages/*/src/*", "-o", str(report)],
    ):
        subprocess.run([sys.executable, "-m", "coverage", *words], cwd=ROOT, check=True)
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    packages = [part for part in reversed(PARTS) if part != "shared"]
    found = [of_package(package, files) for package in packages]
    return [*found, of_package("", files)]


def of_package(package: str, files: dict[str, dict]) -> Share:
    """The sum over the files of one package; over all for an empty name."""
    start = f"packages/{package}/src/" if package else ""
    own = {path: file for path, file in files.items() if path.startswith(start)}
    names = ("num_statements", "missing_lines", "num_branches", "missing_branches")
    totals = [sum(file["summary"][name] for file in own.values()) for name in names]
    where = {path.removeprefix(start): missed(file) for path, file in own.items() if missed(file)}
    return Share(package or "all", *totals, where)


def missed(file: dict) -> list[str]:
    """What of a file did not run: lines by number, and ways from one line to another."""
    lines = set(file["missing_lines"])
    ways = [(a, b) for a, b in file["missing_branches"] if a not in lines and b not in lines]
    return [*map(str, sorted(lines)), *(f"{a}->{'exit' if b < 0 else b}" for a, b in ways)]


def places(pattern: str) -> int:
    """In how many places of the sources a pattern stands."""
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob("packages/*/src/**/*.py")]
    return sum(len(re.findall(pattern, text)) for text in texts)
