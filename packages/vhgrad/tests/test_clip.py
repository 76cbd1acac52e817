"""Clipping: rows D37 to D46 of the table of edges, and norms against exact ones."""

import math
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vhgrad import Parameter
from vhgrad.optim import clip_grad_norm_, clip_grad_value_

nan, inf = math.nan, math.inf


def with_gradient(*gradients, dtype=np.float64):
    """One parameter per gradient."""
    params = []
    for g in gradients:
        p = Parameter(np.zeros(np.shape(g), dtype))
        p.grad = None if g is None else np.array(g, dtype)
        params.append(p)
    return params


@pytest.mark.parametrize(
    ("g", "limit", "norm", "clipped"),
    [
        ([3, 4], 1, 5, [0.59999988, 0.79999984]),
        ([3, 4], 5.1, 5, [3, 4]),
        ([nan, 1], 1, nan, [nan, nan]),
        ([inf, 1], 1, inf, [nan, 0]),
        ([3, 4], 0, 5, [0, 0]),
        ([3e200, 4e200], 1, 5e200, [0.6, 0.8]),
        ([3e-200, 4e-200], 1, 5e-200, [3e-200, 4e-200]),
        ([1e308, 1e308], 1, math.sqrt(2) * 1e308, [math.sqrt(0.5)] * 2),
        ([0, 0], 1, 0, [0, 0]),
        ([3, 4], inf, 5, [3, 4]),
        ([inf, 1], inf, inf, [inf, 1]),
        ([], 1, 0, []),
        ([3e-6, 4e-6], 1e-6, 5e-6, [3e-6 / 6, 4e-6 / 6]),  # 1e-6 / (5e-6 + 1e-6)
    ],
    ids=[
        *("D37", "D38", "D39", "D40", "D42", "D43"),
        *("tiny", "huge", "D46", "unlimited", "unlimited inf", "empty", "near eps"),
    ],
)
def test_clip_by_norm(g, limit, norm, clipped):
    """The norm before, and the gradient after."""
    [p] = params = with_gradient(g)

    assert pytest.approx(norm, rel=1e-12, nan_ok=True) == clip_grad_norm_(params, limit)
    assert pytest.approx(clipped, rel=1e-8, nan_ok=True) == p.grad.tolist()


@pytest.mark.parametrize("g", [[nan, 1.0], [inf, 1.0]])
def test_d40_error_if_nonfinite(g):
    """A RuntimeError, as in PyTorch, and the gradients are as before."""
    [p] = params = with_gradient(g)
    with pytest.raises(RuntimeError, match="cannot be clipped"):
        clip_grad_norm_(params, 1.0, error_if_nonfinite=True)

    np.testing.assert_array_equal(p.grad, g)


def test_d41_no_gradients():
    """Parameters without any have the norm 0, as has no parameter."""
    assert [0.0, 0.0] == [clip_grad_norm_(with_gradient(None), 1.0), clip_grad_norm_([], 1.0)]


@pytest.mark.parametrize("limit", [-1.0, nan, "1", None, True])
@pytest.mark.parametrize("clip", [clip_grad_norm_, clip_grad_value_])
def test_d44_a_limit_is_0_or_more(clip, limit):
    """Negative limits and nan are errors."""
    with pytest.raises(ValueError, match="needs a number, 0 or more"):
        clip(with_gradient([1.0]), limit)


def test_d45_clip_by_value_keeps_the_sign():
    """Of small entries everything; nan stays nan."""
    [p] = params = with_gradient([-3.0, 0.5, 2.0, nan, -inf])
    clip_grad_value_(params, 1.0)

    np.testing.assert_array_equal([-1.0, 0.5, 1.0, nan, -1.0], p.grad)


@pytest.mark.parametrize(
    ("norm_type", "expected"), [(1, 7.0), (2, 5.0), (3, 91 ** (1 / 3)), (inf, 4.0), ("inf", 4.0)]
)
def test_other_norms(norm_type, expected):
    """The sum, the largest, and what lies between."""
    assert pytest.approx(expected, rel=1e-15) == clip_grad_norm_(
        with_gradient([3.0, -4.0]), 1.0, norm_type
    )


@pytest.mark.parametrize("norm_type", [0, -1, nan])
def test_a_norm_needs_a_number_above_0(norm_type):
    """Others are no norms."""
    with pytest.raises(ValueError, match="norm_type"):
        clip_grad_norm_(with_gradient([1.0]), 1.0, norm_type)


@pytest.mark.parametrize("wrong", [3.0, [3.0], [np.ones(2)]])
def test_what_is_no_parameter(wrong):
    """Gradients themselves are not accepted: only a parameter can be given a new one."""
    with pytest.raises(TypeError, match="expected parameters"):
        clip_grad_norm_(wrong, 1.0)


def test_all_gradients_are_one_vector():
    """Several parameters, one of them alone, one without a gradient; a generator will do."""
    params = with_gradient([3.0], None, [[4.0]])

    assert 5.0 == clip_grad_norm_((p for p in params), 10.0)
    assert 4.0 == clip_grad_norm_(params[2], 2.0)
    assert pytest.approx([2.0], rel=1e-6) == params[2].grad[0].tolist()


def test_a_shared_parameter_is_scaled_once():
    """Though it is listed twice."""
    [p] = with_gradient([3.0, 4.0])
    norm = clip_grad_norm_([p, p], 1.0)

    assert (5.0, 0.6) == (norm, pytest.approx(p.grad[0], rel=1e-6))


def test_gradients_are_clipped_in_place():
    """Who holds the array sees the clipped one, as in PyTorch; a read-only one is replaced."""
    p, q = with_gradient([3.0, 4.0], [1.0])
    held = p.grad
    q.grad.setflags(write=False)
    kept = q.grad
    clip_grad_norm_([p, q], 1.0)
    clip_grad_value_([p, q], 0.1)

    assert held is p.grad
    assert (1.0, 0.1) == (kept.item(), q.grad.item())


@pytest.mark.parametrize("g", [[3e38, 3e38], [1e-30, 2e-30], [1e-40, 0.0]])
def test_float32_is_summed_in_float64(g):
    """Squares beyond float32 are no matter; the gradient stays float32."""
    [p] = params = with_gradient(g, dtype=np.float32)
    exact = math.hypot(*p.grad.tolist())

    assert pytest.approx(exact, rel=1e-15) == clip_grad_norm_(params, 1e-3 * exact)
    assert np.float32 == p.grad.dtype
    # the 1e-6 beside the norm counts where gradients are this small
    length = math.hypot(*p.grad.tolist())
    assert pytest.approx(1e-3 * exact * exact / (exact + 1e-6), rel=1e-2, abs=1e-44) == length


def test_a_factor_too_small_for_float32():
    """From 3e38 to 1e-3 is a factor of 3e-42, of which float32 holds three digits."""
    [p] = params = with_gradient([3e38, -1e38], dtype=np.float32)
    clip_grad_norm_(params, 1e-3)

    assert pytest.approx([0.9486833e-3, -0.3162278e-3], rel=1e-6) == p.grad.tolist()


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_the_norm_is_exact_to_a_few_units(entries):
    """Of any finite numbers, compared with integer arithmetic."""
    squares = sum(Fraction(x) ** 2 for x in entries)
    largest = max(map(abs, entries))
    scaled = math.sqrt(squares / Fraction(largest) ** 2) if largest else 0.0
    assume(largest <= sys.float_info.max * (1 - 1e-14) / max(scaled, 1.0))  # else it may be inf
    actual = clip_grad_norm_(with_gradient(entries), inf)

    assert pytest.approx(largest * scaled, rel=1e-14, abs=1e-322) == actual


def test_the_norm_of_a_long_gradient():
    """It is added up in blocks; none may be left out or come twice."""
    params = with_gradient(np.arange(40_000.0))
    squares = 39_999 * 40_000 * 79_999 // 6  # of the numbers from 0 to 39,999

    assert pytest.approx(math.sqrt(squares), rel=1e-14) == clip_grad_norm_(params, inf)


@pytest.mark.parametrize("norm_type", [1.0, 2.0, inf])
def test_the_norm_of_no_gradients_is_0(norm_type):
    """Of any kind."""
    assert 0.0 == clip_grad_norm_([], 1.0, norm_type)
