"""Convolution: the layer and the operation behind it."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from microgradx import TensorValue, gradcheck, manual_seed
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


def test_default_initialisation_is_pytorchs():
    """Weights and biases lie within ±1/sqrt(numbers per filter) and fill that range."""
    layer = Conv2d(8, 64, 3, groups=2, generator=0)
    bound = 1 / np.sqrt(4 * 3 * 3)

    assert ((64, 4, 3, 3), (64,)) == (layer.weight.shape, layer.bias.shape)
    for parameter in (layer.weight, layer.bias):
        assert 0.9 * bound < np.abs(parameter.data).max() <= bound
    assert np.float32 == layer.weight.dtype


def test_same_seed_same_weights():
    """In bytes; None draws from the default generator."""
    manual_seed(5)
    first, default = (Conv2d(2, 2, 3, generator=g).weight.data.tobytes() for g in (1, None))
    manual_seed(5)

    assert first == Conv2d(2, 2, 3, generator=1).weight.data.tobytes()
    assert default == Conv2d(2, 2, 3).weight.data.tobytes()


def test_without_bias():
    """There is none, neither among the parameters."""
    layer = Conv2d(1, 2, 3, bias=False)

    assert layer.bias is None
    assert ["weight"] == [name for name, _ in layer.named_parameters()]


def test_a_batch_as_plain_array_gets_no_gradient_and_the_layers_dtype():
    """Images are constants: only the filters learn."""
    layer = Conv2d(1, 2, 3)
    out = layer(np.ones((2, 1, 4, 4), np.uint8))
    out.sum().backward()

    assert np.float32 == out.dtype == layer.weight.grad.dtype
    assert not isinstance(out.inputs[0], TensorValue)


def test_of_no_images():
    """Outputs of the right shape, and gradients of 0."""
    layer, x = Conv2d(3, 4, 3), TensorValue(np.zeros((0, 3, 5, 6), np.float32))
    out = layer(x)
    out.backward(np.zeros(out.shape))

    assert (0, 4, 3, 4) == out.shape
    assert (0, 3, 5, 6) == x.grad.shape
    assert 0 == np.abs(layer.weight.grad).sum() + np.abs(layer.bias.grad).sum()


@pytest.mark.parametrize("order", ["C", "F"])
def test_of_images_in_any_layout(order):
    """Transposed, reversed and strided images are the same images."""
    rng = np.random.default_rng(2)
    x = np.asarray(rng.normal(size=(3, 2, 6, 7)), order=order)
    wide = np.zeros((3, 2, 6, 14))
    wide[..., ::2] = x
    backwards = np.ascontiguousarray(x[..., ::-1])[..., ::-1]
    layer = Conv2d(2, 3, 3, dtype=np.float64)
    wanted = layer(np.ascontiguousarray(x)).data

    for same in (x, wide[..., ::2], backwards):
        assert np.array_equal(wanted, layer(same).data)


def test_used_twice_before_one_backward():
    """Nothing that an earlier call left behind is written over by a later one."""
    rng = np.random.default_rng(3)
    layer = Conv2d(2, 2, 3, padding=1, dtype=np.float64)
    x, y = rng.normal(size=(2, 2, 2, 5, 5))

    def both(filters):
        return (
            conv2d(conv2d(x, filters), filters) * conv2d(y, filters, padding=1)[..., 1:2, 1:2]
        ).sum()

    assert gradcheck(both, [layer.weight.data])
    first, second = layer(x), layer(y)
    second.sum().backward()
    alone = layer.weight.grad
    layer.zero_grad()
    first.sum().backward()
    layer_again = layer(x).sum()
    expected = layer.weight.grad
    layer.zero_grad()
    layer_again.backward()

    assert np.array_equal(expected, layer.weight.grad)
    assert not np.allclose(alone, expected)


def test_threads_do_not_share_memory():
    """Each thread has the outputs and gradients that it would have alone."""
    layer = Conv2d(3, 8, 3, padding=1, dtype=np.float64)
    images = np.random.default_rng(4).normal(size=(8, 16, 3, 12, 12))

    def work(x):
        leaf = TensorValue(x)
        conv2d(leaf, layer.weight.data, padding=1).tanh().sum().backward()
        return leaf.grad

    alone = [work(x) for x in images]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(work, images))

    assert all(map(np.array_equal, alone, together))


def test_same_keeps_the_size_and_needs_stride_1():
    """Also with even filters, and with gaps in them."""
    for kernel, dilation in ((3, 1), (4, 1), ((2, 5), 2)):
        layer = Conv2d(1, 1, kernel, padding="same", dilation=dilation)
        assert (2, 1, 9, 8) == layer(np.zeros((2, 1, 9, 8))).shape
    with pytest.raises(ValueError, match="padding='same' needs a stride of 1, got"):
        Conv2d(1, 1, 3, stride=2, padding="same")


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ((2, 1, 5, 5), r"shape \(batch, 3, height, width\), got \(2, 1, 5, 5\)"),
        ((3, 5, 5), r"got \(3, 5, 5\); add a batch axis with x\[None\]"),
        ((2, 5, 5, 3), r"put the channels second with x.transpose\(0, 3, 1, 2\)"),
        ((75,), r"got \(75,\)"),
    ],
)
def test_images_of_another_shape(shape, says):
    """The error names both shapes, and where it can, what to do."""
    with pytest.raises(ValueError, match=f"Conv2d expected inputs of .*{says}"):
        Conv2d(3, 4, 3)(np.zeros(shape))


def test_filters_larger_than_the_images():
    """Border included: the error names filters and images."""
    layer = Conv2d(1, 1, 5, padding=1)

    assert (1, 1, 1, 1) == layer(np.zeros((1, 1, 3, 3))).shape
    with pytest.raises(ValueError, match=r"no larger than the images.*\(1, 1, 2, 9\)"):
        layer(np.zeros((1, 1, 2, 9)))


@pytest.mark.parametrize(
    ("settings", "error", "says"),
    [
        ({"groups": 2}, ValueError, "in_channels=3 and out_channels=4, got 2"),
        ({"groups": 0}, ValueError, "got 0"),
        ({"kernel_size": 0}, ValueError, "`kernel_size` needs numbers of 1 or more, got 0"),
        ({"stride": 0}, ValueError, "`stride`"),
        ({"dilation": (1, 0)}, ValueError, "`dilation`"),
        ({"padding": -1}, ValueError, "`padding` needs numbers of 0 or more"),
        ({"padding": "full"}, ValueError, "'same' or 'valid', got 'full'"),
        ({"kernel_size": 2.5}, TypeError, "`kernel_size` needs a whole number or two, got 2.5"),
        ({"kernel_size": (1, 2, 3)}, TypeError, "or two"),
        ({"in_channels": 0}, ValueError, "in_channels"),
    ],
)
def test_settings_that_make_no_sense(settings, error, says):
    """They are refused when the layer is made."""
    with pytest.raises(error, match=says):
        Conv2d(**{"in_channels": 3, "out_channels": 4, "kernel_size": 3, **settings})


def test_function_with_filters_that_do_not_fit():
    """The error names all shapes."""
    x = TensorValue(np.zeros((1, 4, 5, 5)))
    for weight in (np.zeros((2, 3, 3, 3)), np.zeros((2, 5, 3, 3))):
        with pytest.raises(ValueError, match=r"'conv2d' expected images.*\(1, 4, 5, 5\) and \(2"):
            conv2d(x, weight)
    with pytest.raises(ValueError, match=r"'conv2d'.*got shapes"):
        conv2d(x, np.zeros((3, 2, 3, 3)), groups=2)
    with pytest.raises(ValueError, match=r"filters of shape.*got \(3, 3\)"):
        conv2d(x, np.zeros((3, 3)))
    with pytest.raises(ValueError, match="'conv2d'"):
        conv2d(x, np.zeros((2, 4, 3, 3)), np.zeros(3))


def test_stale_graph():
    """Filters changed between forward and backward are noticed."""
    layer = Conv2d(1, 1, 3)
    loss = layer(np.ones((1, 1, 5, 5))).sum()
    layer.weight.data = layer.weight.data * 2

    with pytest.raises(RuntimeError, match="was changed after 'conv2d' had used it"):
        loss.backward()


def test_repr_shows_what_is_not_the_default():
    """As in PyTorch."""
    plain, full = Conv2d(3, 8, 3), Conv2d(4, 8, (1, 3), 2, "valid", 2, 4, bias=False)

    assert "Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))" == repr(plain)
    assert repr(full) == (
        "Conv2d(4, 8, kernel_size=(1, 3), stride=(2, 2), dilation=(2, 2), groups=4, bias=False)"
    )
