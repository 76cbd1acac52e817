"""Layers that normalise: over a batch, or over each example."""

import copy

import numpy as np
import pytest

from microgradx import TensorValue, gradcheck, no_grad
from vhgrad.nn import BatchNorm1d, BatchNorm2d, LayerNorm
from vhgrad.nn.functional import batch_norm, layer_norm

rng = np.random.default_rng(0)
IMAGES = 3 * rng.normal(size=(4, 3, 5, 6)) + 2


def test_batch_has_mean_0_and_variance_1_per_channel():
    """At the start, when scale is 1 and shift 0."""
    out = BatchNorm2d(3, eps=0.0, dtype=np.float64)(IMAGES).data

    np.testing.assert_allclose(out.mean((0, 2, 3)), 0, atol=1e-14)
    np.testing.assert_allclose(out.var((0, 2, 3)), 1)


def test_example_has_mean_0_and_variance_1():
    """Over the last axes, whatever the rest of the batch is."""
    layer = LayerNorm([5, 6], eps=0.0, dtype=np.float64)
    out = layer(IMAGES).data

    np.testing.assert_allclose(out.mean((2, 3)), 0, atol=1e-14)
    np.testing.assert_allclose(out.var((2, 3)), 1)
    np.testing.assert_allclose(layer(IMAGES[:1]).data, out[:1])


@pytest.mark.parametrize("shape", [(5, 3), (2, 3, 4), (2, 3, 2, 2)])
def test_batch_norm_gradients(shape):
    """Of input, weight and bias, in training and in use."""
    inputs = [rng.normal(size=shape), rng.normal(size=3), rng.normal(size=3)]
    mean, variance = np.array([0.5, -1.0, 0.0]), np.array([1.0, 2.0, 0.3])

    assert gradcheck(lambda x, w, b: batch_norm(x, None, None, w, b, training=True), inputs)
    assert gradcheck(lambda x, w, b: batch_norm(x, mean, variance, w, b), inputs)


@pytest.mark.parametrize("normalized", [4, (4,), (3, 4), (2, 3, 4)])
def test_layer_norm_gradients(normalized):
    """Of input, weight and bias."""
    inputs = [rng.normal(size=(2, 3, 4)), *rng.normal(size=(2, *np.atleast_1d(normalized)))]

    assert gradcheck(lambda x, w, b: layer_norm(x, normalized, w, b), inputs)
    assert gradcheck(lambda x: layer_norm(x, normalized), inputs[:1])


def test_running_averages():
    """The mean, and the variance with n - 1, move a tenth of the way to each batch's."""
    layer = BatchNorm1d(2, dtype=np.float64)
    x = np.array([[1.0, 10.0], [3.0, 30.0]])
    layer(x)

    np.testing.assert_allclose(layer.running_mean, [0.2, 2.0])
    np.testing.assert_allclose(layer.running_var, [0.9 + 0.2, 0.9 + 20.0])
    assert 1 == layer.num_batches_tracked


def test_an_array_that_was_set_as_an_average_stays_as_it_was():
    """It is somebody's; the layer goes on with one of its own."""
    layer, mine = BatchNorm1d(2, dtype=np.float64), np.array([7.0, 8.0])
    layer.running_mean = mine
    layer(rng.normal(size=(4, 2)))

    assert [7.0, 8.0] == mine.tolist()
    assert not np.array_equal(mine, layer.running_mean)


def test_without_momentum_the_average_is_that_of_all_batches():
    """Each batch counts the same, whenever it came."""
    layer = BatchNorm1d(2, momentum=None, dtype=np.float64)
    batches = rng.normal(size=(4, 8, 2))
    for batch in batches:
        layer(batch)

    np.testing.assert_allclose(layer.running_mean, batches.mean((0, 1)))
    np.testing.assert_allclose(layer.running_var, batches.var(1, ddof=1).mean(0))


def test_in_use_nothing_moves_and_the_averages_decide():
    """One example is normalised as it would be in any batch."""
    layer = BatchNorm2d(3, dtype=np.float64)
    layer(IMAGES)
    before = copy.deepcopy(layer.state_dict())
    layer.eval()
    together = layer(IMAGES).data

    np.testing.assert_allclose(layer(IMAGES[1:2]).data, together[1:2])
    assert all(np.array_equal(before[name], value) for name, value in layer.state_dict().items())


def test_without_averages_a_batch_is_normalised_by_itself_in_use_too():
    """There are no buffers then."""
    layer = BatchNorm1d(3, track_running_stats=False, dtype=np.float64)
    x = rng.normal(size=(6, 3))

    assert ["weight", "bias"] == list(layer.state_dict())
    assert np.array_equal(layer(x).data, layer.eval()(x).data)


def test_averages_move_under_no_grad():
    """The mode decides, not whether gradients are wanted."""
    layer = BatchNorm1d(3)
    with no_grad():
        layer(rng.normal(size=(6, 3)))

    assert 1 == layer.num_batches_tracked


def test_state_has_pytorchs_names_in_order():
    """Parameters first, then averages; the counter stays a whole number."""
    layer = BatchNorm1d(3)
    layer(np.ones((2, 3)))
    state = layer.state_dict()

    assert ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"] == list(state)
    assert isinstance(layer.num_batches_tracked, np.ndarray)
    assert "i" == state["num_batches_tracked"].dtype.kind


@pytest.mark.parametrize("shape", [(1, 3), (0, 3), (1, 3, 1)])
def test_one_number_per_channel(shape):
    """Its variance is 0 whatever it is, so nothing could be learned: an error, and no count."""
    layer = BatchNorm1d(3)
    with pytest.raises(ValueError, match="more than one number per channel in training"):
        layer(np.zeros(shape))

    assert 0 == layer.num_batches_tracked
    assert shape == layer.eval()(np.zeros(shape)).shape


@pytest.mark.parametrize(
    ("layer", "shape", "says"),
    [
        (BatchNorm1d(3), (4, 2), r"\(batch, 3\) or \(batch, 3, length\), got \(4, 2\)"),
        (BatchNorm1d(3), (4, 3, 2, 2), r"got \(4, 3, 2, 2\)"),
        (BatchNorm2d(3), (4, 3), r"\(batch, 3, height, width\), got \(4, 3\)"),
        (LayerNorm(3), (4, 2), r"\(..., 3\), got \(4, 2\)"),
        (LayerNorm([2, 3]), (3,), r"\(..., 2, 3\), got \(3,\)"),
    ],
)
def test_inputs_of_another_shape(layer, shape, says):
    """The error names both shapes."""
    with pytest.raises(ValueError, match=rf"(?i){type(layer).__name__[:5]}.* of shape .*{says}"):
        layer(np.zeros(shape))


def test_equal_numbers_become_0():
    """eps keeps the division finite, forwards and backwards."""
    for layer in (BatchNorm1d(2), LayerNorm(2)):
        x = TensorValue(np.full((3, 2), 0.1))
        out = layer(x)
        (out * out + out).sum().backward()

        assert np.all(np.abs(out.data) < 1e-12)
        assert np.all(np.isfinite(x.grad))


def test_two_batches_before_one_backward():
    """Each has its own mean and variance."""
    layer = BatchNorm1d(3, dtype=np.float64)
    x, y = (TensorValue(rng.normal(size=(4, 3))) for _ in range(2))
    first = layer(x)
    weights = rng.normal(size=(4, 3))
    (first * weights).sum().backward()
    alone = x.grad
    again = TensorValue(x.data)
    first, _ = layer(again), layer(y)
    (first * weights).sum().backward()

    assert np.array_equal(alone, again.grad)


def test_dtype_of_layer_and_input():
    """Plain arrays take the layer's; float32 tensors stay float32."""
    for layer, shape in ((BatchNorm1d(3), (4, 3)), (LayerNorm(3), (4, 3))):
        x = TensorValue(np.ones(shape, np.float32))
        for mode in (True, False):
            layer.train(mode)
            assert np.float32 == layer(x).dtype == layer(np.ones(shape, int)).dtype
        layer(x).sum().backward()
        assert np.float32 == x.grad.dtype == layer.weight.grad.dtype


def test_settings_that_make_no_sense():
    """Refused when the layer is made."""
    with pytest.raises(ValueError, match="BatchNorm1d needs a channel or more, got 0"):
        BatchNorm1d(0)
    with pytest.raises(ValueError, match="`normalized_shape` needs a length or more"):
        LayerNorm([])
    with pytest.raises(ValueError, match="needs running averages, or training=True"):
        batch_norm(np.ones((2, 3)), None, None)


def test_repr():
    """As in PyTorch."""
    assert repr(BatchNorm2d(3)) == (
        "BatchNorm2d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)"
    )
    assert "LayerNorm((4,), eps=1e-05, elementwise_affine=True)" == repr(LayerNorm(4))


def test_averages_that_overflowed_do_not_warn():
    """In use, after training that went wrong: the outputs are nan, and that is the message."""
    norm = BatchNorm1d(1, eps=0.0, affine=False).eval()
    for mean, variance in ((np.inf, np.inf), (0.0, 0.0), (0.0, -1.0)):
        norm.running_mean = np.array([mean], np.float32)
        norm.running_var = np.array([variance], np.float32)

        assert not np.isfinite(norm([[1.0]]).data).any()


@pytest.mark.parametrize("numbers", [300, 70_000])
def test_float16_is_normalised_as_far_as_it_reaches(numbers):
    """Sums over a batch, and counts, may be larger than the largest number of float16."""
    x = (300 + np.random.default_rng(0).normal(size=(numbers, 1)) * 3).astype(np.float16)
    norm = BatchNorm1d(1, dtype=np.float16)
    out = norm(x).data.astype(np.float64)

    assert np.isclose(0.0, out.mean(), atol=0.05)
    assert np.isclose(1.0, out.std(), rtol=0.05)
