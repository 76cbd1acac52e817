"""The examples run as they stand, end with their own check, and grow shorter stage by stage."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
XOR = [f"xor_{stage}.py" for stage in ("micrograd", "micrograd_plus", "microgradx", "vhgrad")]


def lines(name):
    """How many lines an example has."""
    return len((EXAMPLES / name).read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("name", XOR)
def test_xor_learns_all_four_rows(name):
    """Run as a script, every stage's example prints its result and agrees with its own check."""
    done = subprocess.run([sys.executable, EXAMPLES / name], capture_output=True, text=True)

    assert "XOR: 4 of 4 right" == done.stdout.splitlines()[-1], done.stderr


def test_ladder_prints_one_row_per_stage():
    """The table of all four stages has a header and four rows with full accuracy."""
    script = EXAMPLES / "xor_ladder.py"
    done = subprocess.run([sys.executable, script], capture_output=True, text=True)
    accuracies = [line.split()[-1] for line in done.stdout.splitlines()]

    assert ["accuracy", "100%", "100%", "100%", "100%"] == accuracies, done.stderr


def test_each_stage_needs_fewer_lines_than_the_one_before():
    """Every stage takes over something that had to be written by hand."""
    lengths = [lines(name) for name in XOR]

    assert sorted(set(lengths), reverse=True) == lengths
