"""The examples of stage 4 run as scripts, need `vhgrad` alone, and draw what they promise."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted(path.name for path in (ROOT / "examples").glob("*_vhgrad.py"))
SMALL = ["--samples", "200", "--epochs", "1"]


def run(script, *arguments):
    """What a script prints, run as its user runs it."""
    done = subprocess.run(
        [sys.executable, ROOT / script, *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "error"},
    )
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_short_and_need_no_other_stage(name):
    """At most 80 lines, and every import but the usual ones is of vhgrad."""
    text = (ROOT / "examples" / name).read_text(encoding="utf-8")
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", text, re.MULTILINE))

    assert len(text.splitlines()) <= 80
    assert imported <= {"argparse", "pathlib", "numpy", "matplotlib", "vhgrad"}


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("spiral", r"spiral: (9[5-9]|100)\.\d%"),
        ("regression", r"regression: 9\d\.\d% of new points"),
        ("schedules", r"schedules: best is .*, (99|100)\.\d%"),
    ],
)
def test_examples_without_files_reach_what_they_promise(name, last, tmp_path):
    """Each prints its result, draws its picture and ends by checking itself."""
    printed = run(f"examples/{name}_vhgrad.py", "--out", tmp_path)

    assert re.search(last, printed)
    assert (tmp_path / f"{name}_vhgrad.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("script", "words", "picture"),
    [
        ("mnist", [], "mnist"),
        ("mnist_cnn", [], "mnist_cnn"),
        ("cifar10", ["mlp"], "cifar10_mlp"),
        ("cifar10", ["cnn"], "cifar10_cnn"),
    ],
)
def test_examples_on_images_run_in_small(script, words, picture, image_folder, tmp_path):
    """On few made-up images and for one epoch; what they reach is in the table of results."""
    arguments = [*words, *SMALL, "--data-dir", image_folder, "--out", tmp_path]
    printed = run(f"examples/{script}_vhgrad.py", *arguments)

    assert "of 100 test images right" in printed
    assert (tmp_path / f"{picture}_vhgrad.png").read_bytes().startswith(b"\x89PNG")


def test_the_table_of_results_goes_on_where_it_was(image_folder, tmp_path):
    """A short run writes one seed of each row; a second one has nothing left to do."""
    rows, out = ["xor", "mnist-1000", "cifar10-mlp"], tmp_path / "results.json"
    arguments = ["benchmarks/results_table.py", *rows, "--short"]
    first = run(*arguments, "--data-dir", image_folder, "--out", out)
    written = out.read_bytes()
    second = run(*arguments, "--data-dir", tmp_path / "nowhere", "--out", out)
    found = json.loads(written)["rows"]

    assert [["0"]] * 3 == [list(row["seeds"]) for row in found.values()]
    assert written == out.read_bytes()
    assert first.endswith(second)
    assert second == out.with_suffix(".md").read_text(encoding="utf-8")
