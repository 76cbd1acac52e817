"""The formulas of the optimisers once more, without making arrays: for speed.

Each does what `update` of its optimiser says, operation by operation in the same order, so its
results are the same to the last bit; the tests hold them to it. New numbers go to `out`, which may
be the memory of `data`, and into the arrays of `state`; the two arrays of `spare` are room for what
is computed on the way. All arrays have one dtype and one shape.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Spare", "adam", "adam_movement", "sgd"]

Array = NDArray[Any]
Spare = Any  # two arrays, or one with two rows


def sgd(
    data: Array, g: Array, state: dict[str, Any], group: dict[str, Any], out: Array, spare: Spare
) -> None:
    """`SGD.update`, once there is a velocity."""
    first, second = spare
    momentum = group["momentum"]
    if group["weight_decay"]:
        np.multiply(group["weight_decay"], data, second)
        g = np.add(g, second, second)
    if momentum:
        velocity = state["velocity"]
        np.multiply(momentum, velocity, velocity)
        share = np.multiply(1 - group["dampening"], g, first) if group["dampening"] else g
        np.add(velocity, share, velocity)
        if group["nesterov"]:
            np.multiply(momentum, velocity, first)
            g = np.add(g, first, second)
        else:
            g = velocity
    np.multiply(group["lr"], g, first)
    np.subtract(data, first, out)


def adam(
    data: Array, g: Array, state: dict[str, Any], group: dict[str, Any], out: Array, spare: Spare
) -> None:
    """`Adam.update`, once there are means."""
    if group["weight_decay"]:
        np.multiply(group["weight_decay"], data, spare[1])
        g = np.add(g, spare[1], spare[1])
    np.subtract(data, adam_movement(g, state, group, spare), out)


def adam_movement(g: Array, state: dict[str, Any], group: dict[str, Any], spare: Spare) -> Array:
    """By how much Adam moves, in the second array of `spare`, where `g` may lie."""
    first, second = spare
    beta1, beta2 = group["betas"]
    mean, square = state["mean"], state["square"]
    step = state["step"] = state["step"] + 1
    np.multiply(beta1, mean, mean)
    np.multiply(1 - beta1, g, first)
    np.add(mean, first, mean)
    np.multiply(beta2, square, square)
    np.multiply(g, g, first)
    np.multiply(1 - beta2, first, first)
    np.add(square, first, square)
    root = (1 - beta2**step) ** 0.5
    np.sqrt(square, first)
    np.add(first, root * group["eps"], first)
    np.multiply(group["lr"] * root / (1 - beta1**step), mean, second)
    return np.divide(second, first, second)
