"""What can be done with an array: the methods of `TensorValue` that numbers do not have.

Arithmetic and pointwise methods are inherited from stage 2. Like those, each method here only names
its operation. Names and arguments are NumPy's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NoReturn, Self

import numpy as np
from numpy.lib.array_utils import normalize_axis_index
from numpy.typing import ArrayLike

import micrograd_plus
from microgradx import ops
from microgradx.freezing import plain_array
from microgradx.indexing import cuts, open_grid, parts, whole_numbers
from microgradx.reductions import Axis

__all__ = ["ArrayMethods"]


class ArrayMethods(micrograd_plus.Value):
    """Stage 2's Value with the methods of arrays."""

    __slots__ = ()

    ops: ClassVar[Any] = ops

    def __matmul__(self, other: Any) -> Self:
        return self.ops.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Self:
        return self.ops.matmul(other, self)

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Self:
        """Sum of all entries, or along one or several axes."""
        return self.ops.sum_over(axis, keepdims)(self)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Self:
        """Mean of all entries, or along one or several axes; nan of no entries."""
        return self.ops.mean_over(axis, keepdims)(self)

    def max(self, axis: Axis = None, keepdims: bool = False) -> Self:
        """Largest entry; equals share the gradient."""
        return self.ops.max_over(axis, keepdims)(self)

    def min(self, axis: Axis = None, keepdims: bool = False) -> Self:
        """Smallest entry; equals share the gradient."""
        return self.ops.min_over(axis, keepdims)(self)

    def argmax(self, axis: int | None = None) -> Any:
        """Where the largest entry stands, as plain whole numbers: there is no gradient."""
        return self.data.argmax(axis)

    def argmin(self, axis: int | None = None) -> Any:
        """Where the smallest entry stands, as plain whole numbers."""
        return self.data.argmin(axis)

    def prod(self, axis: Axis = None, keepdims: bool = False) -> Self:
        """Product of the entries."""
        return self.ops.prod_over(axis, keepdims)(self)

    def var(self, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Self:
        """Mean square distance from the mean, with n - ddof in place of n."""
        return self.ops.var_over(axis, ddof, keepdims)(self)

    def std(self, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Self:
        """Square root of the variance."""
        return self.ops.std_over(axis, ddof, keepdims)(self)

    def norm(self, axis: Axis = None, keepdims: bool = False) -> Self:
        """Square root of the sum of squares, for matrices, too."""
        return self.ops.norm_over(axis, keepdims)(self)

    def logsumexp(self, axis: Axis = None, keepdims: bool = False) -> Self:
        """log(sum(exp(self))), which stays finite."""
        return self.ops.logsumexp_over(axis, keepdims)(self)

    def softmax(self, axis: int = -1) -> Self:
        """Shares of exp(self) that add up to 1 along the axis."""
        return self.ops.softmax(axis)(self)

    def log_softmax(self, axis: int = -1) -> Self:
        """Logarithms of the softmax, which stay finite."""
        return self.ops.log_softmax(axis)(self)

    def cumsum(self, axis: int | None = None) -> Self:
        """Running sums along an axis, or over all entries in reading order."""
        return self.ops.cumsum(axis)(self)

    def reshape(self, *shape: int | Sequence[int]) -> Self:
        """The same numbers in another shape; one length may be -1."""
        return self.ops.reshape(unpacked(shape))(self)

    view = reshape  # PyTorch's word

    def flatten(self) -> Self:
        """All entries in one row, in reading order."""
        return self.ops.reshape((self.data.size,))(self)

    def transpose(self, *axes: int | Sequence[int] | None) -> Self:
        """Axes in another order; without arguments, or with None, reversed."""
        return self.ops.transpose(None if axes == (None,) else unpacked(axes) or None)(self)

    permute = transpose  # PyTorch's word

    @property
    def T(self) -> Self:
        """All axes reversed."""
        return self.ops.transpose(None)(self)

    def swapaxes(self, axis1: int, axis2: int) -> Self:
        """Two axes change places."""
        return self.ops.swapaxes(axis1, axis2)(self)

    def expand_dims(self, axis: int | tuple[int, ...]) -> Self:
        """New axes of length 1."""
        return self.ops.expand_dims(axis)(self)

    def squeeze(self, axis: Axis = None) -> Self:
        """Without axes of length 1."""
        return self.ops.squeeze(axis)(self)

    def broadcast_to(self, *shape: int | Sequence[int]) -> Self:
        """Repeated along new axes and along axes of length 1."""
        return self.ops.broadcast_to(unpacked(shape))(self)

    def pad(self, widths: Any, value: float = 0.0) -> Self:
        """A border of one value, `widths` before and after: a number, a pair, or pairs by axis."""
        return self.ops.pad(widths, value)(self)

    def split(self, sections: int | Sequence[int], axis: int = 0) -> list[Self]:
        """Cut into equal sections along an axis, or cut at the given places."""
        first = (slice(None),) * normalize_axis_index(axis, self.data.ndim)
        return [self[(*first, cut)] for cut in cuts(self.data.shape[axis], sections)]

    def take(self, indices: ArrayLike, axis: int | None = None) -> Self:
        """Entries by number along an axis, or of the flattened tensor."""
        one = isinstance(indices, int) and not isinstance(indices, bool)
        picked = indices if one else whole_numbers("take", indices)
        if axis is None:
            return self.flatten()[picked]
        return self[(*(slice(None),) * normalize_axis_index(axis, self.data.ndim), picked)]

    def take_along_axis(self, indices: ArrayLike, axis: int) -> Self:
        """One entry along an axis for each index, each row with indices of its own."""
        picked = whole_numbers("take_along_axis", plain_array(indices))
        return self[open_grid(self.data.shape, picked, axis)]

    def __getitem__(self, index: Any) -> Self:
        key, arrays = parts(index)
        op = self.ops.getitem(key)
        return op(self, *arrays)

    def __setitem__(self, index: Any, new: Any) -> NoReturn:
        raise TypeError(
            f"a {type(self).__name__} cannot be written into, because a graph may need it; select "
            "with where(mask, new, old), or give a leaf all new numbers: t.data = array."
        )

    def __iter__(self) -> Iterator[Self]:
        return (self[k] for k in range(len(self)))

    def __len__(self) -> int:
        if not self.data.shape:
            raise TypeError(
                f"a {type(self).__name__} of shape () has no length and no items; item() is its "
                "number."
            )
        return len(self.data)


def unpacked(numbers: Any) -> tuple[int, ...]:
    """The numbers of `f(2, 3)`, which may also have been written `f((2, 3))`."""
    one = len(numbers) == 1 and isinstance(numbers[0], Sequence | np.ndarray)
    return tuple(numbers[0]) if one else numbers
