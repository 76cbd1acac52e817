"""What `fit` takes in several forms, brought into one: clipping, schedules, checkpoints."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import Any

__all__ = ["advance", "clipping", "saving"]


def clipping(clip: Any) -> Callable[[Sequence[Any]], object] | None:
    """What to do with the gradients before a step: a function of the parameters, or nothing.

    Raises:
        TypeError: if `clip` is neither a number nor a function.
        ValueError: if it is negative or nan.
    """
    if clip is None or (callable(clip) and not isinstance(clip, type)):
        return clip
    if isinstance(clip, bool) or not isinstance(clip, Real):
        raise TypeError(f"`clip` needs a largest norm or a function of parameters, got {clip!r}.")
    if not float(clip) >= 0:
        raise ValueError(f"`clip` needs a largest norm of 0 or more, got {clip!r}.")
    from vhgrad.optim import clip_grad_norm_

    return lambda parameters: clip_grad_norm_(parameters, float(clip))


def advance(scheduler: Any, logs: Mapping[str, float]) -> None:
    """Move a schedule on by one epoch; one that looks at a number gets the validation loss."""
    parameters = inspect.signature(scheduler.step).parameters.values()
    if any(p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters):
        scheduler.step(logs.get("validation_loss", logs["loss"]))
    else:
        scheduler.step()


def saving(checkpoint: Any, names: list[str]) -> Any:
    """A path as a `Checkpoint`, a `Checkpoint` as it is, ready to save what is measured.

    Raises:
        TypeError: if it is neither.
        ValueError: if it goes by something else than `names`.
        OSError: if its folder cannot be made.
    """
    if checkpoint is None:
        return None
    from vhgrad.checkpoint import Checkpoint

    if isinstance(checkpoint, str | bytes | os.PathLike):
        checkpoint = Checkpoint(checkpoint)
    if not callable(getattr(checkpoint, "save", None)):
        raise TypeError(f"`checkpoint` needs a path or a Checkpoint, got {checkpoint!r}.")
    if isinstance(checkpoint, Checkpoint):
        checkpoint.prepare(names)  # now, not after an epoch of work
    return checkpoint
