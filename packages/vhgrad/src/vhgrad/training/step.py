"""One step of training, which is made whole or not at all."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from microgradx import AnomalyError, TensorValue, detect_anomaly
from vhgrad.nn import Module

__all__ = ["check_number", "one_number", "train_step"]


def train_step(
    model: Module,
    inputs: Any,
    targets: Any,
    *,
    loss: Callable[[Any, Any], Any],
    optimizer: Any,
    clip: Callable[[Sequence[Any]], object] | None,
) -> float:
    """Forward, backward, and a step if all numbers are finite; returns the loss.

    Raises:
        FloatingPointError: if the loss or a gradient is nan or infinite; its cause is the operation
            where that began. No parameter has moved then, and there are no gradients.
    """
    value = loss(targets, model(inputs))
    number = one_number(value)
    optimizer.zero_grad()
    if not math.isfinite(number):
        raise FloatingPointError(f"the loss became {number}") from began(value)
    value.backward()
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    if not all_finite(parameters):
        optimizer.zero_grad()  # what is there would hide where it began
        raise FloatingPointError(
            f"the loss was {number:.4g}, but a gradient became nan or infinite"
        ) from began(value)
    if clip is not None:
        clip(parameters)
    optimizer.step()
    return number


def one_number(value: Any) -> float:
    """The loss as a number, if it is one that can be trained on."""
    check_number(value)
    number: float = value.item()
    return number


def check_number(value: Any) -> None:
    """Raise if that is no loss that can be trained on.

    Raises:
        TypeError: if it is no tensor.
        ValueError: if it is not one number.
    """
    if not isinstance(value, TensorValue):
        raise TypeError(
            f"`loss` needs to return a tensor of one number, got {type(value).__name__}."
        )
    if value.size != 1:
        raise ValueError(
            f"`loss` needs to return one number per batch, got shape {value.shape}; "
            "take .mean() of it."
        )


def all_finite(parameters: Sequence[Any]) -> bool:
    """Whether there is no nan and no infinity among the gradients."""
    gradients = [p.grad for p in parameters if p.grad is not None]
    with np.errstate(all="ignore"):
        # Sums of squares are finite only if all numbers are. They take a third of the time of
        # isfinite, about 1 % of a step; where squares overflow, it decides.
        squares = sum([float(np.vdot(g, g)) for g in gradients])
    return math.isfinite(squares) or all(np.isfinite(g).all() for g in gradients)


def began(value: Any) -> AnomalyError | None:
    """Where nan or inf began on the way to a loss, or on the way back: the graph still knows."""
    try:
        with detect_anomaly():
            value.backward()
    except AnomalyError as error:
        return error
    except RuntimeError:
        pass  # there is no graph
    return None
