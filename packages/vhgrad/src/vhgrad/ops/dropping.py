"""Dropping numbers at random: a constant beside the input tells which stay."""

from __future__ import annotations

from typing import Any

from microgradx.functions import where
from microgradx.op import ArrayOp, with_settings

__all__ = ["dropout"]


@with_settings
def dropout(p: float) -> ArrayOp:
    """Numbers that are kept, divided by 1 - p, and 0 in place of the others.

    The second input tells which are kept. `where` instead of a product: what is dropped is 0, be it
    inf or nan.

    Example:
        >>> dropout(0.75)([1.0, 2.0, 3.0], [True, False, True]).data.tolist()
        [4.0, 0.0, 12.0]
    """
    scale = 1.0 if p == 1 else 1 / (1 - p)

    def kept(x: Any, keep: Any) -> Any:
        out = where(keep, x, 0.0)
        out *= scale
        return out

    return ArrayOp(
        "dropout",
        kept,
        lambda g, out, x, keep: kept(g, keep),  # d out/dx = 1/(1 - p) where x is kept
        None,
    )
