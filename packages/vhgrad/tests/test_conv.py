"""Convolution: the layer and the operation behind it."""

import itertools

import numpy as np
import pytest

from microgradx import TensorValue, gradcheck
from vhgrad.nn import Conv2d
from vhgrad.nn.functional import conv2d

SETTINGS = [  # kernel, stride, padding, dilation, groups
    ((3, 3), 1, 1, 1, 1),
    ((2, 3), (2, 1), (0, 2), 1, 2),
    ((3, 2), (1, 3), (2, 1), (1, 2), 4),
    ((1, 1), 1, 0, 1, 1),
    ((2, 2), 3, 0, (2, 1), 2),
    ((3, 4), 1, "same", (2, 1), 1),
    ((3, 3), 2, "valid", 1, 1),
]


def naive(x, weight, bias, stride, around, dilation, groups):
    """Convolution as the textbook writes it: one number at a time."""
    (above, below), (left, right) = around
    x = np.pad(x, ((0, 0), (0, 0), (above, below), (left, right)))
    filters, channels, high, wide = weight.shape
    rows = (x.shape[2] - dilation[0] * (high - 1) - 1) // stride[0] + 1
    columns = (x.shape[3] - dilation[1] * (wide - 1) - 1) // stride[1] + 1
    out = np.zeros((len(x), filters, rows, columns))
    for n, f, r, c in itertools.product(*map(range, out.shape)):
        first = f // (filters // groups) * channels
        for k, i, j in itertools.product(range(channels), range(high), range(wide)):
            row, column = r * stride[0] + i * dilation[0], c * stride[1] + j * dilation[1]
            out[n, f, r, c] += weight[f, k, i, j] * x[n, first + k, row, column]
        out[n, f, r, c] += bias[f]
    return out


def draws(kernel, groups, n=2, height=7, width=8):
    """Images, filters and biases."""
    rng = np.random.default_rng(0)
    return (
        rng.normal(size=(n, 4, height, width)),
        rng.normal(size=(8, 4 // groups, *kernel)),
        rng.normal(size=8),
    )


@pytest.mark.parametrize(("kernel", "stride", "padding", "dilation", "groups"), SETTINGS)
def test_equals_the_sum_written_out(kernel, stride, padding, dilation, groups):
    """Unfolding gives what a loop over every number gives."""
    x, weight, bias = draws(kernel, groups)
    layer = Conv2d(4, 8, kernel, stride, padding, dilation, groups, dtype=np.float64)
    layer.weight.data, layer.bias.data = weight, bias
    around = {"same": ((2, 2), (1, 2)), "valid": ((0, 0), (0, 0))}.get(padding) or [
        (p, p) for p in layer.padding
    ]
    wanted = naive(x, weight, bias, layer.stride, around, layer.dilation, groups)

    np.testing.assert_allclose(layer(x).data, wanted, atol=1e-12)


@pytest.mark.parametrize(("kernel", "stride", "padding", "dilation", "groups"), SETTINGS)
def test_gradients(kernel, stride, padding, dilation, groups):
    """All three gradients are the slopes that are measured."""
    inputs = draws(kernel, groups, height=5, width=5)

    assert gradcheck(lambda *parts: conv2d(*parts, stride, padding, dilation, groups), inputs)
    assert gradcheck(
        lambda *parts: conv2d(*parts, None, stride, padding, dilation, groups), inputs[:2]
    )


def test_more_images_than_fit_the_cache():
    """Blocks of images give what one image at a time gives, forwards and backwards."""
    rng = np.random.default_rng(1)
    x, g = rng.normal(size=(37, 4, 16, 16)), rng.normal(size=(37, 4, 16, 16))
    layer = Conv2d(4, 4, 3, padding=1, dtype=np.float64)
    whole = TensorValue(x)
    layer(whole).backward(g)
    together = layer.weight.grad
    layer.zero_grad()
    parts = []
    for image, from_above in zip(x, g):
        alone = TensorValue(image[None])
        layer(alone).backward(from_above[None])
        parts.append(alone.grad)

    np.testing.assert_allclose(np.concatenate(parts), whole.grad, atol=1e-12)
    np.testing.assert_allclose(layer.weight.grad, together, atol=1e-11)
