"""TensorValue: construction, broadcasting, dtypes, the backward pass, arrays that stay as they are.

Names such as B1 are rows of the project's table of edges. The formulas of single operations are
checked from the shared table of cases.
"""

import copy
import pickle
import re

import numpy as np
import pytest

import micrograd_plus
from microgradx import TensorValue, ops
from microgradx.tensor import unbroadcast


def ones(*shape):
    """A tensor of ones."""
    return TensorValue(np.ones(shape))


def gradients(result, *tensors):
    """Gradients of tensors, as nested lists, for a gradient of 1 in every entry of the result."""
    result.backward(np.ones(result.shape))
    return [t.grad.tolist() for t in tensors]


# Construction


def test_numbers_lists_and_integers_become_float64():
    """Whatever has no float dtype of its own becomes float64."""
    made = [TensorValue(x) for x in (3, 2.5, True, [1, 2], [[1.0], [2.0]], np.arange(3), range(3))]

    assert {np.dtype(np.float64)} == {t.dtype for t in made}


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_float_arrays_keep_their_dtype(dtype):
    """A float array is taken as it is."""
    assert dtype == TensorValue(np.ones(3, dtype)).dtype


def test_dtype_can_be_asked_for():
    """`dtype` converts."""
    assert np.float32 == TensorValue([1.0, 2.0], dtype="float32").dtype


@pytest.mark.parametrize(
    "data", ["a", None, 1j, {}, [None], [1, "a"], object()], ids=lambda x: type(x).__name__
)
def test_other_data_is_a_type_error(data):
    """Only real numbers can be differentiated."""
    with pytest.raises(TypeError, match="expected real numbers"):
        TensorValue(data)


def test_ragged_lists_are_a_value_error():
    """Rows of different lengths are no array."""
    with pytest.raises(ValueError, match="equal lengths"):
        TensorValue([[1.0], [1.0, 2.0]])


@pytest.mark.parametrize("data", [TensorValue(1.0), micrograd_plus.Value(1.0)], ids=repr)
def test_a_node_is_not_data(data):
    """A tensor of a tensor would cut the graph without a word."""
    with pytest.raises(TypeError, match="needs numbers"):
        TensorValue(data)


def test_a_dtype_that_is_not_float_is_a_type_error():
    """Whole numbers have no gradients."""
    with pytest.raises(TypeError, match="float type"):
        TensorValue([1, 2], dtype=int)


@pytest.mark.parametrize(
    "array",
    [
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(6.0)[::-1].reshape(2, 3)[::-1, ::-1],
        np.arange(6.0).reshape(2, 3).astype(">f8"),
        np.broadcast_to(np.arange(6.0).reshape(2, 3), (2, 3)),
    ],
    ids=["fortran", "reversed", "byte-swapped", "read-only"],
)
def test_memory_layout_does_not_matter(array):
    """B45: the same numbers give the same results, however they lie in memory."""
    x = TensorValue(array)
    loss = (x * x).sum()
    loss.backward()

    assert (55.0, [[0.0, 2.0, 4.0], [6.0, 8.0, 10.0]]) == (loss.item(), x.grad.tolist())


# Arrays stay as they are


def test_the_callers_array_can_change_without_harm():
    """B48: a tensor has numbers of its own."""
    mine = np.array([1.0, 2.0])
    t = TensorValue(mine)
    mine[0] = 99.0

    assert [1.0, 2.0] == t.data.tolist()


def test_a_constant_array_can_change_after_it_was_used():
    """B32: an array in a graph is the graph's own, so its gradient is that of the forward pass."""
    w, x = TensorValue([1.0, 1.0]), np.array([3.0, 4.0])
    loss = (w * x).sum()
    x[:] = 0.0
    loss.backward()

    assert [3.0, 4.0] == w.grad.tolist()


def test_a_view_of_a_writable_array_is_copied():
    """A read-only view does not protect: its owner can still write."""
    mine = np.array([1.0, 2.0])
    view = mine[:]
    view.setflags(write=False)
    loss = (TensorValue([1.0, 1.0]) * view).sum()
    mine[:] = 0.0

    assert [1.0, 2.0] == loss.inputs[0].inputs[1].tolist()


def test_data_cannot_be_written_into():
    """B32: an entry cannot change under a graph."""
    t = TensorValue([1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        t.data[0] = 5.0

    assert [1.0, 2.0] == t.data.tolist()


def test_results_cannot_be_written_into():
    """The same for computed tensors, also where broadcasting made them (B33)."""
    made = [
        ones(2) + 1,
        ones(3, 1) * ones(1, 4),
        ones(2, 3).T,
        ones(2, 3).reshape(6),
        ones(2).sum(),
    ]

    assert [False] * len(made) == [t.data.flags.writeable for t in made]


def test_numpy_gives_an_array_of_your_own():
    """What `numpy()` returns can be changed, the tensor stays."""
    t = TensorValue([1.0, 2.0])
    t.numpy()[:] = 0.0

    assert [1.0, 2.0] == t.data.tolist()


def test_assigning_data_keeps_shape_and_dtype():
    """`w.data = ...` moves a leaf; the numbers are converted to its dtype."""
    w = TensorValue(np.zeros(2, np.float32))
    w.data = [1, 2]

    assert (np.float32, [1.0, 2.0]) == (w.dtype, w.data.tolist())


@pytest.mark.parametrize(("data", "error"), [([1.0], ValueError), ("ab", TypeError)], ids=repr)
def test_assigning_unfitting_data_changes_nothing(data, error):
    """Another shape, or no numbers, is an error; the tensor is as before."""
    w = TensorValue([1.0, 2.0])
    with pytest.raises(error, match="expected"):
        w.data = data

    assert [1.0, 2.0] == w.data.tolist()


def test_the_array_that_was_assigned_can_change_without_harm():
    """Assigned numbers are copied where somebody else can write them."""
    w, mine = TensorValue([1.0, 2.0]), np.array([3.0, 4.0])
    w.data = mine
    mine[:] = 0.0

    assert [3.0, 4.0] == w.data.tolist()


# A graph that is out of date


def test_a_leaf_changed_after_use_is_an_error():
    """D34: gradients at numbers that are no longer there would be wrong; none is written."""
    w = TensorValue([1.0, 2.0])
    loss = (w * w).sum()
    w.data = [3.0, 4.0]
    with pytest.raises(RuntimeError, match=r"shape \(2,\) was changed after '\*' had used it"):
        loss.backward()

    assert w.grad is None


def test_a_leaf_changed_before_use_is_fine():
    """What counts is the order of change and use."""
    w = TensorValue([1.0, 2.0])
    w.data = [3.0, 4.0]
    (w * w).sum().backward()

    assert [6.0, 8.0] == w.grad.tolist()


def test_a_new_graph_after_a_change_is_fine():
    """The old graph is stale, the next one is not."""
    w = TensorValue([1.0, 2.0])
    for _ in range(3):
        w.grad = None
        (w * w).sum().backward()
        w.data = w.data - 0.25 * w.grad

    assert [0.125, 0.25] == w.data.tolist()


def test_a_stale_part_is_found_behind_a_fresh_one():
    """The change may lie deep in the graph."""
    w = TensorValue([1.0, 2.0])
    early = w * 2
    w.data = [3.0, 4.0]
    with pytest.raises(RuntimeError, match="changed after"):
        (early + w).sum().backward()


# Broadcasting, and its way back


def test_b1_stretched_axes_are_summed():
    """B1: (3,1) + (1,4): every entry of the first is used four times, of the second three times."""
    a, b = ones(3, 1), ones(1, 4)

    assert [[[4.0]] * 3, [[3.0] * 4]] == gradients(a + b, a, b)


def test_b2_a_0d_tensor_gets_a_0d_gradient():
    """B2: () * (2,): one number used twice."""
    a, b = TensorValue(3.0), TensorValue([5.0, 7.0])

    assert [12.0, [3.0, 3.0]] == gradients(a * b, a, b)


def test_b3_shapes_that_do_not_fit_are_named():
    """B3: the error names both shapes."""
    with pytest.raises(ValueError, match=r"\(3,\) *(and)? *\(4,\)"):
        ones(3) + ones(4)


def test_b4_nothing_gives_a_gradient_of_0():
    """B4: (0,) + (1,) is empty, so the single entry moves nothing."""
    a, b = ones(0), ones(1)

    assert [[], [0.0]] == gradients(a + b, a, b)


def test_b5_added_and_stretched_axes_together():
    """B5: (2,1,3) * (4,1): each input is summed over what the other brought."""
    a, b = TensorValue(np.arange(6.0).reshape(2, 1, 3)), TensorValue([[1.0], [2.0], [3.0], [4.0]])

    assert [[[[10.0] * 3]] * 2, [[15.0]] * 4] == gradients(a * b, a, b)


@pytest.mark.parametrize("result", [lambda x: x + x, lambda x: x * 2, lambda x: x.maximum(x) * 2])
def test_b6_one_tensor_twice_in_one_operation(result):
    """B6: both uses count."""
    x = TensorValue([1.0, 2.0])

    assert [[2.0, 2.0]] == gradients(result(x), x)


def test_b7_reductions_of_nothing():
    """B7: the sum of nothing is 0, its mean nan, without a warning."""
    empty = ones(0)

    assert (0.0, True) == (empty.sum().item(), np.isnan(empty.mean().item()))


@pytest.mark.parametrize(("a", "b"), [((0, 3), (3, 2)), ((2, 0), (0, 3))])
def test_b8_matrix_products_with_an_empty_axis(a, b):
    """B8: no rows give no rows; a sum over nothing is 0."""
    left, right = ones(*a), ones(*b)
    result = left @ right
    result.backward(np.ones(result.shape))

    assert ((a[0], b[1]), 0.0, a, b) == (
        result.shape,
        result.data.sum(),
        left.grad.shape,
        right.grad.shape,
    )


def test_b9_a_product_of_vectors_is_a_number():
    """B9: 1-d @ 1-d has shape ()."""
    a, b = TensorValue([1.0, 2.0]), TensorValue([3.0, 4.0])
    result = a @ b

    assert ((), 11.0) == (result.shape, result.item())
    assert [[3.0, 4.0], [1.0, 2.0]] == gradients(result, a, b)


def test_b9_a_matrix_product_needs_an_axis():
    """B9: a number has no rows and no columns."""
    with pytest.raises(ValueError, match=r"'@' expected .* rows .*; got shapes \(\) and \(2,\)"):
        TensorValue(2.0) @ ones(2)


def test_b9_batches_of_matrices_broadcast():
    """B9: (5,1,2,3) @ (4,3,2) is (5,4,2,2), and both gradients come back to their shapes."""
    a, b = ones(5, 1, 2, 3), ones(4, 3, 2)
    result = a @ b
    result.backward(np.ones(result.shape))

    assert (5, 4, 2, 2) == result.shape
    assert [(5, 1, 2, 3), {8.0}] == [a.grad.shape, set(a.grad.ravel())]
    assert [(4, 3, 2), {10.0}] == [b.grad.shape, set(b.grad.ravel())]


def test_matrix_products_that_do_not_fit_are_an_error():
    """Columns of the first and rows of the second have to be as many."""
    with pytest.raises(ValueError, match=r"'@' expected .*; got shapes \(2, 3\) and \(4, 2\)"):
        ones(2, 3) @ ones(4, 2)


@pytest.mark.parametrize("shape", [(2, 3), (3,), (1, 3), (2, 1), (1, 1), (1,), ()], ids=str)
def test_unbroadcast_undoes_broadcast(shape):
    """For every shape that stretches to (4, 2, 3): as many ones as there are copies."""
    copies = 24 // int(np.prod(shape))

    assert np.full(shape, copies).tolist() == unbroadcast(np.ones((4, 2, 3)), shape).tolist()


# Axes and shapes


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_b10_a_negative_axis_counts_from_the_end(reduction):
    """B10: -1 is the last axis."""
    x = TensorValue(np.arange(6.0).reshape(2, 3))
    first, second = getattr(x, reduction)(1), getattr(x, reduction)(-1)

    assert first.data.tolist() == second.data.tolist()


@pytest.mark.parametrize("axis", [2, (0, 0)], ids=str)
def test_b10_axes_that_are_not_there_or_twice(axis):
    """B10: both are an error that says which."""
    message = re.escape(f"'sum' expected axis={axis} to name axes of its input, each once; got")
    with pytest.raises(ValueError, match=message):
        ones(2, 3).sum(axis)


def test_b10_no_axes_change_nothing():
    """B10: a sum over no axis is the array, as in NumPy."""
    x = ones(2, 3)

    assert [[[1.0] * 3] * 2] == gradients(x.sum(()), x)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2), (2, 0, 1)], ids=str)
def test_b11_means_along_axes(axis, keepdims):
    """B11: an entry counts one over the number of entries in its mean, dimensions kept or not."""
    x = TensorValue(np.random.default_rng(0).normal(size=(2, 3, 4)))
    result = x.mean(axis, keepdims)
    expected = np.full(x.shape, result.size / x.size)

    assert np.mean(x.data, axis=axis, keepdims=keepdims).shape == result.shape
    assert np.allclose(expected, gradients(result, x)[0], rtol=1e-15)


@pytest.mark.parametrize("shape", [((3, 2),), (3, 2), ([3, -1],), (3, -1)], ids=str)
def test_reshape_takes_numbers_or_one_sequence(shape):
    """`reshape(3, 2)` and `reshape((3, 2))` are the same; one length may be -1."""
    assert (3, 2) == ones(2, 3).reshape(*shape).shape


@pytest.mark.parametrize("shape", [(-1, -1), (4,), (0, -1)], ids=str)
def test_b43_shapes_that_cannot_be(shape):
    """B43: two open lengths, or another number of entries."""
    with pytest.raises(ValueError, match=r"reshape|unknown"):
        ones(2, 3).reshape(*shape)


@pytest.mark.parametrize("axes", [(2, 0, 1), ((2, 0, 1),)], ids=str)
def test_transpose_takes_numbers_or_one_sequence(axes):
    """`transpose(2, 0, 1)` and `transpose((2, 0, 1))` are the same."""
    assert (4, 2, 3) == ones(2, 3, 4).transpose(*axes).shape


def test_b44_one_number_out_of_a_tensor():
    """B44: `item`, `float` and `bool` take a tensor with one entry."""
    one = TensorValue([[2.5]])

    assert (2.5, True, 1) == (one.item(), bool(one), len(one))


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda t: t.item(), ValueError),
        (bool, ValueError),
        (float, ValueError),
        (lambda t: len(t.sum()), TypeError),
    ],
    ids=["item", "bool", "float", "len"],
)
def test_b44_many_numbers_are_not_one(ask, error):
    """B44: of several entries none is the answer; a 0-d tensor has no length."""
    with pytest.raises(error):
        ask(ones(2))


# Dtypes


F32 = np.ones(2, np.float32)
F64 = np.ones(2)


@pytest.mark.parametrize(
    ("result", "dtype"),
    [
        (lambda: TensorValue(F32) + TensorValue(F64), np.float64),
        (lambda: TensorValue(F32) + 1.5, np.float32),
        (lambda: 1.5 / TensorValue(F32), np.float32),
        (lambda: TensorValue(F32) ** 2, np.float32),
        (lambda: TensorValue(F32) * np.float64(2), np.float32),
        (lambda: np.float64(2) * TensorValue(F32), np.float32),
        (lambda: TensorValue(np.float32(2)) * 3.0, np.float32),
        (lambda: TensorValue(F32) + np.ones(2, np.int64), np.float64),
        (lambda: TensorValue([1]) / TensorValue([2]), np.float64),
        (lambda: TensorValue([1, 2]).mean(), np.float64),
        (lambda: TensorValue(F32).mean(), np.float32),
        (lambda: TensorValue(F32).sum(), np.float32),
    ],
    ids=[
        "B38 f32+f64",
        "B38 f32+float",
        "B38 float/f32",
        "B38 f32**2",
        "B38 f32*float64()",
        "B38 float64()*f32",
        "B38 0-d f32*float",
        "B39 f32+int64 array",
        "B41 int/int",
        "B41 mean of ints",
        "mean of f32",
        "sum of f32",
    ],
)
def test_dtypes_of_results(result, dtype):
    """Arrays follow NumPy; single numbers, Python's and NumPy's, take the dtype that they meet."""
    assert dtype == result().dtype


@pytest.mark.parametrize(
    "function",
    ["exp", "log", "tanh", "relu", "leaky_relu", "sigmoid", "softplus", "sqrt", "sin", "cos"],
)
@pytest.mark.parametrize("shape", [(), (3,)], ids=str)
def test_functions_keep_float32(function, shape):
    """No function turns float32 into float64, forward or backward, not even of a 0-d tensor."""
    x = TensorValue(np.ones(shape, np.float32))
    result = getattr(x, function)()
    result.backward(np.ones(shape, np.float32))

    assert (np.float32, np.float32) == (result.dtype, x.grad.dtype)


def test_b40_a_gradient_has_the_dtype_of_its_tensor():
    """B40: also where the gradient that arrives is float64."""
    x = TensorValue(F32)
    (x * TensorValue(F64)).sum().backward()

    assert np.float32 == x.grad.dtype


# Arithmetic with others


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (lambda t: np.array([2.0, 3.0]) * t, [2.0, 6.0]),
        (lambda t: np.array([2.0, 3.0]) - t, [1.0, 1.0]),
        (lambda t: np.array([2.0, 3.0]) / t, [2.0, 1.5]),
        (lambda t: np.array([2.0, 3.0]) ** t, [2.0, 9.0]),
        (lambda t: np.eye(2) @ t, [1.0, 2.0]),
        (lambda t: [2.0, 3.0] * t, [2.0, 6.0]),
        (lambda t: 2 - t, [1.0, 0.0]),
        (lambda t: 2**t, [2.0, 4.0]),
        (lambda t: t ** np.array([1, 3]), [1.0, 8.0]),
        (lambda t: t ** [1, 3], [1.0, 8.0]),
    ],
)
def test_b47_arrays_and_lists_on_either_side(result, expected):
    """B47: whatever stands on the other side, the result is a TensorValue."""
    actual = result(TensorValue([1.0, 2.0]))

    assert TensorValue is type(actual)
    assert expected == actual.data.tolist()


def test_exponents_of_an_array_are_constants():
    """d x**n / dx with one exponent per entry."""
    x = TensorValue([2.0, 3.0])

    assert [[1.0, 27.0]] == gradients(x ** np.array([1.0, 3.0]), x)


@pytest.mark.parametrize(
    "mixed",
    [
        lambda v, t: v + t,
        lambda v, t: t + v,
        lambda v, t: v * t,
        lambda v, t: t**v,
        lambda v, t: v / t,
        lambda v, t: t @ v,
    ],
)
def test_numbers_of_stage_2_do_not_mix_with_arrays(mixed):
    """A Value and a TensorValue hold different things; the error names both."""
    with pytest.raises(TypeError, match=r"micrograd_plus\.Value.*TensorValue|TensorValue.*Value"):
        mixed(micrograd_plus.Value(1.0), TensorValue([1.0]))


@pytest.mark.parametrize("other", ["a", None, 1j, object()], ids=lambda x: type(x).__name__)
def test_arithmetic_with_something_else_is_a_type_error(other):
    """Only numbers and arrays of them take part."""
    with pytest.raises(TypeError, match="expected real numbers"):
        TensorValue([1.0]) + other


def test_augmented_assignment_rebinds():
    """`a += 1` makes a new tensor; who else held the old one still does."""
    a = TensorValue([1.0])
    alias = a
    a += 1

    assert ([1.0], [2.0]) == (alias.data.tolist(), a.data.tolist())


def test_index_writes_are_an_error():
    """An entry cannot be exchanged."""
    t = TensorValue([1.0, 2.0])
    with pytest.raises(TypeError):
        t[0] = 5.0


def test_equality_is_elementwise_and_hashing_by_identity():
    """`==` compares numbers, and tensors still work in sets and dicts."""
    a, b = TensorValue([1.0, 2.0]), TensorValue([1.0, 3.0])

    assert [True, False] == (a == b).tolist()
    assert 2 == len({a, b, a})


# The backward pass


def test_b34_backward_starts_from_one_number():
    """B34: which of many entries is meant? The error names the shape and a way out."""
    x = ones(2, 3)
    with pytest.raises(ValueError, match=r"shape \(2, 3\); take \.sum\(\) or \.mean\(\) first"):
        (x * 2).backward()

    assert x.grad is None


@pytest.mark.parametrize("gradient", [1.0, np.ones(2), np.ones((2, 1)), np.ones((1, 2, 3))])
def test_b34_a_gradient_of_another_shape_touches_nothing(gradient):
    """B34: it is refused before any gradient is written."""
    x = ones(2, 3)
    with pytest.raises(ValueError, match=r"needs the shape \(2, 3\)"):
        (x * 2).backward(gradient)

    assert x.grad is None


def test_backward_may_start_from_a_tensor_with_one_entry():
    """One entry is one number, whatever the number of axes."""
    x = TensorValue([[3.0]])
    (x * x).backward()

    assert [[6.0]] == x.grad.tolist()


def test_backward_of_a_leaf_gives_it_1():
    """A44: a number changes with itself."""
    x = TensorValue(3.0)
    x.backward()

    assert 1.0 == x.grad


def test_gradients_of_leaves_add_up():
    """A31: a second pass over the same graph adds exactly once more."""
    x = TensorValue([1.0, 2.0])
    loss = (x * 2 * 3).sum()
    loss.backward()
    loss.backward()

    assert [12.0, 12.0] == x.grad.tolist()


def test_constants_get_no_gradient():
    """A plain array is held as it is: no node, no gradient."""
    x = np.ones((2, 3))
    result = x @ TensorValue(np.ones((3, 1)))

    assert [np.ndarray, TensorValue] == [type(part) for part in result.inputs]


def test_gradients_share_no_memory():
    """An operation may hand one array to both inputs; as leaves they own what they have."""
    a, b = ones(2), ones(2)
    result = a + b
    upstream = np.ones(2)
    result.backward(upstream)
    a.grad *= 10

    assert ([10.0, 10.0], [1.0, 1.0], [1.0, 1.0]) == (
        a.grad.tolist(),
        b.grad.tolist(),
        upstream.tolist(),
    )


@pytest.mark.parametrize(
    "result",
    [
        lambda a: a.reshape(6),
        lambda a: a.T,
        lambda a: a.sum(),
        lambda a: a.sum(0),
        lambda a: a + np.ones((4, 2, 3)),
        lambda a: ops.stack(2)(a, a),
    ],
    ids=["reshape", "transpose", "sum", "sum of rows", "broadcast", "stack"],
)
def test_gradients_of_leaves_are_writable(result):
    """In-place clipping must reach each gradient exactly once, also behind operations of views."""
    a, b = ones(2, 3), ones(2, 3)
    total = (result(a) * result(b)).sum()
    total.backward()
    a.grad[0, 0] = -1.0

    assert 1 == (a.grad == -1.0).sum()
    assert 0 == (b.grad == -1.0).sum()


def test_a_gradient_of_one_entry_can_be_assigned():
    """Users may replace a gradient before the next pass adds to it."""
    x = TensorValue([1.0, 2.0])
    x.grad = np.array([5.0, 5.0])
    x.sum().backward()

    assert [6.0, 6.0] == x.grad.tolist()


@pytest.mark.parametrize(
    ("result", "at", "expected", "gradient"),
    [
        (lambda x: 1 / x, 0.0, np.inf, -np.inf),
        (lambda x: x / x, 0.0, np.nan, np.nan),
        (lambda x: x.log(), 0.0, -np.inf, np.inf),
        (lambda x: x.log(), -1.0, np.nan, -1.0),
        (lambda x: x.sqrt(), 0.0, 0.0, np.inf),
        (lambda x: x.exp(), 1000.0, np.inf, np.inf),
        (lambda x: x**-1, 0.0, np.inf, -np.inf),
        (lambda x: x**0.5, 0.0, 0.0, np.inf),
        (lambda x: x**0, 0.0, 1.0, 0.0),
        (lambda x: x ** (1 / 3), -8.0, np.nan, np.nan),
        (lambda x: x.relu(), 0.0, 0.0, 0.0),
        (lambda x: x.sigmoid(), -1000.0, 0.0, 0.0),
        (lambda x: x.softplus(), 1000.0, 1000.0, 1.0),
        (lambda x: x.maximum(2.0), 2.0, 2.0, 0.5),
        (abs, 0.0, 0.0, 0.0),
    ],
)
def test_edges_follow_ieee_in_silence(result, at, expected, gradient):
    """Results and gradients at poles and kinks, as for numbers, and without a warning."""
    x = TensorValue([at])
    y = result(x)
    y.backward()

    assert np.array_equal([[expected], [gradient]], [y.data, x.grad], equal_nan=True)


def test_a_long_chain_needs_no_recursion():
    """Ten thousand operations deep."""
    x = TensorValue([1.0])
    y = x
    for _ in range(10_000):
        y = y + 1.0
    y.backward()

    assert [1.0] == x.grad.tolist()


# Copies and pictures


def test_c24_a_deep_copy_is_independent():
    """Leaf and graph are copied; a backward pass on the copy does not reach the original."""
    x = TensorValue([1.0, 2.0])
    copied = copy.deepcopy((x * x).sum())
    copied.backward()

    assert x.grad is None


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))], ids=["deepcopy", "pickle"]
)
def test_a_copied_leaf_is_whole(copied):
    """Numbers, dtype and label survive, the data stay read-only, and the copy can be used."""
    t = copied(TensorValue(np.array([1.0, 2.0], np.float32), label="w"))
    (t * t).sum().backward()

    assert ([2.0, 4.0], np.float32, "w", False) == (
        t.grad.tolist(),
        t.dtype,
        t.label,
        t.data.flags.writeable,
    )


def test_repr_shows_numbers_shape_and_origin():
    """What a notebook prints."""
    expected = "TensorValue([2., 4.], shape=(2,), dtype=float64, op='*')"

    assert expected == repr(TensorValue([1.0, 2.0]) * 2)


@pytest.mark.parametrize("n", [3, 5000])
def test_a_sum_gives_every_entry_the_gradient_that_arrives(n):
    """Of long arrays, too, whose gradient is spread in another way."""
    x = TensorValue(np.ones((2, n)))
    x.sum().backward(3.0)

    assert np.array_equal(np.full((2, n), 3.0), x.grad)


@pytest.mark.parametrize("keep", [False, True])
def test_gradients_of_computed_tensors_are_kept_on_request(keep):
    """They were handed on, so they are dropped, unless a drawing wants them."""
    x = TensorValue(3.0)
    y = x * 2
    (y * y).backward(keep=keep)

    assert (12.0 if keep else None) == y.grad
    assert 24.0 == x.grad


def test_a_detached_tensor_gets_no_gradient():
    """It is a constant, whatever it was made from."""
    x = TensorValue(3.0)
    constant = x.detach()
    (x * constant).backward(keep=True)

    assert constant.grad is None
