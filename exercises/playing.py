"""Prove that every exercise can be solved and that its tests see when it is not.

python exercises/playing.py [STAGE ...]
"""

import sys
import tempfile
from pathlib import Path

from folders import STAGES, Exercise, exercises, make, released
from grading import OPEN, RIGHT, grade, judged, put_back

__all__ = ["played"]


def main() -> None:
    """Play every exercise from the empty body to the released one."""
    failed = 0
    for stage in sys.argv[1:] or STAGES:
        for exercise in exercises(stage):
            with tempfile.TemporaryDirectory() as place:
                grades = played(stage, exercise, Path(place) / stage)
            good = fits(grades)
            failed += not good
            print(f"{stage:15} {exercise.name:22} {'ok' if good else grades}", flush=True)
    sys.exit(f"{failed} failed" if failed else 0)


def played(stage: str, exercise: Exercise, folder: Path) -> tuple[str, str, str]:
    """The grade at first, what its tests say to the empty body, and the grade of the answer."""
    make(stage, folder)
    first, empty = grade(stage, folder, exercise), judged(stage, folder, exercise)
    put_back(folder / "src" / exercise.file, released(stage, exercise), exercise.place)
    return first, empty, grade(stage, folder, exercise)


def fits(grades: tuple[str, str, str]) -> bool:
    """Open, then wrong because of a test, then right."""
    first, empty, last = grades
    return first == OPEN and empty.startswith("wrong: tests/") and last == RIGHT


if __name__ == "__main__":
    main()
