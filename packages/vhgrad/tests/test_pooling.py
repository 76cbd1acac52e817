"""Pooling: the layers and the operations behind them."""

import itertools

import numpy as np
import pytest

from microgradx import TensorValue, gradcheck
from vhgrad.nn import AvgPool2d, MaxPool2d
from vhgrad.nn.functional import avg_pool2d, max_pool2d
from vhgrad.ops import avg_pool, max_pool
from vhgrad.ops.windows import Sweep

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


def naive_mean(x, kernel, stride, padding, count_border):
    """The mean of every window; `None` marks what does not count."""
    high, wide = x.shape[2:]
    top, side = padding
    rows = (high + 2 * top - kernel[0]) // stride[0] + 1
    columns = (wide + 2 * side - kernel[1]) // stride[1] + 1
    out = np.zeros((*x.shape[:2], rows, columns))
    for n, c, i, j in itertools.product(*map(range, out.shape)):
        numbers = []
        for a, b in itertools.product(*map(range, kernel)):
            row, column = i * stride[0] + a - top, j * stride[1] + b - side
            within = 0 <= row < high and 0 <= column < wide
            if within or count_border:
                numbers.append(x[n, c, row, column] if within else 0.0)
        out[n, c, i, j] = np.mean(numbers)
    return out


@pytest.mark.parametrize("count_border", [True, False])
@pytest.mark.parametrize("settings", [(2,), (3, 2, 1), ((2, 3), (1, 2), (1, 0)), (2, 3)])
def test_avg_pool_equals_a_loop_over_windows(settings, count_border):
    """The mean of every window, with and without the border's zeros."""
    layer = AvgPool2d(*settings, count_include_pad=count_border)
    x = np.random.default_rng(0).normal(size=(2, 3, 7, 8))
    wanted = naive_mean(x, layer.kernel_size, layer.stride, layer.padding, count_border)

    np.testing.assert_allclose(layer(x).data, wanted, atol=1e-14)


@pytest.mark.parametrize("settings", [(2,), (3, 2, 1), (3, 2, 1, True), (3, 2, 1, True, False)])
def test_avg_pool_gradients(settings):
    """Every number of a window has its share."""
    x = np.random.default_rng(0).normal(size=(2, 2, 5, 6))

    assert gradcheck(lambda x: avg_pool2d(x, *settings), [x])


def test_first_of_equals_is_meant_in_reading_order():
    """Of 3s at the upper right and the lower left, the upper one is first."""
    x = TensorValue([[[[1.0, 3.0], [3.0, 2.0]]]])
    max_pool2d(x, 2).sum().backward()

    assert [[0, 1], [0, 0]] == x.grad[0, 0].tolist()


def test_nan_is_the_largest_and_takes_the_gradient():
    """Wherever in its window it stands."""
    for place in np.ndindex(3, 3):
        numbers = np.ones((1, 1, 3, 3))
        numbers[0, 0][place] = np.nan
        x = TensorValue(numbers)
        out = max_pool2d(x, 3)
        out.sum().backward()

        assert np.isnan(out.item())
        assert np.array_equal(np.isnan(numbers), x.grad == 1)


def test_border_is_never_the_largest_and_never_counts_without_leave():
    """Of negative numbers the largest is negative; of ones the mean is 1."""
    x = np.full((1, 1, 3, 3), -2.0)

    assert -2 == max_pool2d(x, 2, padding=1).data.max()
    assert np.all(1 == avg_pool2d(-x / 2, 2, padding=1, count_include_pad=False).data)


def test_last_window_reaches_beyond_with_ceil_mode():
    """Seven rows are four windows of two; the last sees one row and its mean is of that one."""
    x = np.arange(7.0).reshape(1, 1, 7, 1)

    assert [1, 3, 5, 6] == max_pool2d(x, (2, 1), ceil_mode=True).data.ravel().tolist()
    assert [0.5, 2.5, 4.5, 6] == avg_pool2d(x, (2, 1), ceil_mode=True).data.ravel().tolist()
    assert [1, 3, 5] == max_pool2d(x, (2, 1)).data.ravel().tolist()


@pytest.mark.parametrize("layer", [MaxPool2d(2), AvgPool2d(2)])
def test_of_no_images_and_of_images_in_another_shape(layer):
    """None give none; rows and small images are refused by name."""
    name = type(layer).__name__

    assert (0, 3, 2, 2) == layer(np.zeros((0, 3, 4, 4))).shape
    with pytest.raises(ValueError, match=rf"{name} expected .*height, width\), got \(8, 16\)"):
        layer(np.zeros((8, 16)))
    with pytest.raises(
        ValueError, match=r"no smaller than a window, which spans 2.*\(1, 1, 4, 1\)"
    ):
        layer(np.zeros((1, 1, 4, 1)))


@pytest.mark.parametrize("layer", [MaxPool2d, AvgPool2d])
def test_settings_that_make_no_sense(layer):
    """They are refused when the layer is made."""
    with pytest.raises(ValueError, match="at most half its size, got 2"):
        layer(2, padding=2)
    with pytest.raises(ValueError, match="`stride`"):
        layer(2, 0)
    with pytest.raises(TypeError, match="`kernel_size`"):
        layer("2")


def test_two_pools_before_one_backward():
    """Nothing of the first is written over by the second."""
    x = TensorValue(np.random.default_rng(1).normal(size=(1, 1, 4, 4)))
    pool = MaxPool2d(2)
    first, second = pool(x), pool(-x)
    (first - 3 * second).sum().backward()

    assert {*first.data.ravel()} == {*x.data[x.grad == 1]}
    assert {*second.data.ravel()} == {*-x.data[x.grad == 3]}


def test_float32_stays_float32():
    """Counts and borders do not widen numbers."""
    x = TensorValue(np.ones((1, 1, 5, 5), np.float32))
    for layer in (MaxPool2d(3, 2, 1), AvgPool2d(3, 2, 1, True, False)):
        out = layer(x)
        out.sum().backward()

        assert np.float32 == out.dtype == x.grad.dtype


def test_repr():
    """As in PyTorch."""
    assert "MaxPool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))" == repr(MaxPool2d(2))
    assert repr(AvgPool2d(3, ceil_mode=True)).endswith("ceil_mode=True)")


@pytest.mark.parametrize("axis", [-1, -2])
@pytest.mark.parametrize("pool", [max_pool, avg_pool])
def test_gradients_along_one_axis(pool, axis):
    """Images are pooled along both, and two wrong signs would make a right one."""
    x = np.random.default_rng(0).normal(size=(1, 2, 5, 6))

    assert gradcheck(pool(axis, Sweep(3, stride=2, before=1, after=1)), [x])
