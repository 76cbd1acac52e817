"""What a recording keeps of its arrays tells as much of their memory as the arrays did."""

import itertools

import numpy as np

from microgradx.compiling.shadows import leave_shadows
from microgradx.compiling.tape import Var


def test_shadows_share_memory_as_their_arrays_did():
    """Views of views, in reverse, apart from each other or not, of one array or of another."""
    base, other = np.arange(24.0).reshape(4, 6), np.ones(3, np.float32)
    rows = np.arange(24.0).reshape(4, 6)
    arrays = [
        *[base, base[0], base[1:3], base[3], base[::-1], base[:, ::-2], base.T[1:], base[:0]],
        *[rows, rows[1:3], rows[3]],
        *[other, other[::-1], np.zeros((2, 0)), base[2:, 4:], base.view(np.int64)[:1]],
    ]
    quantities = [Var(array) for array in arrays]
    leave_shadows(quantities)
    shadows = [var.value for var in quantities]

    for array, shadow in zip(arrays, shadows, strict=True):
        assert (array.shape, array.dtype) == (shadow.shape, shadow.dtype)
        assert array.size == 0 or array.strides == shadow.strides
        assert not np.shares_memory(array, shadow)
    for (a, b), (c, d) in zip(
        itertools.combinations(arrays, 2), itertools.combinations(shadows, 2), strict=True
    ):
        assert np.shares_memory(a, b) == np.shares_memory(c, d)
        if np.shares_memory(a, b):
            start = [x.__array_interface__["data"][0] for x in (a, b, c, d)]
            assert start[1] - start[0] == start[3] - start[2]
