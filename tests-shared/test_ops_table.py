"""Every operation of every stage against NumPy, against finite differences and against itself."""

import numpy as np
import pytest
from cases import ARRAY_CASES, CASES, STAGE_1

import micrograd
import micrograd.ops
import micrograd_plus
import micrograd_plus.ops
import microgradx
import microgradx.ops

SCALAR_STAGES = [(micrograd, case) for case in CASES if case.name in STAGE_1]
SCALAR_STAGES += [(micrograd_plus, case) for case in CASES]
POINTS = 5
EPS = 1e-5

# Central differences: what is left out is about eps**2 = 1e-10 of the result, what is rounded away
# 1e-16 / eps = 1e-11.
NUMERIC = 1e-8
# Both sides are right to a few units in the last place.
EXACT = 1e-14


def name(case):
    """How a case is called in the list of tests."""
    return getattr(case, "__name__", str(case))


def close(expected, actual, tolerance):
    """Whether shapes and numbers agree, relative to the largest entry and to 1."""
    expected, actual = np.asarray(expected), np.asarray(actual)
    scale = max(1.0, np.abs(expected).max(initial=0.0))
    return expected.shape == actual.shape and np.allclose(expected, actual, 0, tolerance * scale)


def numeric_gradients(function, inputs, upstream):
    """d (upstream * function(*inputs)).sum() / d input by central differences, entry by entry."""
    gradients = []
    for k, x in enumerate(inputs):
        gradient = np.empty_like(x)
        for index in np.ndindex(x.shape):
            sides = []
            for step in (EPS, -EPS):
                moved = [y.copy() for y in inputs]
                moved[k][index] += step
                sides.append((upstream * function(*moved)).sum())
            gradient[index] = (sides[0] - sides[1]) / (2 * EPS)
        gradients.append(gradient)
    return gradients


def on_numbers(stage, case, inputs, upstream):
    """Results and gradients of a scalar operation, applied at one point after another."""
    results, gradients = [], []
    for *point, g in zip(*inputs, upstream):
        values = [stage.Value(x) for x in point]
        result = case.op(stage.ops)(*values)
        (result * float(g)).backward()
        results.append(result.data)
        gradients.append([v.grad for v in values])
    return np.array(results), list(np.transpose(gradients))


def on_arrays(case, inputs, upstream):
    """Result and gradients of an array operation."""
    tensors = [microgradx.TensorValue(x) for x in inputs]
    result = case.op(microgradx.ops)(*tensors)
    result.backward(upstream)
    return result.data, [np.zeros(t.shape) if t.grad is None else t.grad for t in tensors]


@pytest.mark.parametrize(("stage", "case"), SCALAR_STAGES, ids=name)
def test_numbers_match_numpy_and_finite_differences(stage, case):
    """On Values, result and gradients are right for any gradient that arrives."""
    rng = np.random.default_rng(1)
    inputs, upstream = case.inputs(rng, POINTS), rng.normal(size=POINTS)
    result, gradients = on_numbers(stage, case, inputs, upstream)
    numeric = numeric_gradients(case.oracle, inputs, upstream)

    assert close(case.oracle(*inputs), result, EXACT)
    assert [True] * len(inputs) == [close(n, g, NUMERIC) for n, g in zip(numeric, gradients)]


@pytest.mark.parametrize("case", CASES + ARRAY_CASES, ids=name)
def test_arrays_match_numpy_and_finite_differences(case):
    """On TensorValues, result and gradients are right for any gradient that arrives."""
    rng = np.random.default_rng(2)
    inputs = case.inputs(rng) if case in ARRAY_CASES else case.inputs(rng, (2, 3))
    expected = case.oracle(*inputs)
    upstream = rng.normal(size=np.shape(expected))
    result, gradients = on_arrays(case, inputs, upstream)
    numeric = numeric_gradients(case.oracle, inputs, upstream)

    assert close(expected, result, EXACT)
    assert [True] * len(inputs) == [close(n, g, NUMERIC) for n, g in zip(numeric, gradients)]


@pytest.mark.parametrize("shapes", [((3, 1), (1, 4)), ((), (2,)), ((2, 1, 3), (4, 1))], ids=str)
@pytest.mark.parametrize("case", [case for case in CASES if len(case.domains) == 2], ids=name)
def test_gradients_of_broadcast_inputs_have_the_shape_of_the_input(case, shapes):
    """Where an input was stretched to fit the other, its gradient is summed back."""
    rng = np.random.default_rng(3)
    inputs = case.inputs(rng, *shapes)
    upstream = rng.normal(size=np.broadcast_shapes(*shapes))
    _, gradients = on_arrays(case, inputs, upstream)
    numeric = numeric_gradients(case.oracle, inputs, upstream)

    assert [True, True] == [close(n, g, NUMERIC) for n, g in zip(numeric, gradients)]


@pytest.mark.parametrize(("stage", "case"), SCALAR_STAGES, ids=name)
def test_numbers_and_arrays_agree(stage, case):
    """An array operation does to each entry what the scalar one does to a number."""
    rng = np.random.default_rng(4)
    inputs, upstream = case.inputs(rng, POINTS), rng.normal(size=POINTS)
    scalar_result, scalar_gradients = on_numbers(stage, case, inputs, upstream)
    result, gradients = on_arrays(case, inputs, upstream)

    assert close(scalar_result, result, EXACT)
    assert [True] * len(inputs) == [close(s, g, EXACT) for s, g in zip(scalar_gradients, gradients)]


@pytest.mark.parametrize("case", CASES + ARRAY_CASES, ids=name)
def test_forward_and_rules_leave_their_arguments_alone(case):
    """An operation only reads: the arrays that it was given are the same afterwards."""
    rng = np.random.default_rng(5)
    inputs = case.inputs(rng) if case in ARRAY_CASES else case.inputs(rng, (2, 3))
    op = case.op(microgradx.ops)
    out = np.asarray(op.forward(*inputs))
    arguments = [rng.normal(size=out.shape), out, *inputs]
    before = [x.tolist() for x in arguments]
    op.forward(*inputs)
    for rule in op.backward:
        if rule is not None:
            rule(*arguments)

    assert before == [x.tolist() for x in arguments]


def test_equal_settings_give_the_same_operation():
    """An operation with a setting is made once, so graphs and caches can compare with `is`."""
    made = [(case, ops) for ops in (micrograd_plus.ops, microgradx.ops) for case in CASES]
    made += [(case, microgradx.ops) for case in ARRAY_CASES]

    assert [] == [str(case) for case, ops in made if case.op(ops) is not case.op(ops)]


@pytest.mark.parametrize(
    ("stage", "cases"),
    [(micrograd, CASES), (micrograd_plus, CASES), (microgradx, CASES + ARRAY_CASES)],
    ids=["micrograd", "micrograd-plus", "microgradx"],
)
def test_every_operation_stands_in_the_table(stage, cases):
    """An operation that is added without a case fails here."""
    assert set() == set(stage.ops.__all__) - {case.name for case in cases}
