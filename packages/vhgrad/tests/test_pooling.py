"""Pooling: the layers and the operations behind them."""

import itertools

import numpy as np
import pytest

from microgradx import TensorValue, gradcheck
from vhgrad.nn import MaxPool2d
from vhgrad.nn.functional import max_pool2d

SETTINGS = [  # kernel, stride, padding, dilation
    (2, None, 0, 1),
    (3, 2, 1, 1),
    ((2, 3), (1, 2), (1, 0), 1),
    (2, 1, 1, 2),
    (2, 3, 0, 1),
]


def naive_max(x, kernel, stride, padding, dilation):
    """The largest number of every window, one window at a time."""
    (p, q), (a, b) = padding, dilation
    x = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)), constant_values=-np.inf)
    rows = (x.shape[2] - a * (kernel[0] - 1) - 1) // stride[0] + 1
    columns = (x.shape[3] - b * (kernel[1] - 1) - 1) // stride[1] + 1
    out = np.zeros((*x.shape[:2], rows, columns))
    for n, c, i, j in itertools.product(*map(range, out.shape)):
        top, left = i * stride[0], j * stride[1]
        out[n, c, i, j] = x[n, c, top:, left:][: a * kernel[0] : a, : b * kernel[1] : b].max()
    return out


@pytest.mark.parametrize("settings", SETTINGS)
def test_max_pool_equals_a_loop_over_windows(settings):
    """The largest of every window, wherever windows lie."""
    layer, x = MaxPool2d(*settings), np.random.default_rng(0).normal(size=(2, 3, 7, 8))
    wanted = naive_max(x, layer.kernel_size, layer.stride, layer.padding, layer.dilation)

    assert np.array_equal(wanted, layer(x).data)


@pytest.mark.parametrize("settings", SETTINGS)
def test_max_pool_gradients(settings):
    """Only the largest has one."""
    assert gradcheck(
        lambda x: max_pool2d(x, *settings), [np.random.default_rng(0).normal(size=(2, 2, 5, 6))]
    )


def test_first_of_equals_takes_the_gradient():
    """As in PyTorch: a window hands its gradient to one number."""
    x = TensorValue(np.zeros((1, 1, 4, 4)))
    max_pool2d(x, 2).sum().backward()

    assert [[1, 0, 1, 0], [0, 0, 0, 0]] * 2 == x.grad[0, 0].tolist()
