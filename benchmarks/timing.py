"""Time several ways of doing the same thing, side by side.

Separate runs of identical code drift by several per cent on a busy machine. So all contestants run
in turn, in another order every round, and each round gives one ratio: what slows the machine down
slows them all. The first contestant runs twice per round; how far the ratio of its two times is
from 1 is the noise floor (the A/A column). Python's collector stays on, as it is for users.

Needs nothing but Python; NumPy may be absent.
"""

from __future__ import annotations

import contextlib
import datetime
import gc
import importlib.metadata
import json
import math
import os
import platform
import random
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

__all__ = [
    "RESULTS",
    "Ratio",
    "Timing",
    "compare",
    "machine",
    "one_thread",
    "rounded",
    "same",
    "stopwatch",
    "table",
    "write_json",
    "write_markdown",
]

RESULTS = Path(__file__).resolve().parent / "results"

Seconds = Callable[[int], float]  # do the work so many times, return the seconds that it took


@dataclass(frozen=True)
class Ratio:
    """The median of the ratios of all rounds, with a bootstrap 95 % interval."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        digits = 3 if self.median < 10 else 1
        return f"{self.median:.{digits}f} ({self.low:.{digits}f}-{self.high:.{digits}f})"


@dataclass(frozen=True)
class Timing:
    """What a comparison gave: seconds per call of both, how much faster, and the noise floor."""

    before_seconds: float
    after_seconds: float
    faster: Ratio
    noise: Ratio
    rounds: int
    calls: tuple[int, int]

    header: ClassVar[tuple[str, ...]] = ("ms before", "ms after", "times faster", "A/A")

    def row(self) -> list[str]:
        """For the printed table, below `header`."""
        milliseconds = [
            f"{1e3 * seconds:.3f}" for seconds in (self.before_seconds, self.after_seconds)
        ]
        return [*milliseconds, str(self.faster), str(self.noise)]

    def record(self) -> dict[str, Any]:
        """For the JSON file: times in seconds, four digits."""
        return rounded(asdict(self))


def stopwatch(work: Callable[[], object]) -> Seconds:
    """A contestant from a function: call it so many times, return the seconds."""

    def seconds(calls: int) -> float:
        start = time.perf_counter()
        for _ in range(calls):
            work()
        return time.perf_counter() - start

    return seconds


def compare(
    before: Seconds, after: Seconds, *, rounds: int, budget: float, seed: int = 0
) -> Timing:
    """Let two contestants and the first one again run in turn.

    Args:
        before: the one to compare with.
        after: the one that should be faster.
        rounds: how many times each runs.
        budget: seconds that one run should take at least; fast work is called more often in it.
        seed: of the order in the rounds and of the bootstrap.
    """
    rng = random.Random(seed)
    calls_before, calls_after = calibrated(before, budget), calibrated(after, budget)
    contestants = [(before, calls_before), (before, calls_before), (after, calls_after)]
    times: list[list[float]] = [[], [], []]
    for _ in range(rounds):
        for k in rng.sample(range(3), 3):
            run, calls = contestants[k]
            gc.collect()  # so that no contestant pays for what another left behind
            times[k].append(run(calls) / calls)
    first, again, other = times
    return Timing(
        before_seconds=statistics.median(first + again),
        after_seconds=statistics.median(other),
        faster=interval([(a + b) / 2 / c for a, b, c in zip(*times)], rng),
        noise=interval([a / b for a, b in zip(first, again)], rng),
        rounds=rounds,
        calls=(calls_before, calls_after),
    )


def calibrated(run: Seconds, budget: float) -> int:
    """How many calls fill the budget. The calls made to find out also warm everything up."""
    calls = 1
    while (taken := run(calls)) < budget / 4:
        calls *= 2
    return max(1, math.ceil(calls * budget / taken))


def interval(ratios: Sequence[float], rng: random.Random, resamples: int = 2000) -> Ratio:
    """Median and its 95 % interval: the medians of as many draws with replacement."""
    medians = sorted(
        statistics.median(rng.choices(ratios, k=len(ratios))) for _ in range(resamples)
    )
    low, high = medians[int(0.025 * resamples)], medians[int(0.975 * resamples)]
    return Ratio(statistics.median(ratios), low, high)


def same(expected: Sequence[float], actual: Sequence[float], tolerance: float) -> None:
    """Stop if two contestants do not compute the same numbers: their times would mean nothing."""
    scale = max(map(abs, expected))
    worst = max(abs(a - b) for a, b in zip(expected, actual, strict=True))
    if not worst <= tolerance * scale:
        raise SystemExit(f"results differ by {worst:.3g}, more than {tolerance:g} of {scale:.3g}")


@contextlib.contextmanager
def one_thread() -> Iterator[str]:
    """Keep BLAS to one thread where threadpoolctl is there; says what was done."""
    try:
        import numpy  # noqa: F401, a BLAS that is not loaded cannot be limited
        from threadpoolctl import threadpool_info, threadpool_limits
    except ImportError:
        yield "not fixed"
        return
    with threadpool_limits(1):
        pools = {f"{pool['internal_api']} {pool['num_threads']}" for pool in threadpool_info()}
        yield ", ".join(sorted(pools)) or "no pools"


def machine(threads: str) -> dict[str, Any]:
    """Where and when figures were taken."""
    return {
        "cpu": processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "threads": threads,
        "load": load(),
        "commit": commit(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }


def processor() -> str:
    """The name of the processor."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def load() -> float | None:
    """How many processes wanted the machine in the last minute: well above 1, figures are noisy."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None  # not on Windows


def version(package: str) -> str | None:
    """The version of a package, if it is installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def commit() -> str | None:
    """The commit of the checkout, marked if sources differ from it; None outside of one."""
    git = ("git", "-C", str(Path(__file__).resolve().parent))
    try:
        name = subprocess.run(
            [*git, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True
        )
        sources = ":(top,glob)packages/*/src/**"
        changed = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", sources])
    except (OSError, subprocess.CalledProcessError):
        return None
    return name.stdout.strip() + (" with changes" if changed.returncode else "")


def rounded(record: Any) -> Any:
    """The same with four significant digits in every float: more would be noise."""
    if isinstance(record, dict):
        return {key: rounded(value) for key, value in record.items()}
    return float(f"{record:.4g}") if isinstance(record, float) else record


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns of text: the first to the left, the others to the right."""
    lines = [list(header), *[list(map(str, row)) for row in rows]]
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])])
        for line in lines
    )


def write_json(path: Path, record: dict[str, Any]) -> None:
    """Write a record that a person can read and a diff can compare."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8", newline="\n")


def write_markdown(
    path: Path, header: Sequence[str], rows: Sequence[Sequence[object]], where: dict[str, Any]
) -> None:
    """Write a table for the docs, the first column to the left, and below it the machine."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    text = "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)
    text += (
        f"\n{where['date']}, {where['cpu']}, Python {where['python']}, NumPy {where['numpy']}; "
        f"commit `{where['commit']}`, load {where['load']} on {where['cores']} cores.\n"
    )
    path.write_text(text, encoding="utf-8", newline="\n")
