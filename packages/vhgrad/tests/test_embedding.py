"""Embedding: rows by number."""

import numpy as np
import pytest

from microgradx import TensorValue, gradcheck
from vhgrad.nn import Embedding
from vhgrad.nn.functional import embedding


def test_rows_come_in_the_shape_of_the_numbers():
    """One axis more than they have."""
    layer = Embedding(10, 3, generator=0)
    for shape in ((), (4,), (2, 3), (0,), (2, 0)):
        numbers = np.random.default_rng(0).integers(0, 10, shape)
        out = layer(numbers)

        assert (*shape, 3) == out.shape
        assert np.array_equal(layer.weight.data[numbers], out.data)


def test_gradient_adds_up_where_a_row_was_used_often():
    """Rows that were not used have 0."""
    layer = Embedding(4, 2, dtype=np.float64)
    layer([1, 3, 1, 1]).backward([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])

    assert [[0, 0], [13, 16], [0, 0], [3, 4]] == layer.weight.grad.tolist()


def test_gradient_equals_slopes():
    """Of every entry of the table."""
    numbers = np.random.default_rng(1).integers(0, 5, (3, 4))

    assert gradcheck(lambda table: embedding(numbers, table), [np.ones((5, 2))])


@pytest.mark.parametrize("padding", [1, -3])
def test_padding_row_is_0_and_learns_nothing(padding):
    """Numbers below 0 count from the end."""
    layer = Embedding(4, 2, padding_idx=padding)
    layer([0, 1, 1]).sum().backward()

    assert 1 == layer.padding_idx
    assert [0, 0] == layer.weight.data[1].tolist() == layer.weight.grad[1].tolist()
    assert [1, 1] == layer.weight.grad[0].tolist()


def test_default_initialisation_is_pytorchs():
    """Standard normal."""
    weight = Embedding(1000, 50, generator=0).weight.data

    assert abs(weight.mean()) < 0.02  # 4 standard deviations of the mean
    assert abs(weight.std() - 1) < 0.02


@pytest.mark.parametrize("number", [-1, 4])
def test_numbers_without_a_row(number):
    """Below 0 is none, either."""
    with pytest.raises(IndexError, match=rf"numbers from 0 to 3, got {number} at \(0, 1\)"):
        Embedding(4, 2)([[0, number]])


def test_numbers_that_are_not_whole():
    """Floats, also in a tensor, are no numbers of rows."""
    for numbers in ([0.0], np.ones(2), TensorValue([1.0]), [True]):
        with pytest.raises(TypeError, match="whole numbers"):
            Embedding(4, 2)(numbers)


def test_sizes_and_padding_that_make_no_sense():
    """Refused when the layer is made."""
    with pytest.raises(ValueError, match="at least one row"):
        Embedding(0, 2)
    with pytest.raises(ValueError, match="`padding_idx` needs the number of one of 4 rows, got 4"):
        Embedding(4, 2, 4)


def test_repr():
    """As in PyTorch."""
    assert "Embedding(4, 2, padding_idx=0)" == repr(Embedding(4, 2, 0))
