"""A learner's way through the exercises; `nox -s exercise -- --play` plays all of them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "exercises"))

# after their folder was put on the path
import blanks  # noqa: E402
import folders  # noqa: E402
import grading  # noqa: E402
import playing  # noqa: E402

STAGES = folders.STAGES
ALL = [(stage, exercise) for stage in STAGES for exercise in folders.exercises(stage)]


def run(*words):
    """The command that learners use."""
    command = [sys.executable, ROOT / "exercises", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


@pytest.mark.parametrize("stage", STAGES)
def test_a_learner_can_go_the_whole_way(stage, tmp_path):
    """One folder, exercise after exercise, in order: open at first, and the next is open still.

    At the end it is the released package. `nox -s exercise -- --play` also grades each step.
    """
    folders.make(stage, tmp_path / stage)
    src = tmp_path / stage / "src"
    for exercise in folders.exercises(stage):
        assert grading.OPEN == grading.grade(stage, tmp_path / stage, exercise)
        answer = folders.released(stage, exercise)
        grading.put_back(src / exercise.file, answer, exercise.place)
    for exercise in folders.exercises(stage):
        assert folders.released(stage, exercise) == (src / exercise.file).read_text("utf-8")


@pytest.mark.parametrize("stage", STAGES)
def test_the_whole_way_of_an_exercise(stage, tmp_path):
    """Open at first; its tests fail without a body; with the released one it is right."""
    exercise = folders.exercises(stage)[-1]
    grades = playing.played(stage, exercise, tmp_path / stage)

    assert playing.fits(grades), grades


@pytest.mark.parametrize(("stage", "exercise"), ALL, ids=[exercise.name for _, exercise in ALL])
def test_an_exercise_leaves_everything_but_its_body(stage, exercise):
    """The emptied module is Python, has the docstrings, and is whole again with the answer."""
    answer = folders.released(stage, exercise)
    text = folders.blank(answer, exercise)
    whole = blanks.with_segment(text, exercise.place, blanks.segment(answer, exercise.place))

    assert not blanks.same(text, answer, exercise.place)
    assert docstrings(answer) == docstrings(text)
    assert answer == whole
    assert all((ROOT / "packages" / stage / t).is_file() for t in exercise.tests if "/" in t)


def docstrings(text):
    """What all definitions of a module say about themselves, but for those that are gone."""
    nodes = (ast.Module, ast.ClassDef)
    return [
        ast.get_docstring(node) for node in ast.walk(ast.parse(text)) if isinstance(node, nodes)
    ]


def test_the_folder_is_made_once_and_then_graded(tmp_path):
    """What a learner has written is never overwritten, and grades are told in a table."""
    folder = tmp_path / "mine"
    made = run("micrograd", "--to", folder)
    path = folder / "src" / "micrograd" / "ops.py"
    written = path.read_text(encoding="utf-8").replace(
        "lambda g, out, x: ...", "lambda g, out, x: g * (1.0 - out**2)"
    )
    path.write_text(written, encoding="utf-8")
    graded = run("micrograd", "--to", folder)

    assert "made" in made.stdout
    assert written == path.read_text(encoding="utf-8")
    assert "slope-of-tanh            right\n" in graded.stdout
    assert "1 right, 7 open, of 8\n" in graded.stdout


@pytest.mark.parametrize(
    ("rule", "grade"),
    [
        ("g * (1 - out)", "wrong: tests/test_ops.py::test_tanh"),
        ("helper(g, out)", "right"),
        ("g * (", "cannot be read: "),
    ],
)
def test_answers_are_judged_by_what_they_do(tmp_path, rule, grade):
    """A wrong formula fails a test, one of the learner's own making passes."""
    folders.make("micrograd", tmp_path / "mine")
    path = tmp_path / "mine" / "src" / "micrograd" / "ops.py"
    text = path.read_text(encoding="utf-8").replace(
        "lambda g, out, x: ...", f"lambda g, out, x: {rule}"
    )
    path.write_text(
        f"{text}\n\ndef helper(g, out):\n    return g - g * out * out\n", encoding="utf-8"
    )
    [(_, found)] = grading.grades("micrograd", tmp_path / "mine", ["slope-of-tanh"])

    assert found.startswith(grade)


def test_a_folder_without_the_place_says_so(tmp_path):
    """Who deletes the function is told, not shown a traceback."""
    folders.make("micrograd", tmp_path / "mine")
    (tmp_path / "mine" / "src" / "micrograd" / "ops.py").write_text("", encoding="utf-8")
    [(_, found)] = grading.grades("micrograd", tmp_path / "mine", ["product-rule"])

    assert "cannot be read: there is no mul any more; start over, or put it back" == found
