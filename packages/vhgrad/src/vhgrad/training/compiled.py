"""A training step for `fit(compile=True)`: recorded, and repeated without the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from microgradx.compiling import compile
from vhgrad.nn import Module
from vhgrad.training.step import check_number

__all__ = ["NotFinite", "compiled_step"]


class NotFinite(FloatingPointError):
    """A loss or a gradient is nan or infinite; the step was not made, and has left no trace."""


def compiled_step(
    model: Module,
    *,
    loss: Callable[[Any, Any], Any],
    optimizer: Any,
    clip: Callable[[Sequence[Any]], object] | None,
) -> Callable[[Any, Any], float]:
    """What `train_step` does, to the last bit, as a function of inputs and targets.

    Raises:
        NotFinite: by the function, where `train_step` would raise.
        NotRecordable: by the function, if the model does something that cannot be repeated.
    """

    def step(inputs: Any, targets: Any) -> Any:
        value = loss(targets, model(inputs))
        check_number(value)
        optimizer.zero_grad()
        if not np.isfinite(value.data).all():
            raise NotFinite
        value.backward()
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        if not all_finite([p.grad for p in parameters if p.grad is not None]):
            raise NotFinite
        if clip is not None:
            clip(parameters)
        optimizer.step()
        return value

    fast = compile(step)

    def numbers(inputs: Any, targets: Any) -> float:
        return float(fast(np.asarray(inputs), np.asarray(targets)).item())

    return numbers


def all_finite(gradients: Sequence[Any]) -> Any:
    """Whether there is no nan and no infinity; decided as `train_step` does, and recordable."""
    with np.errstate(all="ignore"):
        squares = [np.vdot(g, g) for g in gradients]
        return np.isfinite(sum(squares)) or all(np.isfinite(g).all() for g in gradients)
