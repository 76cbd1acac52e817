"""Arrays of no axis, of no entry, of one row and of more axes than NumPy has."""

import numpy as np
import pytest
from cases import CASES

import microgradx as mx
import microgradx.ops
import vhgrad
from microgradx import TensorValue
from vhgrad import nn

INF, NAN = np.inf, np.nan
AXES = (1,) * 64  # as many as NumPy has
LAYERS = {  # name: the layer, and the shape of one example
    "Linear": (lambda: nn.Linear(3, 2, seed=0), (3,)),
    "Layer": (lambda: nn.Layer(3, 2, seed=0), (3,)),
    "MLP": (lambda: nn.MLP(3, [4, 1], seed=0), (3,)),
    "Conv2d": (lambda: nn.Conv2d(2, 3, 3, padding=1, generator=0), (2, 5, 5)),
    "BatchNorm1d": (lambda: nn.BatchNorm1d(3), (3,)),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(2), (2, 5, 5)),
    "LayerNorm": (lambda: nn.LayerNorm(3), (3,)),
    "MaxPool2d": (lambda: nn.MaxPool2d(2), (2, 5, 5)),
    "AvgPool2d": (lambda: nn.AvgPool2d(2), (2, 5, 5)),
    "Embedding": (lambda: nn.Embedding(5, 2, generator=0), (4,)),
    "Dropout": (lambda: nn.Dropout(0.5, generator=0), (3,)),
    "Flatten": (lambda: nn.Flatten(), (2, 5)),
    "Sequential": (lambda: nn.Sequential(nn.Linear(3, 2, seed=0), nn.Tanh()), (3,)),
    **{
        name: (getattr(nn, name), (3,))
        for name in ("ELU", "GELU", "LeakyReLU", "ReLU", "SiLU", "Sigmoid", "Softplus", "Tanh")
    },
    **{name: (getattr(nn, name), (3,)) for name in ("Softmax", "LogSoftmax", "Identity")},
}


def batch(name, count):
    """So many examples, of which the first are always the same."""
    shape = (count, *LAYERS[name][1])
    rng = np.random.default_rng(0)
    if name == "Embedding":
        return rng.integers(5, size=shape)
    return TensorValue(rng.normal(size=shape).astype(np.float32))


def test_every_layer_is_in_the_table():
    """A new one has to be tried, too."""
    others = {"Module", "Parameter"}
    classes = {name for name in nn.__all__ if isinstance(getattr(nn, name), type)} - others

    assert set(LAYERS) == {name for name in classes if not name.endswith("Loss")}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("training", [True, False])
def test_one_example_is_treated_as_among_others(name, training):
    """The same row comes out; only what compares examples refuses to learn from one."""
    layer = LAYERS[name][0]().train(training)
    x, more = batch(name, 1), batch(name, 3)
    if training and name == "BatchNorm1d":
        with pytest.raises(ValueError, match="needs more than one number per channel"):
            layer(x)
        return
    one = layer(x)
    one.sum().backward()

    assert all(np.isfinite(p.grad).all() for p in layer.parameters())
    assert name == "Embedding" or x.shape == x.grad.shape
    if not (training and name in ("Dropout", "BatchNorm2d")):
        # another way through BLAS: some units in the last place of float32
        np.testing.assert_allclose(one.data[0], layer(more).data[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", LAYERS)
def test_no_example_is_no_output_and_moves_nothing(name):
    """The way through is that of the others; gradients are there, and 0."""
    layer = LAYERS[name][0]().train(not name.startswith("BatchNorm"))
    out = layer(batch(name, 0))
    out.sum().backward()

    assert (0, *layer(batch(name, 3)).shape[1:]) == out.shape
    assert all(p.shape == p.grad.shape and not p.grad.any() for p in layer.parameters())


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_operations_on_no_axis_and_on_no_entry(case, shape):
    """As on any other array."""
    leaves = [TensorValue(x) for x in case.inputs(np.random.default_rng(0), shape)]
    out = case.op(microgradx.ops)(*leaves)
    out.backward(np.ones(shape))

    expected = np.broadcast_to(case.oracle(*[leaf.data for leaf in leaves]), shape)
    np.testing.assert_allclose(out.data, expected, rtol=1e-14)
    assert [shape] * len(leaves) == [leaf.grad.shape for leaf in leaves]


@pytest.mark.parametrize(
    ("name", "whole", "column"),
    [
        *[("sum", 0.0, 0.0), ("prod", 1.0, 1.0), ("norm", 0.0, 0.0), ("logsumexp", -INF, -INF)],
        *[("mean", NAN, NAN), ("var", NAN, NAN), ("std", NAN, NAN)],
        *[("max", ValueError, ValueError), ("min", ValueError, ValueError)],
    ],
)
def test_reductions_of_nothing(name, whole, column):
    """The neutral element where there is one, nan where 0 is divided by 0, an error else."""
    for axis, expected in ((None, whole), (0, np.full(2, column)), (1, np.empty(0))):
        x = TensorValue(np.empty((0, 2)))
        if axis != 1 and whole is ValueError:
            with pytest.raises(ValueError, match=f"'{name}' expected at least one number"):
                getattr(x, name)(axis=axis)
            continue
        out = getattr(x, name)(axis=axis)
        out.backward(np.ones(out.shape))

        np.testing.assert_array_equal(out.data, expected)
        assert (0, 2) == x.grad.shape


@pytest.mark.parametrize(
    "beyond",
    [
        lambda x: x.reshape((1, *AXES)),
        lambda x: x.expand_dims(0),
        lambda x: x[None],
        lambda x: mx.broadcast_to(x, (1, *AXES)),
        lambda x: mx.stack([x, x]),
        lambda x: mx.take(x, [[0]], axis=0),
        lambda x: mx.one_hot(np.zeros(AXES, int), 2),
        lambda x: nn.Embedding(2, 3)(np.zeros(AXES, int)),
        lambda x: TensorValue(eval("[" * 65 + "1.0" + "]" * 65)),
    ],
)
def test_more_than_64_axes_are_refused_as_such(beyond):
    """The limit is named, not a shape that would not fit."""
    with pytest.raises((ValueError, IndexError), match=r"\b64\b"):
        beyond(TensorValue(np.ones(AXES)))


@pytest.mark.parametrize(
    "beyond",
    [
        lambda x: x.pad(1),  # 3**64 numbers
        lambda x: mx.broadcast_to(1.0, (2**40, 2**40)),
        lambda x: mx.broadcast_to([[1.0]], (2**40, 1)) + mx.broadcast_to([[1.0]], (1, 2**40)),
    ],
)
def test_more_entries_than_can_be_counted_are_refused_as_such(beyond):
    """NumPy's reason is handed on."""
    with pytest.raises(ValueError, match=r"reached a limit of NumPy: .* is (too )?(big|large)"):
        beyond(TensorValue(np.ones(AXES)))


def test_64_axes_work():
    """Sums, products, layers and losses, forward and back."""
    x = TensorValue(np.ones(AXES, np.float32))
    loss = vhgrad.mse(np.zeros(AXES), nn.Linear(1, 1, seed=0)(x + x) * x)
    loss.backward()

    assert AXES == x.grad.shape
