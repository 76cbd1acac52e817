"""Recompute all golden numbers, in a folder of its own, and compare them with those that are kept.

Run `python tests-shared/oracle/recompute.py`, or `nox -s oracle`, which installs PyTorch first.
Other processors sum in another order, so numbers may differ by a few units in the last place.
"""

import json
import math
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOLERANCE = 1e-12  # of the number, and where it is smaller than 1, of 1


def number(x):
    """A number, also one that was written as text; None for anything else."""
    try:
        return None if isinstance(x, bool) else float(x)
    except (TypeError, ValueError):
        return None


def differences(kept, new, place=""):
    """Where two records differ."""
    if isinstance(kept, dict) and isinstance(new, dict) and kept.keys() == new.keys():
        for key in kept:
            yield from differences(kept[key], new[key], f"{place}.{key}")
    elif isinstance(kept, list) and isinstance(new, list) and len(kept) == len(new):
        for k, (a, b) in enumerate(zip(kept, new)):
            yield from differences(a, b, f"{place}[{k}]")
    else:
        a, b = number(kept), number(new)
        numbers = a is not None and b is not None
        close = numbers and math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
        both_nan = numbers and math.isnan(a) and math.isnan(b)
        if kept != new and not close and not both_nan:
            yield f"{place}: {kept!r:.60} is kept, {new!r:.60} was computed"


def main():
    """Run every script here and say what it found."""
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        copies = shutil.copytree(HERE, Path(folder) / HERE.name)
        golden = Path(folder) / "golden"
        golden.mkdir()
        for script in sorted(copies.glob("*.py")):
            if script.name != Path(__file__).name:
                subprocess.run([sys.executable, script], check=True)
        for kept in sorted((HERE.parent / "golden").glob("*.json")):
            path = golden / kept.name
            if not path.exists():
                sys.exit(f"no script here makes {kept.name}")
            old, new = (json.loads(file.read_text(encoding="utf-8")) for file in (kept, path))
            made_with = old.pop("made_with", None), new.pop("made_with", None)
            found = list(differences(old, new))
            print(f"{kept.name}: {len(found)} differences, made with {' and '.join(made_with)}")
            print(*(f"    {line}" for line in found[:5]), sep="\n", end="\n" if found else "")
            wrong += len(found)
    sys.exit(f"{wrong} numbers differ from those that are kept" if wrong else 0)


if __name__ == "__main__":
    main()
