"""Inputs of mean 0 and spread 1: what initialisation and learning rates are made for."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vhgrad.data.transform import Array, Transform

__all__ = ["Normalize"]

BLOCK = 1024  # rows at a time, so that statistics need no second copy of the data


class Normalize(Transform):
    """`(inputs - mean) / std`, for every channel of images or every column of rows.

    Take the statistics from the training set alone, and use them for every other set too: what is
    known of the test set beforehand is no test. A channel or column that never changes (std 0) is
    only shifted.

    Args:
        mean: one number for all, or one per channel of images or column of rows.
        std: standard deviations in the same form, 0 or more.

    Raises:
        ValueError: if the statistics are not finite, not of one shape, or a deviation is negative;
            when called, if the inputs have another number of channels or columns.

    Example:
        >>> X = np.array([[1.0, 7.0], [3.0, 7.0]])
        >>> Normalize.of(X)(X)
        array([[-1.,  0.],
               [ 1.,  0.]])
    """

    def __init__(self, mean: ArrayLike, std: ArrayLike) -> None:
        self.mean = np.array(mean, np.float64)
        self.std = np.array(std, np.float64)
        if self.mean.shape != self.std.shape or self.mean.ndim > 1:
            raise ValueError(
                "Normalize needs one mean and one std, or one of each per channel, got shapes "
                f"{self.mean.shape} and {self.std.shape}."
            )
        if not np.isfinite([self.mean, self.std]).all() or (self.std < 0).any():
            raise ValueError(
                f"Normalize needs finite means and deviations of 0 or more, got {mean!r}, {std!r}."
            )

    @classmethod
    def of(cls, inputs: Array) -> Normalize:
        """With the statistics of these inputs: images `(n, c, h, w)` or rows `(n, columns)`.

        Raises:
            ValueError: if there are none, they have another shape, or hold nan or inf.
        """
        if inputs.ndim not in (2, 4) or not inputs.size:
            raise ValueError(
                "Normalize.of needs images of shape (n, c, h, w) or rows of shape (n, columns), "
                f"one or more, got {inputs.shape}."
            )
        axes = (0, 2, 3) if inputs.ndim == 4 else (0,)
        blocks = [inputs[start : start + BLOCK] for start in range(0, len(inputs), BLOCK)]
        count = inputs.size // inputs.shape[1]
        mean = sum(block.sum(axes, dtype=np.float64) for block in blocks) / count
        if not np.isfinite(mean).all():
            worst = int(np.isfinite(mean).argmin())
            raise ValueError(
                f"Normalize.of needs finite inputs; channel or column {worst} holds nan or inf."
            )
        squares = sum(((b - shaped(mean, b)) ** 2).sum(axes, dtype=np.float64) for b in blocks)
        least, most = inputs.min(axes), inputs.max(axes)
        constant = (
            least == most
        )  # seen exactly: sums leave a tiny deviation that would be divided by
        return cls(np.where(constant, least, mean), np.where(constant, 0, np.sqrt(squares / count)))

    def apply(self, inputs: Array, generator: np.random.Generator) -> Array:
        """Inputs in float32 or in their own floating-point dtype; nothing is drawn."""
        dtype = inputs.dtype if inputs.dtype.kind == "f" else np.dtype(np.float32)
        scale = np.where(self.std == 0, 1.0, self.std)
        with np.errstate(over="ignore"):  # beyond float32 lies inf
            result: Array = inputs - shaped(self.mean, inputs).astype(dtype)
            result /= shaped(scale, inputs).astype(dtype)
        return result

    def __repr__(self) -> str:
        return f"Normalize({self.mean.tolist()}, {self.std.tolist()})"


def shaped(statistics: NDArray[np.float64], inputs: Array) -> NDArray[np.float64]:
    """Statistics laid along the channels of images, or along the columns of rows."""
    if statistics.ndim == 0:
        return statistics
    axis = -3 if inputs.ndim > 2 else -1
    if not inputs.ndim or inputs.shape[axis] != len(statistics):
        raise ValueError(
            f"Normalize has statistics for {len(statistics)} channels or columns, got inputs of "
            f"shape {inputs.shape}."
        )
    return statistics.reshape(-1, 1, 1) if axis == -3 else statistics
