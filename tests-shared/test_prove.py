"""The proof itself: it passes, and it notices a wrong rule, shrinks it and prints it to run."""

import dataclasses
import subprocess
import sys
import types

import numpy as np
import pytest
from cases import CASES
from hypothesis import given, settings
from hypothesis import strategies as st
from prove import arrays, networks
from prove.comparing import compare
from prove.expressions import SMALL, random_expression
from prove.programs import program
from prove.proofs import differ, prove_arrays, prove_expressions, prove_networks, same
from prove.slopes import agrees
from prove.stages import PAIRS, STAGES, answer

import microgradx
import microgradx.ops


def wrong(name, rule):
    """Stage 3 with one wrong rule: the gradient of the first input of one operation."""
    right = getattr(microgradx.ops, name)
    broken = microgradx.ops.ArrayOp(name, right.forward, rule, *right.backward[1:])
    ops = types.SimpleNamespace(**{**vars(microgradx.ops), name: broken})
    ops.__name__ = "microgradx.ops"
    return dataclasses.replace(STAGES[2], ops=ops)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[1].name)
def test_neighbouring_stages_agree(pair):
    """Random expressions have the same value and gradients at both stages, and as slopes."""
    rows = prove_expressions(pair, np.random.default_rng(1), 15)

    assert [[], []] == [row.failures for row in rows]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[1].name)
def test_neighbouring_stages_train_alike(pair):
    """Ten training steps of random networks go the same way at both stages."""
    row = prove_networks(pair[0].name, pair[1].name, np.random.default_rng(1), 4)

    assert [] == row.failures


def test_arrays_agree_with_numbers():
    """Broadcasting programs have the gradients of the same program number by number."""
    row = prove_arrays("microgradx", microgradx.TensorValue, np.random.default_rng(1), 30)

    assert [] == row.failures


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), nodes=st.integers(1, 40))
def test_any_expression_agrees(seed, nodes):
    """Whatever seed and size Hypothesis finds: stages 2 and 3 agree."""
    expression = random_expression(np.random.default_rng(seed), nodes)
    verdict = same(lambda *e: answer(STAGES[1], *e), lambda *e: answer(STAGES[2], *e), expression)

    assert verdict.right


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("mul", lambda g, out, a, b: g * a),
        ("tanh", lambda g, out, x: g * (1 - out)),
        ("sin", lambda g, out, x: -g * np.cos(x)),
        ("div", lambda g, out, a, b: 1.01 * g / b),
    ],
)
def test_a_wrong_rule_is_found_and_shrunk(name, rule):
    """A wrong rule differs from the stage before and from the slopes, in a few steps' program."""
    pair = (STAGES[1], wrong(name, rule))
    rows = prove_expressions(pair, np.random.default_rng(0), 200)

    for row in rows:
        [failure] = row.failures
        assert f"ops.{name}(" in failure
        assert failure.count("    y") <= 3  # what is left is the wrong operation and little else


def test_a_failing_case_is_a_program_that_runs():
    """What is printed runs as it stands, and prints what both stages say."""
    rng = np.random.default_rng(3)
    expression = random_expression(rng, 12)
    code = program(expression, (STAGES[1], STAGES[2]))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    expected = answer(STAGES[1], expression)

    names = [row.split()[0] for row in done.stdout.splitlines()]
    assert ["micrograd-plus", "microgradx"] * 3 == names
    assert repr(float(expected[0, 0])) == done.stdout.split()[1]


def test_expressions_use_every_operation():
    """No operation of the table is left out, and leaves and results are used more than once."""
    rng = np.random.default_rng(0)
    steps = [step for _ in range(60) for step in random_expression(rng, 100).steps]
    reused = [step for step in steps if len(set(step.inputs)) < len(step.inputs)]

    assert {str(case) for case in CASES} == {str(step.case) for step in steps}
    assert {case.name for case in SMALL} == {"add", "mul", "tanh"}
    assert reused


def test_a_difference_beyond_the_last_bits_is_no_rounding():
    """The bound of 16 units in the last place does not excuse an error of one in ten million."""
    expression = random_expression(np.random.default_rng(5), 30)
    rows = list(answer(STAGES[1], expression))
    off = [row * (1 + 1e-7) for row in rows]
    verdict = compare(
        rows,
        off,
        lambda place: list(answer(STAGES[1], expression, place)),
        len(expression.leaves),
        len(expression),
    )

    assert not verdict.right


def test_slopes_notice_one_percent():
    """A gradient that is off by one percent does not agree with the slopes."""
    expression = random_expression(np.random.default_rng(7), 30)
    right = answer(STAGES[1], expression)

    assert agrees(expression, right)[0]
    assert not agrees(expression, right * 1.01)[0]


def test_networks_that_differ_are_told():
    """One weight that moved, one shape or one nan is a difference."""
    network = networks.random_network(np.random.default_rng(0), "microgradx")
    seen = networks.train("microgradx", network)
    name = next(iter(seen))

    assert differ(seen, {**seen, name: seen[name] + 1e-6}) > 1e-8
    assert np.inf == differ(seen, {**seen, name: seen[name] * np.nan})
    assert np.inf == differ(seen, {**seen, name: seen[name][:1]})


def test_array_programs_broadcast():
    """Random programs join arrays of different shapes."""
    rng = np.random.default_rng(0)
    made = [arrays.random_program(rng, 12) for _ in range(40)]
    names = {step.name for program in made for step in program.steps}

    assert set(arrays.SPELLINGS) == names
