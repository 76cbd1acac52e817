"""Activations as layers and as functions."""

import math

import numpy as np
import pytest

import microgradx
from microgradx import TensorValue, gradcheck
from vhgrad import nn
from vhgrad.nn import functional as F
from vhgrad.ops.error_function import erfc

LAYERS = [
    nn.ReLU(),
    nn.LeakyReLU(0.2),
    nn.Tanh(),
    nn.Sigmoid(),
    nn.GELU(),
    nn.GELU("tanh"),
    nn.SiLU(),
    nn.ELU(0.5),
    nn.Softplus(2.0, 1.5),
    nn.Softmax(),
    nn.LogSoftmax(0),
]
# no two places nearer to a corner than the step of the check
X = np.random.default_rng(0).normal(size=(3, 7)) * 2


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_gradients(layer):
    """The slopes that are measured, but for softplus beyond its threshold, 2e-2 off by design."""
    x = X.clip(None, 0.7) if isinstance(layer, nn.Softplus) else X

    assert gradcheck(layer, [x])


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_shape_and_dtype_stay(layer):
    """Of tensors, of plain arrays, of float32 and float16, and of nothing."""
    for dtype in (np.float16, np.float32, np.float64):
        for shape in ((2, 3), (4,), (0, 3)):
            x = TensorValue(np.ones(shape), dtype=dtype)
            out = layer(x)
            out.sum().backward()

            assert (shape, dtype) == (out.shape, out.dtype) == (x.grad.shape, x.grad.dtype)
            assert np.array_equal(out.data, layer(np.ones(shape, dtype)).data)


def test_error_function():
    """As accurate as the standard library's, over its whole range and at the seams."""
    seams = [0.46875, np.nextafter(0.46875, 1), 4.0, np.nextafter(4.0, 5), 26.6, 0.0, 1e-300, 1e300]
    a = np.concatenate([np.linspace(0, 27, 100_001), seams])
    wanted = np.array([math.erfc(x) for x in a])

    np.testing.assert_allclose(erfc(a), wanted, rtol=1e-13, atol=1e-300)
    assert np.isnan(erfc(np.array([np.nan])))
    assert 0.0 == erfc(np.array([np.inf]))


def test_gelu_is_exact_by_default():
    """x times the share of the normal distribution below x; far out, x or almost nothing."""
    x = np.linspace(-12, 12, 4001)
    wanted = [v * 0.5 * math.erfc(-v / math.sqrt(2)) for v in x]

    np.testing.assert_allclose(F.gelu(x).data, wanted, rtol=1e-12)
    assert np.abs(F.gelu(x).data - F.gelu(x, "tanh").data).max() < 5e-4
    assert np.array_equal(microgradx.gelu(x).data, F.gelu(x, approximate="tanh").data)


def test_gelu_slope_at_and_near_0():
    """One half, where the share cannot be had from the result any more."""
    x = TensorValue([0.0, -0.0, 5e-324, 1e-310, -1e-40, 1e3, -1e3])
    F.gelu(x).sum().backward()

    np.testing.assert_allclose(x.grad, [0.5, 0.5, 0.5, 0.5, 0.5, 1, 0], atol=1e-15)


def test_softplus_beyond_its_threshold():
    """x itself, whose slope is 1."""
    x = TensorValue([21.0, 1e3, -1e3])
    out = F.softplus(x)
    out.sum().backward()

    assert [21.0, 1e3, 0.0] == out.data.tolist()
    assert [1.0, 1.0, 0.0] == x.grad.tolist()


def test_softmax_along_any_axis():
    """`dim` as in PyTorch or `axis` as in NumPy; the last by default."""
    for layer in (nn.Softmax(0), nn.Softmax(dim=0), nn.Softmax(axis=0)):
        np.testing.assert_allclose(layer(X).data.sum(0), 1)
    np.testing.assert_allclose(nn.Softmax()(X).data.sum(-1), 1)
    np.testing.assert_allclose(np.exp(nn.LogSoftmax(axis=1)(X).data), nn.Softmax(1)(X).data)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: nn.GELU("fast"), "'none' or 'tanh', got 'fast'"),
        (lambda: nn.Softplus(0), "positive `beta`, got 0"),
        (lambda: nn.Softmax(2)(X), r"axis=2 to be an axis.*\(3, 7\)"),
    ],
)
def test_settings_that_make_no_sense(make, says):
    """The error names them."""
    with pytest.raises(ValueError, match=says):
        make()


def test_functions_take_settings_as_pytorch_does():
    """By name or in order."""
    assert np.array_equal(F.leaky_relu(X, 0.3).data, nn.LeakyReLU(0.3)(X).data)
    assert np.array_equal(F.elu(X, alpha=0.3).data, nn.ELU(0.3)(X).data)
    assert np.array_equal(F.softmax(X, dim=0).data, nn.Softmax(0)(X).data)
    assert np.array_equal(F.softplus(X, beta=3).data, nn.Softplus(3)(X).data)


def test_repr():
    """Settings are shown."""
    shown = [repr(layer) for layer in LAYERS]

    assert ["ReLU()", "LeakyReLU(negative_slope=0.2)"] == shown[:2]
    assert ["Softplus(beta=2.0, threshold=1.5)", "Softmax(dim=-1)", "LogSoftmax(dim=0)"] == shown[
        -3:
    ]
