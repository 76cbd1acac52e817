"""The formulas of the optimisers once more, without making arrays: for speed.

Each does what `update` of its optimiser says, operation by operation in the same order, so its
results are the same to the last bit; the tests hold them to it. New numbers go to
`out` and into the arrays of `state`; `spare` is room for what is computed on the way. All arrays
have one dtype and one shape.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "adam", "adam_movement", "sgd"]

Array = NDArray[Any]


def sgd(
    data: Array, g: Array, state: dict[str, Any], group: dict[str, Any], out: Array, spare: Array
) -> None:
    """`SGD.update`, once there is a velocity."""
    momentum = group["momentum"]
    if group["weight_decay"]:
        np.multiply(group["weight_decay"], data, out)
        g = np.add(g, out, out)
    if momentum:
        velocity = state["velocity"]
        np.multiply(momentum, velocity, velocity)
        share = np.multiply(1 - group["dampening"], g, spare) if group["dampening"] else g
        np.add(velocity, share, velocity)
        if group["nesterov"]:
            np.multiply(momentum, velocity, spare)
            g = np.add(g, spare, out)
        else:
            g = velocity
    np.multiply(group["lr"], g, spare)
    np.subtract(data, spare, out)


def adam(
    data: Array, g: Array, state: dict[str, Any], group: dict[str, Any], out: Array, spare: Array
) -> None:
    """`Adam.update`, once there are means."""
    if group["weight_decay"]:
        np.multiply(group["weight_decay"], data, out)
        g = np.add(g, out, out)
    adam_movement(g, state, group, out, spare)
    np.subtract(data, out, out)


def adam_movement(
    g: Array, state: dict[str, Any], group: dict[str, Any], out: Array, spare: Array
) -> None:
    """By how much Adam moves; `g` may lie in `out`."""
    beta1, beta2 = group["betas"]
    mean, square = state["mean"], state["square"]
    step = state["step"] = state["step"] + 1
    np.multiply(beta1, mean, mean)
    np.multiply(1 - beta1, g, spare)
    np.add(mean, spare, mean)
    np.multiply(beta2, square, square)
    np.multiply(g, g, spare)
    np.multiply(1 - beta2, spare, spare)
    np.add(square, spare, square)
    root = (1 - beta2**step) ** 0.5
    np.sqrt(square, spare)
    np.add(spare, root * group["eps"], spare)
    np.multiply(group["lr"] * root / (1 - beta1**step), mean, out)
    np.divide(out, spare, out)
