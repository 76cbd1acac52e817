"""A learner's folder: a stage with emptied bodies, its tests, and a page that says what to do."""

import shutil
import tomllib
from pathlib import Path
from typing import NamedTuple

import blanks

__all__ = ["ROOT", "STAGES", "Exercise", "blank", "exercises", "make", "released"]

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("micrograd", "micrograd-plus", "microgradx", "vhgrad")

SETTINGS = """\
[tool.pytest.ini_options]
addopts = ["--import-mode=importlib"]
filterwarnings = ["error"]
pythonpath = ["src"]
testpaths = ["tests"]
"""


class Exercise(NamedTuple):
    """One body to write.

    Attributes:
        name: what the learner calls it.
        file: the module, from the folder `src`.
        place: where in the module, such as `Node.accumulate`.
        task: what to write, in a sentence or two.
        tests: what pytest is given to judge it.
        rules: whether only the rules of an operation are emptied.
    """

    name: str
    file: str
    place: str
    task: str
    tests: list[str]
    rules: bool = False


def exercises(stage: str) -> list[Exercise]:
    """The exercises of a stage, in the order in which to do them."""
    text = (Path(__file__).parent / f"{stage}.toml").read_text(encoding="utf-8")
    return [Exercise(name, **told) for name, told in tomllib.loads(text).items()]


def released(stage: str, exercise: Exercise) -> str:
    """The module of an exercise as it is published: the answer."""
    return (ROOT / "packages" / stage / "src" / exercise.file).read_text(encoding="utf-8")


def blank(text: str, exercise: Exercise) -> str:
    """A module with the body of one exercise emptied."""
    return blanks.blanked(text, exercise.place, rules=exercise.rules)


def make(stage: str, folder: Path) -> None:
    """Make the folder of a stage; FileExistsError if it is there, for it may hold work."""
    folder.mkdir(parents=True)
    package = ROOT / "packages" / stage
    leftovers = shutil.ignore_patterns("__pycache__")
    for part in ("src", "tests"):
        shutil.copytree(package / part, folder / part, ignore=leftovers)
    (folder / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    for exercise in exercises(stage):
        path = folder / "src" / exercise.file
        text = blank(path.read_text(encoding="utf-8"), exercise)
        path.write_text(text, encoding="utf-8", newline="\n")
    (folder / "EXERCISES.md").write_text(page(stage), encoding="utf-8", newline="\n")


def page(stage: str) -> str:
    """What to do, exercise by exercise."""
    lines = [
        f"# Write {stage} yourself",
        "",
        f"`nox -s exercise -- {stage}`, from the project, tells how far you are; run it as often",
        "as you like. Each exercise is judged on its own, with the released code around it, so",
        "any order will do. The tests in `tests/` are those of the project.",
        "",
    ]
    for number, exercise in enumerate(exercises(stage), 1):
        what = "the rules of" if exercise.rules else "the body of"
        lines += [
            f"## {number}. {exercise.name}",
            "",
            f"In `src/{exercise.file}`, {what} `{exercise.place}`.",
            exercise.task.strip(),
            "",
        ]
    return "\n".join(lines)
