"""`Embedding`: a table with a row of numbers, learned, for each word, item or class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from micrograd.graph import Node
from microgradx import TensorValue
from microgradx.freezing import plain_array
from microgradx.random import as_generator
from vhgrad import ops
from vhgrad.nn.module import Module
from vhgrad.nn.parameter import Parameter

__all__ = ["Embedding", "embedding"]


class Embedding(Module):
    """A table whose rows are looked up by whole numbers.

    Args:
        num_embeddings: number of rows.
        embedding_dim: length of a row.
        padding_idx: a row that is 0 and learns nothing, for places that hold no word.
        dtype: of the table.
        generator: what the rows are drawn from: a seed, a generator, or None for the default.

    Attributes:
        weight: shape `(num_embeddings, embedding_dim)`, drawn from a standard normal distribution,
            as in PyTorch.

    Example:
        >>> Embedding(1000, 8)([[5, 7, 0], [1, 1, 1]]).shape
        (2, 3, 8)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        dtype: DTypeLike = np.float32,
        generator: int | np.random.Generator | None = None,
    ) -> None:
        if num_embeddings < 1 or embedding_dim < 1:
            raise ValueError(
                f"Embedding needs at least one row and one column, got {num_embeddings} and "
                f"{embedding_dim}."
            )
        table = as_generator(generator).normal(size=(num_embeddings, embedding_dim))
        self.padding_idx = row(padding_idx, num_embeddings)
        if self.padding_idx is not None:
            table[self.padding_idx] = 0.0
        self.weight = Parameter(table, dtype=dtype)

    def forward(self, x: Any) -> Any:
        """Rows of shape `(..., embedding_dim)` for whole numbers of shape `(...)`."""
        return embedding(x, self.weight, self.padding_idx)

    def settings(self) -> str:
        """The size of the table."""
        rows, columns = self.weight.shape
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{rows}, {columns}{padding}"


def embedding(x: Any, weight: Any, padding_idx: int | None = None) -> Any:
    """Rows of a table by their numbers.

    Args:
        x: whole numbers from 0, any shape.
        weight: the table, shape `(rows, columns)`.
        padding_idx: the number of a row that gets no gradient.

    Returns:
        Shape `(..., columns)`.

    Raises:
        TypeError: if `x` does not hold whole numbers.
        IndexError: if there is no row of a number.

    Example:
        >>> embedding([1, 0], [[0.0, 1.0], [2.0, 3.0]]).data
        array([[2., 3.],
               [0., 1.]])
    """
    rows = len(weight)
    return ops.embedding(row(padding_idx, rows))(numbers(x, rows), weight)


def numbers(x: Any, rows: int) -> Any:
    """Whole numbers, each with a row."""
    if isinstance(x, TensorValue) and x.dtype.kind in "iu":  # while a model is exported
        numbers(x.data, rows)
        return x
    if isinstance(x, Node):
        raise TypeError(f"embedding needs plain whole numbers, got a {type(x).__name__} of floats.")
    x = plain_array(x)
    if x.dtype.kind not in "iu":
        if x.size:
            raise TypeError(f"embedding needs whole numbers, got {x.dtype}.")
        x = x.astype(np.intp)  # [] is float64 to NumPy
    outside = (x < 0) | (x >= rows)
    if outside.any():
        place = tuple(map(int, np.argwhere(outside)[0]))
        raise IndexError(
            f"embedding needs numbers from 0 to {rows - 1}, got {x[place]}"
            + (f" at {place}." if place else ".")
        )
    return x


def row(number: int | None, rows: int) -> int | None:
    """The number of a row; negative ones count from the end."""
    if number is not None and not -rows <= number < rows:
        raise ValueError(f"`padding_idx` needs the number of one of {rows} rows, got {number}.")
    return None if number is None else number % rows
