"""How long does an import take? Fresh processes, in turn, in another order every round.

    python benchmarks/startup.py [--rounds 41] [--short]

Reported is the median, over all rounds, of the difference to another process of the same round:
`vhgrad` against `import numpy`, which a program of arrays pays anyway, and `micrograd` against a
Python that does nothing. Bytecode is cached, as after the first import of an installed package.
The time is the processor's, of the whole process: nothing in an import waits, and so other work on
the machine counts less. The time on the clock stands beside it.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import timing

PROGRAMS = {
    "nothing": ["-c", "pass"],
    "numpy": ["-c", "import numpy"],
    "micrograd": ["-c", "import micrograd"],
    "micrograd_plus": ["-c", "import micrograd_plus"],
    "microgradx": ["-c", "import microgradx"],
    "vhgrad": ["-c", "import vhgrad"],
    "vhgrad --version": ["-m", "vhgrad", "--version"],
    "vhgrad --help": ["-m", "vhgrad", "--help"],
}
LIMITS = {  # milliseconds above what
    "micrograd": (15, "nothing"),
    "vhgrad": (40, "numpy"),
    "vhgrad --version": (500, "nothing"),
    "vhgrad --help": (500, "nothing"),
}
ABOVE = {"micrograd_plus": "nothing", "microgradx": "numpy"}  # measured without a limit


def run(program: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds of one process: on the clock, and of the processor."""
    before, began = cpu(), time.perf_counter()
    command = [sys.executable, *program]
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began, cpu() - before


def cpu() -> float:
    """Seconds of processor that all children had so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(rounds: int) -> dict[str, list[tuple[float, float]]]:
    """The times of every program, after one run that fills the cache of bytecode."""
    rng = random.Random(0)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in PROGRAMS}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for name in PROGRAMS:
            run(PROGRAMS[name], environment)
        for _ in range(rounds):
            for name in rng.sample(sorted(PROGRAMS), len(PROGRAMS)):
                times[name].append(run(PROGRAMS[name], environment))
    return times


def differences(times: dict[str, list[tuple[float, float]]]) -> dict[str, Any]:
    """Milliseconds of every program above the one that it is compared with."""
    rng, found = random.Random(0), {}
    compared = {**{name: other for name, (_, other) in LIMITS.items()}, **ABOVE}
    for name, rows in times.items():
        used = 1e3 * statistics.median(row[1] for row in rows)
        found[name] = {"milliseconds": used}
        if name in compared:
            pairs = list(zip(rows, times[compared[name]], strict=True))
            wall, more = ([1e3 * (a[k] - b[k]) for a, b in pairs] for k in (0, 1))
            found[name] |= {
                "above": compared[name],
                "more": vars(timing.interval(more, rng)),
                "clock": statistics.median(wall),
                "limit": LIMITS[name][0] if name in LIMITS else None,
            }
    return timing.rounded(found)


def rows_of(found: dict[str, Any]) -> list[list[str]]:
    """For the printed table and the docs."""
    rows = []
    for name, row in found.items():
        line = [name, f"{row['milliseconds']:.1f}", "-", "-", "-", "-"]
        if "more" in row:
            more = "{median:.1f} ({low:.1f} to {high:.1f})".format(**row["more"])
            line[2:] = [row["above"], more, f"{row['clock']:.1f}", str(row["limit"] or "-")]
        rows.append(line)
    return rows


HEADER = ["process", "ms", "compared with", "ms more", "on the clock", "at most"]


def main() -> None:
    """Measure, print, write the record and the table for the docs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=41)
    parser.add_argument("--short", action="store_true", help="five rounds, not recorded")
    options = parser.parse_args()
    found = differences(measure(5 if options.short else options.rounds))
    print(timing.table(HEADER, rows_of(found)))
    if not options.short:
        machine = timing.machine("not fixed")
        record = {"machine": machine, "rounds": options.rounds, "results": found}
        timing.write_json(timing.RESULTS / "startup.json", record)
        out = Path(__file__).resolve().parents[1] / "docs" / "results" / "startup.md"
        timing.write_markdown(out, HEADER, rows_of(found), machine)
    over = [n for n, row in found.items() if row.get("limit") and row["more"]["low"] > row["limit"]]
    if over:
        sys.exit(f"above the limit: {', '.join(over)}")


if __name__ == "__main__":
    main()
