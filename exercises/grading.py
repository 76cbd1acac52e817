"""How far a learner is: every exercise on its own, with the released code around it."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import blanks
from folders import ROOT, Exercise, blank, exercises, released

__all__ = ["OPEN", "RIGHT", "grades", "judged", "put_back"]

OPEN, RIGHT = "open", "right"


def grades(stage: str, folder: Path, names: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """Each exercise, or each named one, with its grade: `open`, `right`, or what is wrong."""
    for exercise in exercises(stage):
        if not names or exercise.name in names:
            yield exercise.name, grade(stage, folder, exercise)


def grade(stage: str, folder: Path, exercise: Exercise) -> str:
    """`open` while nothing is written, else what the tests say."""
    written = (folder / "src" / exercise.file).read_text(encoding="utf-8")
    try:
        if blanks.same(written, blank(released(stage, exercise), exercise), exercise.place):
            return OPEN
        return judged(stage, folder, exercise)
    except (SyntaxError, LookupError) as error:
        return f"cannot be read: {error}"


def judged(stage: str, folder: Path, exercise: Exercise) -> str:
    """Test the learner's body among the released ones; helpers beside it are kept."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / stage
        shutil.copytree(folder / "src", copy / "src")
        shutil.copytree(ROOT / "packages" / stage / "tests", copy / "tests")
        shutil.copy(folder / "pyproject.toml", copy)
        for other in exercises(stage):
            if other != exercise:
                put_back(copy / "src" / other.file, released(stage, other), other.place)
        return tested(copy, exercise.tests)


def put_back(path: Path, answer: str, place: str) -> None:
    """Write the released lines to a place in the learner's file."""
    text = path.read_text(encoding="utf-8")
    lines = blanks.segment(answer, place)
    path.write_text(blanks.with_segment(text, place, lines), encoding="utf-8", newline="\n")


def tested(folder: Path, tests: list[str]) -> str:
    """Run pytest far from the checkout; the first error in a line, or `right`."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-p", "no:cacheprovider"]
    command += ["-p", "no:randomly"]  # a learner who has that plugin sees the same first error
    # first on the path, so that also what the tests start imports the learner's modules
    paths = [str(folder / "src"), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    environment["COLUMNS"] = "200"  # pytest cuts its summary to the width of the screen
    environment.pop("PYTHONOPTIMIZE", None)  # without asserts nothing is wrong
    done = subprocess.run(
        [*command, *tests],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode == 0:
        return RIGHT
    told = re.findall(r"^(?:FAILED|ERROR) (.*)$", done.stdout, re.MULTILINE)
    return "wrong: " + (told[0] if told else (done.stdout + done.stderr).strip()[-300:])
