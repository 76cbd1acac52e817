"""NumPy's functions as definitions of operations ask for them."""

import numpy as np
import pytest

from microgradx.functions import LONG, where


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("size", [1, LONG - 1, LONG, 3 * LONG])
def test_where_equals_that_of_numpy(dtype, size):
    """Short or long, the same numbers of the same dtype: inf, nan and -0.0 too."""
    rng = np.random.default_rng(size)
    x = rng.choice([np.inf, -np.inf, np.nan, -0.0, 1.5, -2.5], size).astype(dtype)
    for condition in (x > 0, rng.random(size) < 0.5, np.bool(True)):
        for pair in ((0.0, x), (x, 0.0), (0.5, x), (x, x[::-1]), (0.0, x[::-1])):
            wanted, got = np.where(condition, *pair), where(condition, *pair)

            np.testing.assert_array_equal(wanted, got)
            assert wanted.dtype == got.dtype
            assert np.array_equal(np.signbit(wanted), np.signbit(got))


def test_where_of_other_layouts_and_shapes():
    """Transposed arrays, and a condition that broadcasts."""
    x = np.random.default_rng(0).normal(size=(64, 2, 64))
    for condition in (x.T[::-1] > 0, (x.T > 0)[0], (x.T > 0)[:1]):
        np.testing.assert_array_equal(np.where(condition, 0.0, x.T), where(condition, 0.0, x.T))


def test_where_leaves_its_arguments_alone():
    """The result is a new array."""
    x = np.ones(LONG)
    condition = np.arange(LONG) % 2 == 0
    where(condition, 0.0, x)

    assert LONG == x.sum()
    assert LONG / 2 == condition.sum()
