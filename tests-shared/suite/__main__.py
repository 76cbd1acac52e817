"""Run all tests under conditions in which a careless one fails.

    python tests-shared/suite --oldest PYTHON        ten seeds, -O, the oldest NumPy
    python tests-shared/suite --seeds 1              one seed, and -O
    python tests-shared/suite --only 'python -O'     one of the runs; others stay in the record
    python tests-shared/suite --write FOLDER         leave the tables as suite.json and suite.md

Each seed is another order of the tests and another hash of every string, under `-W error`. The
first run notes which branches of the sources it takes. Ends with exit code 1 if a test fails, or
fewer than 97 % of the branches of any package are taken.
"""

from __future__ import annotations

import argparse
import collections
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from suite.covering import shares
from suite.reporting import COVERED, coverage_table, failures, table, write
from suite.runs import PARTS, Outcome, outcomes, planned


def main() -> int:
    """Run, print both tables, write them; returns the exit code."""
    parser = argparse.ArgumentParser(prog="suite", description=__doc__.partition("\n")[0])
    parser.add_argument("--oldest", metavar="PYTHON", help="with the oldest NumPy beside it")
    parser.add_argument("--seeds", type=int, default=10, help="how many; default: 10")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="at a time")
    parser.add_argument("--only", nargs="+", metavar="RUN", help="by their names in the table")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="for both tables")
    options = parser.parse_args()
    found, measured = [], []
    runs = planned(options.oldest, options.seeds)
    if options.only:
        runs = [run for run in runs if run.name in options.only]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary).resolve()
        for done in outcomes(runs, folder, options.processes):
            found.append(done)
            said = f"{len(done.failed)} of {done.tests} failed" if done.failed else f"{done.tests}"
            print(f"{done.run.name}, {done.part}: {said}, {done.seconds:.0f} s", flush=True)
            whole = complete(found)
            if done not in whole:
                continue
            measured = shares(folder) if done.run.measured else measured
            if options.write is not None:  # already now: who stops the session keeps what it found
                write(whole, measured, options.write)
    print("", table(found), "", coverage_table(measured), *failures(found), sep="\n")
    too_few = [share.package for share in measured if share.percent < COVERED]
    if too_few:
        print(f"fewer than {COVERED:g} % of the branches: {', '.join(too_few)}")
    return int(bool(too_few or failures(found)))


def complete(found: list[Outcome]) -> list[Outcome]:
    """The outcomes of those runs of which all parts are done."""
    parts = collections.Counter(outcome.run for outcome in found)
    return [outcome for outcome in found if parts[outcome.run] == len(PARTS)]


if __name__ == "__main__":
    sys.exit(main())
