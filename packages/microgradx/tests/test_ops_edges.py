"""The edges of operations on arrays, row by row of the project's table of edges."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest

import microgradx as mx
from micrograd_plus import ops as plus
from microgradx import TensorValue, ops
from microgradx.op import ArrayOp

INF, NAN = math.inf, math.nan


def answer(function, *inputs):
    """The result, and the gradients where 1 arrives at every entry of it; nested lists."""
    tensors = [TensorValue(x) for x in inputs]
    out = function(*tensors)
    out.backward(np.ones(out.shape))
    return out.data.tolist(), *[t.grad.tolist() for t in tensors]


ROWS = {
    # name, function, inputs, result and gradients
    "B7 sum of nothing": (mx.sum, [[]], (0.0, [])),
    "B7 prod of nothing": (mx.prod, [[]], (1.0, [])),
    "B7 mean of nothing": (mx.mean, [[]], (NAN, [])),
    "B7 max along the axis that is there": (lambda x: mx.max(x, 1), [np.ones((0, 3))], ([], [])),
    "B12 equals share": (mx.max, [[2.0, 1.0, 2.0]], (2.0, [0.5, 0.0, 0.5])),
    "B12 equals share along an axis": (
        lambda x: mx.min(x, 1),
        [[[2.0, 2.0], [1.0, 3.0]]],
        ([2.0, 1.0], [[0.5, 0.5], [1.0, 0.0]]),
    ),
    "B13 equals share": (mx.maximum, [2.0, 2.0], (2.0, 0.5, 0.5)),
    "B14 nan is the largest": (mx.max, [[1.0, NAN, 3.0]], (NAN, [0.0, 1.0, 0.0])),
    "B14 nan is the smallest": (
        lambda x: mx.min(x, 0),
        [[[1.0, NAN], [2.0, 3.0]]],
        ([1.0, NAN], [[1.0, 1.0], [0.0, 0.0]]),
    ),
    "B15 bounds count as inside": (
        lambda x: mx.clip(x, 0, 1),
        [[-1.0, 0.0, 0.5, 1.0, 2.0]],
        ([0.0, 0.0, 0.5, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0, 0.0]),
    ),
    "B16 abs 0": (mx.absolute, [[0.0, -0.0, -2.0]], ([0.0, 0.0, 2.0], [0.0, 0.0, -1.0])),
    "B17 norm of zeros": (mx.norm, [[0.0, 0.0]], (0.0, [0.0, 0.0])),
    "B18 std of one with ddof": (lambda x: mx.std(x, ddof=1), [[5.0]], (NAN, [NAN])),
    "B18 var of one": (mx.var, [[5.0]], (0.0, [0.0])),
    "B18 std of equals": (mx.std, [[0.1, 0.1, 0.1]], (0.0, [0.0, 0.0, 0.0])),
    "B18 var of nothing": (mx.var, [[]], (NAN, [])),
    "B19 one zero": (mx.prod, [[0.0, 2.0, 3.0]], (0.0, [6.0, 0.0, 0.0])),
    "B19 two zeros": (mx.prod, [[0.0, 0.0, 3.0]], (0.0, [0.0, 0.0, 0.0])),
    # as in PyTorch: the branch that is not taken is computed, and 0/0 is nan. A safe number inside
    # helps: where(x > 0, where(x > 0, x, 1).log(), 0)
    "B20 the other branch": (
        lambda x: mx.where(x > 0, x.log(), 0.0),
        [[1.0, 0.0]],
        ([0.0, 0.0], [1.0, NAN]),
    ),
    "B20 a safe number inside": (
        lambda x: mx.where(x > 0, mx.where(x > 0, x, 1.0).log(), 0.0),
        [[1.0, 0.0]],
        ([0.0, 0.0], [1.0, 0.0]),
    ),
    "B21 nothing is possible": (mx.logsumexp, [[-INF, -INF]], (-INF, [NAN, NAN])),
    "B21 one is possible": (mx.logsumexp, [[-INF, 0.0]], (0.0, [0.0, 1.0])),
    "B22 large": (lambda x: mx.softmax(x) * 1, [[1e4, 0.0, -1e4]], ([1.0, 0.0, 0.0], [0.0] * 3)),
    "B22 inf": (mx.softmax, [[INF, 0.0]], ([NAN, NAN], [NAN, NAN])),
    "B22 all -inf": (mx.softmax, [[-INF, -INF]], ([NAN, NAN], [NAN, NAN])),
    "B22 one -inf": (mx.softmax, [[-INF, 0.0]], ([0.0, 1.0], [0.0, 0.0])),
    "B22 log": (mx.log_softmax, [[1e4, 0.0]], ([0.0, -1e4], [-1.0, 1.0])),
    "B22 nothing": (mx.softmax, [np.ones((2, 0))], ([[], []], [[], []])),
    "B23 repeated": (lambda x: x[[0, 0, 2]], [[5.0, 6.0, 7.0]], ([5.0, 5.0, 7.0], [2.0, 0.0, 1.0])),
    "B24 no hits": (lambda x: x[[False, False]], [[5.0, 6.0]], ([], [0.0, 0.0])),
    "B24 an empty list": (lambda x: x[[]], [[5.0, 6.0]], ([], [0.0, 0.0])),
    "B26 backwards": (
        lambda x: x[::-1] * np.array([1.0, 2.0, 3.0]),
        [[5.0, 6.0, 7.0]],
        ([7.0, 12.0, 15.0], [3.0, 2.0, 1.0]),
    ),
    "B27 True adds an axis": (lambda x: x[True], [[5.0, 6.0]], ([[5.0, 6.0]], [1.0, 1.0])),
    "B43 reshape": (lambda x: x.reshape(-1, 3), [np.ones((0, 3))], ([], [])),
    "B46 a single one": (lambda x: mx.concatenate([x]), [[5.0]], ([5.0], [1.0])),
    "cumsum of one number": (mx.cumsum, [2.0], ([2.0], 1.0)),
}


@pytest.mark.parametrize("row", ROWS)
def test_results_and_gradients(row):
    """What the table of edges says, without a warning."""
    function, inputs, expected = ROWS[row]
    actual = answer(function, *inputs)

    assert len(expected) == len(actual)
    for wanted, found in zip(expected, actual):
        np.testing.assert_array_equal(wanted, found)


ONES = TensorValue(np.ones((2, 3)))
ERRORS = {
    "B3 shapes": (lambda: ONES + np.ones(4), ValueError, "'+' expected shapes that broadcast"),
    "B3 in place": (lambda: ONES ** [1, 2], ValueError, "got shapes (2, 3) and (2,)"),
    "B7 max": (lambda: mx.max([]), ValueError, "'max' expected at least one number"),
    "B7 min": (lambda: ONES[:, :0].min(1), ValueError, "got shape (2, 0)"),
    "B9 0-d": (lambda: ONES @ TensorValue(2.0), ValueError, "'@' expected as many columns"),
    "B9 number": (lambda: ONES @ 2.0, ValueError, "multiplied with *"),
    "B10 range": (lambda: ONES.sum(2), ValueError, "'sum' expected axis=2 to name axes"),
    "B10 twice": (lambda: ONES.mean((0, 0)), ValueError, "axis=(0, 0)"),
    "B10 also twice": (lambda: ONES.var((1, -1)), ValueError, "axis=(1, -1)"),
    "B10 softmax": (lambda: ONES.softmax(2), ValueError, "axis=2 to be an axis"),
    "B10 cumsum": (lambda: ONES.cumsum(-3), ValueError, "axis=-3 to be an axis"),
    "B10 not whole": (lambda: ONES.sum(1.5), TypeError, "integer"),
    "B25 index": (lambda: ONES[5], IndexError, "index 5 is out of bounds for axis 0 with size 2"),
    "B25 list": (lambda: ONES[[0, 5]], IndexError, "index 5 is out of bounds"),
    "B25 too many": (lambda: ONES[0, 0, 0], IndexError, "too many indices"),
    "B25 mask": (lambda: ONES[[True, False, True]], IndexError, "boolean index did not match"),
    "B25 float": (lambda: ONES[1.0], IndexError, "whole numbers"),
    "B25 floats": (lambda: ONES[[0.5]], IndexError, "whole numbers or a mask, got float64"),
    "B25 tensor": (lambda: ONES[TensorValue(1.0)], TypeError, "numpy().astype(int)"),
    "B25 text": (lambda: ONES["a"], IndexError, "got str 'a'"),
    "B43 two -1": (lambda: ONES.reshape(-1, -1), ValueError, "one length -1 at most"),
    "B43 count": (lambda: ONES.reshape(4), ValueError, "as many numbers as (4,) has"),
    "B43 ambiguous": (lambda: mx.reshape(np.ones((0, 3)), (-1, 0)), ValueError, "got shape (0, 3)"),
    "B44 item": (lambda: ONES.item(), ValueError, "one number, this one has shape (2, 3)"),
    "B44 bool": (lambda: bool(ONES), ValueError, "one number"),
    "B44 len": (lambda: len(ONES.sum()), TypeError, "shape () has no length"),
    "B44 iter": (lambda: list(ONES.sum()), TypeError, "shape () has no length"),
    "B46 none": (lambda: mx.concatenate([]), ValueError, "needs at least one array"),
    "B46 stack none": (lambda: mx.stack([]), ValueError, "needs at least one array"),
    "B46 shapes": (lambda: mx.concatenate([ONES, ONES[0]]), ValueError, "(2, 3) and (3,)"),
    "stack shapes": (lambda: mx.stack([ONES, ONES[0]]), ValueError, "arrays of one shape"),
    "transpose": (lambda: ONES.transpose(0, 0), ValueError, "(0, 0) to name all axes"),
    "transpose few": (lambda: ONES.transpose(0), ValueError, "(0,) to name all axes"),
    "swapaxes": (lambda: ONES.swapaxes(0, 2), ValueError, "0 and 2 to be axes"),
    "squeeze": (lambda: ONES.squeeze(0), ValueError, "axis=0 to name axes of length 1"),
    "expand_dims": (lambda: ONES.expand_dims(4), ValueError, "axis=4 to name"),
    "broadcast_to": (lambda: ONES.broadcast_to(3, 2), ValueError, "broadcasts to (3, 2)"),
    "pad negative": (lambda: ONES.pad(-1), ValueError, "widths of 0 or more"),
    "pad pairs": (lambda: ONES.pad(((1, 1),) * 3), ValueError, "a pair for each axis"),
    "split": (lambda: ONES.split(2, axis=1), ValueError, "divides the length 3, got 2"),
    "split none": (lambda: ONES.split(0), ValueError, "got 0"),
    "einsum": (lambda: mx.einsum("ij,jk", ONES, ONES), ValueError, "axes fit 'ij,jk'"),
    "take_along_axis": (lambda: ONES.take_along_axis([0], 1), ValueError, "as many axes"),
    "item write": (lambda: ONES.__setitem__(0, 1.0), TypeError, "where(mask, new, old)"),
    "result write": (lambda: setattr(ONES * 2, "data", ONES.data), TypeError, "made by '*'"),
    "numpy": (lambda: np.asarray(ONES), TypeError, "NumPy would lose the graph"),
    "numpy call": (lambda: np.concatenate([ONES, ONES]), TypeError, "np.concatenate would lose"),
    "one_hot": (lambda: mx.one_hot([0, 3], 3), IndexError, "from 0 to 2, got 3 at (1,)"),
    "one_hot floats": (lambda: mx.one_hot([0.5], 3), TypeError, "whole numbers"),
    "text": (lambda: mx.sum("a"), TypeError, "expected real numbers"),
}


@pytest.mark.parametrize("row", ERRORS)
def test_errors_say_what_was_expected_and_what_came(row):
    """The type fits, and the message names the culprit."""
    call, error, message = ERRORS[row]
    with pytest.raises(error, match=re.escape(message)):
        call()


def test_b46_mixed_dtypes_are_joined_as_numpy_does():
    """B46: float32 and float64 give float64, and each gradient has the dtype of its tensor."""
    a, b = TensorValue(np.ones(2, np.float32)), TensorValue(np.ones(1))
    out = mx.concatenate([a, b])
    out.sum().backward()

    assert (np.float64, np.float32, np.float64) == (out.dtype, a.grad.dtype, b.grad.dtype)


def test_numbers_inside_operations_are_weak():
    """Settings and Python numbers leave float32 as it is."""
    x = TensorValue(np.ones(3, np.float32))
    made = [x.clip(0, 2), x.elu(0.5), x.pad(1, 3), x.var(ddof=1), mx.where(x > 0, x, 0.0), 2**x]

    assert {np.dtype(np.float32)} == {t.dtype for t in made}


def test_overflow_and_invalid_arithmetic_do_not_warn():
    """The suite turns warnings into errors; inf and nan say it all."""
    x = TensorValue([1e308, INF])
    made = [x * 10, x + x, x - x, x @ x, -x * 1e308, (x * x).sum(), x.var(), x.mean(), x.std()]
    for t in made:
        t.backward(np.full(t.shape, 1e308))

    assert not any(np.isfinite(t.data).all() for t in made)


def test_iteration_gives_rows_that_belong_to_the_graph():
    """`for row in t` is `t[0]`, `t[1]`, ..."""
    x = TensorValue([[1.0, 2.0], [3.0, 4.0]])
    first, second = x
    (first * second).sum().backward()

    assert [[3.0, 4.0], [1.0, 2.0]] == x.grad.tolist()


def test_lists_and_arrays_may_be_settings():
    """A list of axes or lengths is as good as a tuple."""
    x = TensorValue(np.ones((2, 3)))
    made = [
        x.sum([0, 1]),
        mx.reshape(x, [3, 2]),
        mx.transpose(x, [1, 0]),
        x.pad([[1, 0], [0, 1]]),
        mx.broadcast_to(x, np.array([2, 2, 3])),
    ]

    assert [(), (3, 2), (3, 2), (3, 4), (2, 2, 3)] == [t.shape for t in made]


def test_drawings_show_shapes():
    """Of an array shape and dtype, of a single number the number."""
    loss = (TensorValue(np.ones((2, 3))) * np.ones(3)).sum()
    text = mx.to_dot(loss)

    assert all(part in text for part in ("(2, 3) float64", "(3,) float64", "6.0000"))


def test_repr_shows_shape_dtype_and_operation():
    """The past is named, a leaf has none."""
    x = TensorValue([1.0, 2.0])

    assert "TensorValue([1., 2.], shape=(2,), dtype=float64)" == repr(x)
    assert "TensorValue(3., shape=(), dtype=float64, op='sum')" == repr(x.sum())


def test_settings_of_another_type_leave_nothing_behind():
    """An operation made of a fraction, or of NumPy's number, is found again by Python's number."""
    for made in (plus.elu, plus.leaky_relu, plus.power):
        made(Fraction(11, 64))
        made(np.float64(13 / 64))
    x = TensorValue(np.ones(2, np.float32))
    results = [f for n in (11 / 64, 13 / 64) for f in (x.elu(n), x.leaky_relu(n), x**n)]

    assert {np.dtype(np.float32)} == {t.dtype for t in results}


def test_linear_adds_a_bias_that_is_one_number():
    """Python's numbers, too; and a weight that is no matrix is an error."""
    x, weight = TensorValue(np.ones(3)), TensorValue(np.ones((2, 3)))

    assert [3.5, 3.5] == ops.linear(x, weight, 0.5).data.tolist()
    for bias in (TensorValue([1.0]), 0.5, 0.0):
        with pytest.raises(ValueError, match="weight of shape"):
            ops.linear(x, TensorValue(np.ones(3)), bias)


def test_an_operation_that_raises_is_called_once():
    """RuntimeError is also what says that one operation is within another."""
    calls = []

    def forward(x):
        calls.append(x)
        raise RuntimeError("of its own")

    op = ArrayOp("own", forward, lambda g, out, x: g)
    for x in (TensorValue(1.0), TensorValue(1.0), 1.0):
        with pytest.raises(RuntimeError, match="of its own"):
            op(x)

    assert len(calls) == 3


def test_one_rule_for_each_input():
    """A rule that is missing is no gradient of nothing, but an error."""
    op = ArrayOp("times", lambda x, y: x * y, lambda g, out, x, y: g * y)
    with pytest.raises(ValueError, match="shorter"):
        op(TensorValue(2.0), TensorValue(3.0)).backward()


@pytest.mark.parametrize("n", [400, 70_000])
def test_means_of_float16_do_not_overflow_on_the_way(n):
    """Sums and counts beyond 65504 are no part of the result, of which float16 is capable."""
    rng = np.random.default_rng(0)
    numbers = (200 + 50 * rng.normal(size=n)).astype(np.float16)
    exact = numbers.astype(np.float64)
    cases = [
        (lambda x: x.mean(), np.mean, np.full(n, 1 / n)),
        (lambda x: x.var() / 16, lambda x: x.var() / 16, (exact - exact.mean()) / 8 / n),
        (lambda x: x.std(), np.std, (exact - exact.mean()) / exact.std() / n),
        (lambda x: x.norm(), np.linalg.norm, exact / np.linalg.norm(exact)),
    ]
    for ours, numpys, gradient in cases:
        x = TensorValue(numbers)
        y = ours(x)
        y.backward()

        assert np.float16 == y.dtype == x.grad.dtype
        # two roundings to 11 bits; the smallest steps of float16 are 6e-8
        assert np.isclose(y.item(), numpys(exact), rtol=2e-3)
        np.testing.assert_allclose(x.grad, gradient, rtol=3e-3, atol=2e-7)


def test_take_needs_whole_numbers():
    """NumPy's take counts True as 1, PyTorch refuses; a mask would be a third reading."""
    x = TensorValue([1.0, 2.0])
    for pick in (
        lambda: x.take([True, False]),
        lambda: x.take(True),
        lambda: x.take([0.0]),
        lambda: x.take_along_axis(np.array([True, False]), 0),
    ):
        with pytest.raises(IndexError, match="needs whole numbers"):
            pick()

    assert (0,) == x.take([]).shape


@pytest.mark.parametrize("join", [mx.concatenate, mx.stack])
@pytest.mark.parametrize("axis", [None, 1.0, True, (0,)])
def test_joining_needs_one_axis(join, axis):
    """An axis of None went through NumPy's concatenate, and failed in the backward pass."""
    with pytest.raises(TypeError, match=f"{join.__name__} needs a whole number as `axis`"):
        join([TensorValue([1.0]), TensorValue([2.0])], axis=axis)


def test_shapes_and_axes_as_numpy_takes_them():
    """An array as a shape, and None for the usual order of axes."""
    x = TensorValue(np.zeros((2, 3)))

    assert (3, 2) == x.reshape(np.array([3, 2])).shape == x.transpose(None).shape


def test_masked_arrays_are_refused():
    """NumPy drops the mask without a word, and the numbers under it would count."""
    hidden = np.ma.array([1.0, -999.0], mask=[False, True])
    for use in (TensorValue, lambda m: TensorValue([1.0, 2.0]) * m):
        with pytest.raises(TypeError, match="masked"):
            use(hidden)

    assert [1.0, 2.0] == TensorValue(np.ma.array([1.0, 2.0])).data.tolist()
