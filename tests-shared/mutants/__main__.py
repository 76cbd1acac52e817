"""How good are the tests? Plant one mistake at a time and see whether one fails.

    python tests-shared/mutants                      all mistakes
    python tests-shared/mutants microgradx/optim     those in files whose names begin so
    python tests-shared/mutants --short              one in 20
    python tests-shared/mutants --list               only say what they are
    python tests-shared/mutants --write FOLDER       leave the table as mutants.json and mutants.md

Sources are copied and changed in the copy. Every rule gets the wrong sign, 1 % too much, nothing,
and the gradient that arrives; every formula the opposite of each operator, and numbers that are 1 %
too large; the mistakes of engines stand in `lists`. A mistake that changes no result is in
`equivalent.txt`, with the reason. Then the gradient checkers see 10,000 right gradients. Ends with
exit code 1 if a mistake is not noticed, or a right gradient is complained about.
"""

from __future__ import annotations

import argparse
import collections
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mutants import reporting
from mutants.alarms import alarms
from mutants.places import tests_for
from mutants.planting import equivalent, planted
from mutants.trying import copied, failing, tried

CHECKS = 10_000


def main():
    """Try the mistakes in turn, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", help="only mistakes in files whose names begin so")
    parser.add_argument("--list", action="store_true", help="do not run anything")
    parser.add_argument("--short", action="store_true", help="one mistake in 20")
    parser.add_argument("--write", type=Path, help="a folder for the table")
    options = parser.parse_args()
    mutants, stale = planted()
    for file, old in stale:
        print(f"stale     {file}: {reporting.line(old)}")
    if options.files:
        mutants = [m for m in mutants if m.file.startswith(tuple(options.files))]
    mutants = mutants[:: 20 if options.short else 1]
    if options.list:
        print(*map(reporting.described, mutants), sep="\n")
        return len(stale)
    reasons = equivalent()
    outcomes = collections.defaultdict(list)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary).resolve()
        copied(folder)
        tests = dict.fromkeys(test for m in mutants for test in tests_for(m.file))
        if failed := failing(tests, folder, mistaken=False):
            print(f"without any mistake: {failed}")
            return 2
        for k, m in enumerate(mutants):
            if k % 100 == 0:
                print(f"{k:4} of {len(mutants)}, {time.perf_counter() - began:.0f} s", flush=True)
            reason = reasons.get((m.file, m.lines))
            found = "" if reason else tried(m, folder)
            outcome = "equivalent" if reason else "caught" if found else "survived"
            outcomes[outcome].append((m, reason or found))
            if outcome == "survived":
                print(f"SURVIVED  {reporting.described(m)}", flush=True)
    seconds = time.perf_counter() - began
    print(reporting.table(outcomes, seconds))
    checks = CHECKS // 20 if options.short else CHECKS
    said = alarms(checks)
    print(*said, f"{checks:,} right gradients, {len(said)} false alarms", sep="\n")
    if options.write:
        reporting.write(outcomes, seconds, (checks, len(said)), options.write)
    return int(bool(outcomes["survived"] or stale or said))


if __name__ == "__main__":
    sys.exit(main())
