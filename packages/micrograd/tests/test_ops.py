"""The rules of `+`, `*` and `tanh`, against derivatives taken in other ways."""

import math

import pytest

from micrograd import Value, add, mul, ops, tanh

NUMBERS = [-30.0, -2.5, -1.0, -1e-3, 0.0, 1e-3, 0.5, 1.0, 3.75, 30.0]
PAIRS = [(a, b) for a in NUMBERS for b in NUMBERS]


def gradients(op, *inputs):
    """The result of an operation and the gradients that backward leaves in its inputs."""
    leaves = [Value(x) for x in inputs]
    out = op(*leaves)
    out.backward()
    return out.data, [leaf.grad for leaf in leaves]


def slope(f, x, eps=1e-6):
    """Central difference."""
    return (f(x + eps) - f(x - eps)) / (2 * eps)


def test_there_are_exactly_three():
    """Stage 1 differentiates `+`, `*` and `tanh` and nothing else."""
    assert ["add", "mul", "tanh"] == ops.__all__


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_add(a, b):
    """d(a+b)/da = d(a+b)/db = 1, exactly."""
    assert (a + b, [1.0, 1.0]) == gradients(add, a, b)


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_mul(a, b):
    """d(a*b)/da = b and d(a*b)/db = a, exactly."""
    assert (a * b, [b, a]) == gradients(mul, a, b)


@pytest.mark.parametrize("x", NUMBERS)
def test_tanh(x):
    """d tanh(x)/dx = 1/cosh(x)**2, a form that the rule does not use."""
    out, [grad] = gradients(tanh, x)

    assert math.tanh(x) == out
    # 1 - out**2 is rounded to the spacing of numbers below 1, so the error is absolute
    assert math.cosh(x) ** -2 == pytest.approx(grad, rel=0, abs=1e-15)


@pytest.mark.parametrize("x", NUMBERS)
def test_tanh_by_finite_differences(x):
    """The rule is the slope of the curve."""
    _, [grad] = gradients(tanh, x)

    # central difference: eps**2 from the curvature, 1e-16/eps from rounding, both below 1e-9
    assert slope(math.tanh, x) == pytest.approx(grad, rel=0, abs=1e-9)


@pytest.mark.parametrize("op", [add, mul])
def test_rules_scale_with_the_arriving_gradient(op):
    """A rule is linear in `g`: that is the chain rule."""
    for rule in op.backward:
        assert 2.5 * rule(1.0, op(3.0, 4.0), 3.0, 4.0) == rule(2.5, op(3.0, 4.0), 3.0, 4.0)


def test_tanh_rule_scales_with_the_arriving_gradient():
    """The same for the operation of one input."""
    [rule] = tanh.backward

    assert 4 * rule(1.0, 0.5, math.atanh(0.5)) == rule(4.0, 0.5, math.atanh(0.5)) == 3.0


def test_tanh_saturates_without_an_error():
    """Far from 0 it is ±1 and flat."""
    assert (1.0, [0.0]) == gradients(tanh, 1000.0)
    assert (-1.0, [0.0]) == gradients(tanh, -1000.0)
    assert (1.0, [0.0]) == gradients(tanh, math.inf)


def test_results_out_of_range_are_infinite():
    """`+` and `*` of floats never raise."""
    assert (math.inf, [1.0, 1.0]) == gradients(add, 1.7e308, 1.7e308)
    assert (math.inf, [1e200, 1e200]) == gradients(mul, 1e200, 1e200)


def test_operations_have_the_names_that_drawings_show():
    """`+`, `*` and `tanh`."""
    assert ["+", "*", "tanh"] == [add.name, mul.name, tanh.name]
