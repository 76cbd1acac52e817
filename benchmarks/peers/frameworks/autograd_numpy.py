"""autograd (HIPS): NumPy, traced and differentiated anew in every step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import value_and_grad
from networks import LAYERS

from frameworks.plain_adam import PlainAdam


def training(network: str, arrays: dict[str, Any]) -> Callable[[], float]:
    """A step."""
    if network not in LAYERS:
        raise NotImplementedError("networks of neurons only")
    x, y, p = arrays.pop("x"), arrays.pop("y"), list(arrays.values())
    rows = np.arange(len(x))
    adam = PlainAdam(p)

    def loss_of(p: Any) -> Any:
        h = x
        for k in range(0, len(p), 2):
            h = anp.dot(h, p[k].T) + p[k + 1]
            h = anp.tanh(h) if k + 2 < len(p) else h
        h = h - anp.max(h, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(h), axis=1)) - h[rows, y])

    slopes = value_and_grad(loss_of)

    def one() -> float:
        loss, gradients = slopes(p)
        adam.step(gradients)
        return float(loss)

    return one
