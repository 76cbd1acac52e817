"""Nothing is silently wrong when data, gradients and modes change between forward and backward."""

import collections

import compiled_programs
import numpy as np
import pytest
import silent_programs

import microgradx
from micrograd_plus import Value
from microgradx.compiling.program import Program


@pytest.mark.parametrize("stage", ["microgradx", "vhgrad"])
def test_random_programs_are_right_or_an_error(stage):
    """500 programs here, 10,000 in the session `silent`; most go through, some are refused."""
    outcomes = [silent_programs.run(stage, seed) for seed in range(500)]
    found = collections.Counter(outcome.verdict for outcome in outcomes)

    assert [] == [(seed, o.told) for seed, o in enumerate(outcomes) if o.verdict == "wrong"]
    assert found["right"] > 300
    assert found["error"] > 50


def test_a_stale_gradient_would_be_found(monkeypatch):
    """With a rule for products that reads the data as they are at backward, programs differ."""
    monkeypatch.setitem(
        silent_programs.RULES,
        "mul",
        (lambda a, b: a * b, np.multiply, (lambda g, y, a, b: g * b, lambda g, y, a, b: g * b)),
    )
    verdicts = [silent_programs.run("microgradx", seed).verdict for seed in range(300)]

    assert "wrong" in verdicts


def test_random_training_is_the_same_compiled():
    """40 programs here, hundreds in the session `silent`."""
    outcomes = {seed: compiled_programs.run(seed) for seed in range(40)}

    assert {} == {seed: o.told for seed, o in outcomes.items() if o.verdict != "same"}


def test_a_generator_that_is_not_set_back_would_be_found(monkeypatch):
    """A program that gives up after it has drawn, and leaves the generator there, is noticed."""

    class Careless(Program):
        def __init__(self, *args):
            super().__init__(*args)
            self.draws = []

    monkeypatch.setattr("microgradx.compiling.compiled.Program", Careless)
    verdicts = (compiled_programs.run(seed).verdict for seed in range(20, 120))

    assert "different" in verdicts  # and no more programs after the first


def test_numbers_are_read_as_they_are_when_backward_runs():
    """The rule for scalars: a number that is assigned between the passes counts."""
    a, b = Value(2.0), Value(3.0)
    product = a * b
    a.data = 10.0
    product.backward()

    assert (3.0, 10.0, 6.0) == (a.grad, b.grad, product.data)


def test_arrays_are_read_as_they_were_or_refused():
    """The rule for arrays: what was assigned in between is not mixed into the gradient."""
    a, b = microgradx.TensorValue([2.0]), microgradx.TensorValue([3.0])
    product = (a * b).sum()
    a.data = np.array([10.0])
    try:
        product.backward()
    except RuntimeError:
        return

    assert (3.0, 2.0) == (a.grad.item(), b.grad.item())
