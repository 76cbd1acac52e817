"""The functions of the package: NumPy's names, the same results as the methods."""

import inspect

import numpy as np
import pytest

import microgradx as mx
from microgradx import TensorValue, ops

X = np.random.default_rng(0).uniform(0.5, 2.0, (2, 3))
CALLS = {
    "broadcast_to": ((4, 2, 3),),
    "clip": (0.7, 1.5),
    "cumsum": (1,),
    "elu": (0.5,),
    "expand_dims": (1,),
    "flatten": (),
    "leaky_relu": (0.2,),
    "log_softmax": (0,),
    "logsumexp": (1, True),
    "max": (0,),
    "mean": (-1,),
    "min": (1,),
    "norm": (0,),
    "pad": (1, 2.0),
    "permute": (),
    "prod": (1,),
    "reshape": ((3, 2),),
    "softmax": (-1,),
    "squeeze": (),
    "std": (0, 1),
    "sum": ((0, 1), True),
    "swapaxes": (0, 1),
    "take": ([0, 0, 4],),
    "take_along_axis": ([[0, 2], [1, 1]], 1),
    "transpose": (),
    "var": (0,),
}
POINTWISE = [
    *["absolute", "add", "cos", "div", "exp", "expm1", "gelu", "log", "log1p", "matmul", "maximum"],
    *["minimum", "mul", "neg", "pow", "relu", "sigmoid", "silu", "sin", "softplus", "sqrt", "sub"],
    *["tanh", "where"],
]
OTHERS = ["concatenate", "einsum", "one_hot", "power", "split", "stack"]  # tested by themselves


@pytest.mark.parametrize("name", CALLS)
def test_functions_are_the_methods(name):
    """`sum(x, axis)` and `x.sum(axis)` give the same numbers by the same operation."""
    x = TensorValue(X)
    by_call, by_method = getattr(mx, name)(x, *CALLS[name]), getattr(x, name)(*CALLS[name])

    assert by_method.op is by_call.op
    np.testing.assert_array_equal(by_method.data, by_call.data)


@pytest.mark.parametrize("name", CALLS)
def test_functions_take_arrays_and_lists(name):
    """Of plain numbers the result is the same, but nothing can receive a gradient."""
    of_tensor = getattr(mx, name)(TensorValue(X), *CALLS[name])
    for plain in (X, X.tolist()):
        out = getattr(mx, name)(plain, *CALLS[name])
        with pytest.raises(RuntimeError, match="plain numbers and arrays"):
            out.backward(np.ones(out.shape))

        np.testing.assert_array_equal(of_tensor.data, out.data)


def test_settings_by_name_give_the_same_operation():
    """However a setting is written, it is the same one."""
    x = TensorValue(X)
    made = [mx.sum(x, axis=0), mx.sum(x, 0), x.sum(0), x.sum(axis=0, keepdims=False)]

    assert {ops.sum_over(0)} == {t.op for t in made}


def test_settings_of_other_types_are_told_apart():
    """An axis 1.0 is an error, also after an axis 1 was used."""
    x = TensorValue(X)
    x.sum(1)
    with pytest.raises(TypeError):
        x.sum(1.0)


def test_powers():
    """A number or a tensor as exponent."""
    x = TensorValue(X)

    np.testing.assert_allclose(X**3, mx.power(x, 3).data, rtol=1e-15)
    np.testing.assert_allclose(X**X, mx.pow(x, X).data, rtol=1e-15)


def test_split_takes_sections_or_places():
    """As in NumPy, also with an empty part."""
    parts = [mx.split(X, 3, axis=1), mx.split(X, [1, 1], axis=1), mx.split(np.ones((0, 2)), 2)]

    assert [[(2, 1)] * 3, [(2, 1), (2, 0), (2, 2)], [(0, 2)] * 2] == [
        [t.shape for t in row] for row in parts
    ]


@pytest.mark.parametrize("shape", [(), (3,), (2, 2)], ids=str)
def test_one_hot_adds_an_axis(shape):
    """One row per label, of the dtype that is asked for."""
    labels = np.arange(int(np.prod(shape))).reshape(shape)
    rows = mx.one_hot(labels, 5, dtype=np.float32)

    assert (np.float32, (*shape, 5)) == (rows.dtype, rows.shape)
    np.testing.assert_array_equal(labels, rows.argmax(-1))


def test_every_function_is_tested():
    """A new name in `calls` or among the operations needs a line above."""
    tested = {*CALLS, *POINTWISE, *OTHERS}

    assert set() == set(mx.calls.__all__) - tested
    assert set() == tested - set(mx.__all__)


def test_interior_gradients_are_kept_on_request():
    """They are dropped when they have been handed on, unless a drawing is to show them."""
    x = TensorValue([1.0, 2.0])
    square = x * x
    square.sum().backward()
    dropped = square.grad
    square.sum().backward(keep=True)

    assert (None, [1.0, 1.0], [4.0, 8.0]) == (dropped, square.grad.tolist(), x.grad.tolist())


@pytest.mark.parametrize("name", CALLS)
def test_help_shows_the_function_that_is_called(name):
    """Its own name and signature, the tensor first, and an example that calls it."""
    call = getattr(mx, name)

    assert "x" == next(iter(inspect.signature(call).parameters))
    assert f">>> {call.__name__}(" in call.__doc__
    assert call is getattr(mx, call.__name__)
