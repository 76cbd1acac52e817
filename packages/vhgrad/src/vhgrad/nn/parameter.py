"""`Parameter`: a tensor that a module owns and an optimiser moves."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from microgradx import TensorValue

__all__ = ["Parameter"]


class Parameter(TensorValue):
    """A tensor that is trained. What is computed from it is a plain tensor again.

    Args:
        data: number, nested lists or array. Float arrays keep their dtype; all else is float32.
        label: a name for drawings.
        dtype: a float dtype to convert to.

    Example:
        >>> w = Parameter([1.0, 2.0])
        >>> w.dtype, type(w * 2).__name__
        (dtype('float32'), 'TensorValue')
    """

    __slots__ = ()

    result = TensorValue.result  # type: ignore[assignment]  # bound: makes tensors, not parameters

    def __init__(self, data: ArrayLike, label: str = "", *, dtype: DTypeLike | None = None) -> None:
        given: Any = getattr(data, "dtype", None)
        if dtype is None and (given is None or given.kind != "f"):
            dtype = np.float32
        super().__init__(data, label, dtype=dtype)
