"""Extreme numbers through every operation: the right answer, and no warning.

Warnings are errors in these tests, so each of them says as well that nothing warns.
"""

import numpy as np
import pytest
from cases import ARRAY_CASES, CASES

import micrograd_plus.ops
import microgradx.ops
from micrograd_plus import Value
from microgradx import TensorValue

INF, NAN = np.inf, np.nan
SPECIALS = [0.0, -0.0, 1.0, 5e-324, -5e-324, 1e-310, 1e4, -1e4, 1e308, -1e308, INF, -INF, NAN]
OTHERWISE = {  # NumPy's power takes a square root there, as PyTorch's does; IEEE's pow gives inf
    "power(0.5,)": [-INF],
}


def on_numbers(case, points):
    """Results and gradients at stage 2, number by number."""
    rows = []
    for point in points:
        leaves = [Value(x) for x in point]
        out = case.op(micrograd_plus.ops)(*leaves)
        out.backward()
        rows.append([out.data, *(leaf.grad for leaf in leaves)])
    return np.array(rows, np.float64)


def on_arrays(case, points, dtype=np.float64):
    """The same at stage 3, all numbers at once."""
    leaves = [TensorValue(np.array(column, dtype)) for column in zip(*points)]
    out = case.op(microgradx.ops)(*leaves)
    out.backward(np.ones(out.shape))
    return np.stack([out.data, *(leaf.grad for leaf in leaves)], axis=1)


def points_of(case):
    """All special numbers, for two inputs each with each."""
    count = len(case.domains)
    special = [x for x in SPECIALS if x not in OTHERWISE.get(str(case), [])]
    return np.stack(np.meshgrid(*[special] * count), -1).reshape(-1, count)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_arrays_have_the_edges_of_numbers(case):
    """Stage 2 is held against PyTorch at such points; stage 3 gives what stage 2 gives."""
    points = points_of(case)
    expected, actual = on_numbers(case, points), on_arrays(case, points)

    np.testing.assert_allclose(actual, expected, rtol=1e-14, atol=1e-320)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_float32_does_not_warn_and_stays_float32(case):
    """What float32 cannot hold becomes 0 or inf, also on the way back."""
    with np.errstate(all="ignore"):
        points = np.array(points_of(case), np.float32)
    found = on_arrays(case, points, np.float32)

    assert np.float32 == found.dtype
    assert (len(points), 1 + len(case.domains)) == found.shape


@pytest.mark.parametrize("special", [NAN, INF, -INF, 5e-324, -1e308, 1e4])
@pytest.mark.parametrize("case", ARRAY_CASES, ids=str)
def test_one_special_entry(case, special):
    """The result is NumPy's wherever the textbook's formula gives one, and nan is not lost."""
    inputs = case.inputs(np.random.default_rng(0))
    for k in [k for k, x in enumerate(inputs) if x.size]:
        arrays = [np.array(x) for x in inputs]
        arrays[k].flat[inputs[k].size // 2] = special
        leaves = [TensorValue(x) for x in arrays]
        op = case.op(microgradx.ops)
        out = op(*leaves)
        out.backward(np.ones(out.shape))
        with np.errstate(all="ignore"):
            expected = case.oracle(*arrays)
        if special == INF and "softmax" in case.name:
            known = np.zeros(out.shape, bool)  # inf - inf on the way: the whole row is nan
        else:
            known = ~np.isnan(expected) if np.isinf(special) else np.isfinite(expected)

        np.testing.assert_allclose(out.data[known], expected[known], rtol=1e-12, atol=1e-12)
        assert not np.isnan(special) or np.array_equal(np.isnan(out.data), np.isnan(expected))
        for x, leaf, rule in zip(arrays, leaves, op.backward):
            assert rule is None or x.shape == leaf.grad.shape
