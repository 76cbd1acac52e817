"""Losses for yes or no: edges that PyTorch's recorded numbers do not say, and errors."""

import numpy as np
import pytest

from microgradx import (
    TensorValue,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    hinge,
)

LOSSES = [binary_cross_entropy, binary_cross_entropy_with_logits, hinge]


def loss_and_gradient(loss, target, prediction):
    """Both for one example."""
    x = TensorValue([prediction])
    value = loss([target], x)
    value.backward()
    return value.item(), x.grad.item()


@pytest.mark.parametrize(
    ("target", "probability", "expected"), [(1.0, 0.0, 100.0), (0.0, 0.0, 0.0), (1.0, 1.0, 0.0)]
)
def test_c27_a_wrong_certainty_costs_100(target, probability, expected):
    """C27: the logarithm is floored, so loss and gradient are finite."""
    value, gradient = loss_and_gradient(binary_cross_entropy, target, probability)

    assert expected == value
    assert np.isfinite(gradient)


@pytest.mark.parametrize(
    ("target", "logit", "expected"),
    [
        (0.0, 1e4, (1e4, 1.0)),
        (1.0, -1e4, (1e4, -1.0)),
        (1.0, 1e4, (0.0, 0.0)),
        (0.0, np.inf, (np.inf, 1.0)),
        (1.0, np.inf, (0.0, 0.0)),
        (0.0, -np.inf, (0.0, 0.0)),
    ],
)
def test_c30_logits_of_any_size(target, logit, expected):
    """C30: an infinite score on the right side costs nothing (in PyTorch it costs nan)."""
    assert expected == loss_and_gradient(binary_cross_entropy_with_logits, target, logit)


def test_c31_labels_may_be_shares():
    """C31: at a logit of 0, log 2 and 0.5 minus the label."""
    value, gradient = loss_and_gradient(binary_cross_entropy_with_logits, 0.3, 0.0)

    assert (pytest.approx(np.log(2), rel=1e-15), pytest.approx(0.2)) == (value, gradient)


def test_hinge_counts_what_falls_short_of_the_margin():
    """On the right side beyond 1 there is no cost and no slope."""
    x = TensorValue([2.0, 0.5, -1e4])
    errors = hinge([1, 1, 1], x, reduction="none")
    errors.sum().backward()

    assert [0.0, 0.5, 10001.0] == errors.data.tolist()
    assert [0.0, -1.0, -1.0] == x.grad.tolist()


@pytest.mark.parametrize("wrong", [1.1, -0.1, np.nan])
def test_c28_what_is_not_from_0_to_1_is_named_with_its_row(wrong):
    """C28: probabilities and targets alike."""
    message = rf"{{}} from 0 to 1, got {wrong} in row 1"
    with pytest.raises(ValueError, match=message.format("probabilities")):
        binary_cross_entropy([0.0, 1.0], TensorValue([0.5, wrong]))
    with pytest.raises(ValueError, match=message.format("targets")):
        binary_cross_entropy_with_logits([0.0, wrong], TensorValue([0.5, 0.5]))


def test_the_row_in_a_batch_of_rows_has_two_numbers():
    """Where there are more axes, all of the place is given."""
    with pytest.raises(ValueError, match=r"targets from 0 to 1, got 2.0 in row \(1, 0\)"):
        binary_cross_entropy([[0.0, 1.0], [2.0, 0.0]], TensorValue(np.full((2, 2), 0.5)))


def test_hinge_needs_sides():
    """0 is no side: labels of 0 and 1 are for the other losses."""
    with pytest.raises(ValueError, match=r"targets of -1 or 1, got 0.0 in row 2"):
        hinge([1, -1, 0], TensorValue([1.0, 1.0, 1.0]))


@pytest.mark.parametrize("loss", LOSSES)
def test_c29_shapes_have_to_be_equal(loss):
    """C29: `(3, 1)` for `(3,)` would broadcast to nine errors."""
    with pytest.raises(ValueError, match="one shape"):
        loss([[1.0], [1.0], [1.0]], TensorValue([0.5, 0.5, 0.5]))


@pytest.mark.parametrize("loss", LOSSES)
def test_float32_stays_float32(loss):
    """Whatever the targets are."""
    x = TensorValue(np.array([0.25, 0.5], np.float32))
    value = loss(np.array([1, 1]), x)
    value.backward()

    assert (np.float32, np.float32) == (value.dtype, x.grad.dtype)
