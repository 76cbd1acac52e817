"""tinygrad, with its compiler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from networks import LAYERS, RATE
from tinygrad import Tensor, TinyJit
from tinygrad.nn.optim import Adam


def training(network: str, arrays: dict[str, Any]) -> Callable[[], float]:
    """A step."""
    if network not in LAYERS:
        raise NotImplementedError("networks of neurons only")
    x, y = Tensor(arrays.pop("x")), Tensor(arrays.pop("y"))
    p = [Tensor(a).contiguous().realize() for a in arrays.values()]
    optimizer = Adam(p, lr=RATE)

    @TinyJit
    def step() -> Any:
        h = x
        for k in range(0, len(p), 2):
            h = h.dot(p[k].transpose()) + p[k + 1]
            h = h.tanh() if k + 2 < len(p) else h
        optimizer.zero_grad()
        loss = h.sparse_categorical_crossentropy(y)
        loss.backward()
        return loss.realize(*optimizer.schedule_step())

    Tensor.training = True
    return lambda: float(step().item())
