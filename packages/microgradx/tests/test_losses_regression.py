"""Absolute and Huber errors, empty batches and float32; mean squared error is in `test_losses`."""

import numpy as np
import pytest

from microgradx import TensorValue, huber, l1, mse

LOSSES = [mse, l1, huber]


def test_c40_l1_has_slope_0_where_it_is_right():
    """C40: elsewhere the slope is the sign, however large the error."""
    x = TensorValue([1.0, 3.0, -1e4])
    l1([1.0, 1.0, 1.0], x, reduction="sum").backward()

    assert [0.0, 1.0, -1.0] == x.grad.tolist()


def test_huber_is_a_parabola_inside_and_a_line_outside():
    """0.5 d**2 up to delta, delta (|d| - delta/2) beyond; the slope is d, kept within delta."""
    x = TensorValue([0.0, 1.0, -2.0, 3.0, -1e4])
    errors = huber(np.zeros(5), x, delta=2.0, reduction="none")
    errors.sum().backward()

    assert [0.0, 0.5, 2.0, 4.0, 19998.0] == errors.data.tolist()
    assert [0.0, 1.0, -2.0, 2.0, -2.0] == x.grad.tolist()


def test_huber_stays_finite_where_a_square_would_not():
    """An error of 1e200 costs about as much."""
    x = TensorValue([1e200])
    loss = huber([0.0], x)
    loss.backward()

    assert (1e200, [1.0]) == (loss.item(), x.grad.tolist())


@pytest.mark.parametrize("delta", [0.0, -1.0, np.inf, np.nan])
def test_huber_needs_a_positive_delta(delta):
    """The error names the setting."""
    with pytest.raises(ValueError, match="positive `delta`"):
        huber([0.0], TensorValue([1.0]), delta=delta)


@pytest.mark.parametrize("loss", LOSSES)
def test_c39_the_mean_of_nothing_is_nan(loss):
    """C39: the sum of nothing is 0."""
    nothing = TensorValue(np.empty((0, 2)))

    assert np.isnan(loss(np.empty((0, 2)), nothing).item())
    assert 0.0 == loss(np.empty((0, 2)), nothing, reduction="sum").item()


@pytest.mark.parametrize("loss", LOSSES)
def test_float32_stays_float32(loss):
    """Losses, errors and gradients are in the dtype of the predictions."""
    x = TensorValue(np.array([1.0, 5.0], np.float32))
    value = loss([0.0, 2.0], x)
    value.backward()

    assert [np.float32] * 3 == [
        value.dtype,
        loss([0.0, 2.0], x, reduction="none").dtype,
        x.grad.dtype,
    ]


@pytest.mark.parametrize("loss", LOSSES)
def test_shapes_and_order_are_checked(loss):
    """The same for all losses of this kind."""
    with pytest.raises(ValueError, match="one shape"):
        loss([[1.0]], TensorValue([1.0]))
    with pytest.raises(TypeError, match="targets come first"):
        loss(TensorValue([1.0]), [1.0])
    with pytest.raises(ValueError, match="'mean', 'sum' or 'none'"):
        loss([1.0], TensorValue([1.0]), reduction="average")
