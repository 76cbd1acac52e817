"""Layers that change no number."""

import numpy as np
import pytest

from microgradx import TensorValue
from vhgrad.nn import Flatten, Identity


@pytest.mark.parametrize(
    ("settings", "shape"),
    [((), (2, 60)), ((0,), (120,)), ((1, 2), (2, 12, 5)), ((-2, -1), (2, 3, 20))],
)
def test_flatten_joins_axes(settings, shape):
    """From the first to the last that are named; the others stay."""
    assert shape == Flatten(*settings)(np.zeros((2, 3, 4, 5))).shape


def test_flatten_of_no_examples():
    """An empty batch keeps the length of its rows."""
    assert (0, 12) == Flatten()(np.zeros((0, 3, 4))).shape


def test_flatten_of_too_few_axes():
    """The error names the axes and the shape."""
    with pytest.raises(ValueError, match=r"axes 1 to -1, got shape \(3,\)"):
        Flatten()(np.zeros(3))


def test_identity_gives_back_what_it_is_given():
    """Not even a copy."""
    x = TensorValue([1.0])

    assert x is Identity(54, unused=True)(x)
