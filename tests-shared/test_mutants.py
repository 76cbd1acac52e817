"""The session that plants mistakes: it finds its places, and what it plants is a program."""

import ast

import pytest
from mutants import places
from mutants.alarms import alarms
from mutants.planting import ROOT, STAGES, equivalent, planted, source, stage

MUTANTS, STALE = planted()


def test_every_listed_mistake_fits_somewhere():
    """A line that was rewritten leaves none behind that is never tried."""
    assert [] == STALE


def test_every_reason_belongs_to_a_mistake():
    """A mistake that is gone needs no reason why it is not noticed."""
    assert set() == set(equivalent()) - {(m.file, m.lines) for m in MUTANTS}


def test_there_are_many_mistakes_in_every_stage():
    """Fewer are planted where a rule is written in a way that nobody here foresaw."""
    counts = {name: sum(stage(m) == name for m in MUTANTS) for name in STAGES.values()}

    assert min(counts.values()) > 50
    assert sum(counts.values()) > 900


@pytest.mark.parametrize("file", sorted({m.file for m in MUTANTS}))
def test_mistakes_of_a_file_are_programs_and_have_tests(file):
    """Each can be read, says something else, and has tests that are there."""
    text = source(file).read_text(encoding="utf-8")
    right = ast.dump(ast.parse(text))

    assert [] == [m for m in MUTANTS if m.file == file and ast.dump(ast.parse(m.of(text))) == right]
    assert [] == [test for test in places.tests_for(file) if not (ROOT / test).is_file()]


def test_right_gradients_raise_no_alarm():
    """A sample of those that the session checks."""
    assert [] == alarms(100, seed=1)
