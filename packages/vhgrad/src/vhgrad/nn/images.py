"""What layers for images do with their input before anything else: check it where it enters."""

from __future__ import annotations

from typing import Any

from numpy.typing import DTypeLike

from microgradx import TensorValue
from microgradx.freezing import converted, plain_array

__all__ = ["images"]


def images(layer: Any, x: Any, dtype: DTypeLike | None = None, channels: int | None = None) -> Any:
    """Images of shape `(n, channels, height, width)`; plain arrays take the layer's dtype."""
    if not isinstance(x, TensorValue):
        x = plain_array(x)
        x = converted(x, dtype or (x.dtype if x.dtype.kind == "f" else float))
    if x.ndim != 4 or channels not in (None, x.shape[1]):
        hint = "; add a batch axis with x[None]" if x.ndim == 3 else ""
        if x.ndim == 4 and x.shape[3] == channels:
            hint = "; put the channels second with x.transpose(0, 3, 1, 2)"
        raise ValueError(
            f"{type(layer).__name__} expected inputs of shape (batch, "
            f"{'channels' if channels is None else channels}, height, width), got {x.shape}{hint}."
        )
    return x
