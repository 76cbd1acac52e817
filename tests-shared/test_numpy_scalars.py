"""Values beside NumPy's numbers and arrays: rows A36 to A38 of the table of edge cases."""

import operator

import numpy as np
import pytest

import micrograd
from micrograd_plus import Value

KINDS = [np.float64, np.float32, np.float16, np.int64, np.int8, np.uint8]
OPERATORS = ["add", "sub", "mul", "truediv", "pow"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("op", OPERATORS)
def test_a36_a_numpy_number_on_either_side(kind, op):
    """A36: the result is a Value of plain floats, as with Python's number."""
    combine = getattr(operator, op)
    for build, plain in [
        (lambda v: combine(kind(1), v), lambda v: combine(1.0, v)),
        (lambda v: combine(v, kind(1)), lambda v: combine(v, 1.0)),
    ]:
        v, w = Value(3.0), Value(3.0)
        found, expected = build(v), plain(w)
        found.backward()
        expected.backward()

        assert Value is type(found)
        assert [float, float] == [type(found.data), type(v.grad)]
        assert (expected.data, w.grad) == (found.data, v.grad)


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64])
@pytest.mark.parametrize("op", ["add", "mul"])
def test_a36_in_stage_1(kind, op):
    """A36: `np.float64(2) * v` reaches the Value's own `*` from the first stage on."""
    v = micrograd.Value(3.0)
    left, right = getattr(operator, op)(kind(2), v), getattr(operator, op)(v, kind(2))

    assert [micrograd.Value] * 2 == [type(left), type(right)]
    assert getattr(operator, op)(2.0, 3.0) == left.data == right.data


@pytest.mark.parametrize("kind", KINDS)
def test_a36_construction(kind):
    """A36: data is kept as a plain float."""
    v = Value(kind(1))

    assert (1.0, float) == (v.data, type(v.data))


def test_a36_comparisons():
    """A36: `<` and its kind, with the NumPy number on either side."""
    v = Value(3.0)

    assert [True, True] == [bool(v < np.float64(4)), bool(np.float64(2) < v)]
    assert [False, False] == [bool(v > np.float64(4)), bool(np.int64(4) <= v)]


@pytest.mark.parametrize("array", [np.array([1.0, 2.0]), np.array([[1]]), np.array(["a"])])
@pytest.mark.parametrize("op", OPERATORS)
def test_a37_an_array_on_either_side(array, op):
    """A37: a TypeError; a Value never holds an array."""
    combine = getattr(operator, op)

    with pytest.raises(TypeError):
        combine(array, Value(2.0))
    with pytest.raises(TypeError):
        combine(Value(2.0), array)


def test_a37_construction():
    """A37: nor is it made of one; the error says what came."""
    with pytest.raises(TypeError, match="Value needs a number, got ndarray"):
        Value(np.array([1.0, 2.0]))


def test_a37_an_array_of_values():
    """A37: NumPy may hold Values as objects; arithmetic then goes entry by entry."""
    entries = np.array([Value(1.0), Value(2.0)], dtype=object)
    total = sum(entries * entries)
    total.backward()

    assert 5.0 == total.data
    assert [2.0, 4.0] == [v.grad for v in entries]


@pytest.mark.parametrize("exponent", [np.int64(2), np.float32(2), np.float64(2), np.uint8(2)])
def test_a38_numpy_exponents(exponent):
    """A38: the same power as with Python's number, and the same operation."""
    v = Value(3.0)
    square = v**exponent
    square.backward()

    assert (9.0, 6.0) == (square.data, v.grad)
    assert (v**2).op is square.op


@pytest.mark.parametrize("op", OPERATORS)
def test_a38_a_numpy_boolean_is_no_number(op):
    """A38: NumPy itself does not count it among the numbers; a TypeError that says so."""
    with pytest.raises(TypeError, match="Value needs a number, got bool"):
        getattr(operator, op)(Value(3.0), np.True_)


def test_numpy_numbers_do_not_change_a_gradient_into_float32():
    """What arrives from outside does not decide the precision."""
    v = Value(0.1)
    (v * np.float32(0.1)).backward()

    assert float(np.float32(0.1)) == v.grad
    assert float is type(v.grad)


def test_a_gradient_and_data_set_to_numpy_numbers():
    """Writing `p.data = np.float64(...)` in a loop of one's own works as with floats."""
    v = Value(3.0)
    v.data = np.float64(-1.0)
    out = v.relu() + v * 2
    out.backward()

    assert (-2.0, 2.0) == (out.data, v.grad)
