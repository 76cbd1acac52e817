"""Compare every metric of `vhgrad` with scikit-learn on 10,000 random cases.

Run `python tests-shared/oracle/metrics_agree.py [CASES]` where both are installed.
"""

import math
import random
import sys
from collections import Counter

from metrics import answer, case, expected

from vhgrad import metrics as ours

CASES = 10_000
TOLERANCE = 1e-12  # of the number, and where it is smaller than 1, of 1
FUNCTIONS = {name: getattr(ours, name) for name in ours.__all__}


def equal(a, b):
    """The same words, and numbers as near as the tolerance."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def main(count=CASES):
    """Draw the cases and count what differs."""
    draw = random.Random(7)
    seen, undefined, errors, wrong = Counter(), 0, 0, []
    for _ in range(count):
        one = case(draw)
        theirs = expected(one)
        mine = answer(FUNCTIONS, ours.UndefinedMetricWarning, one)
        seen[one["metric"]] += 1
        undefined += theirs["warns"]
        errors += theirs["value"] == "ValueError"
        if not equal(theirs, mine):
            wrong.append((one, theirs, mine))
    for one, theirs, mine in wrong[:10]:
        print(f"{one}\n    scikit-learn: {theirs}\n    vhgrad: {mine}")
    print(*(f"{name} {number:,}" for name, number in sorted(seen.items())), sep=", ")
    print(
        f"{count:,} cases ({undefined:,} undefined with a warning, {errors:,} errors): "
        f"{len(wrong)} differ by more than {TOLERANCE}"
    )
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
