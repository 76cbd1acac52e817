"""JAX: the whole step, Adam in it, compiled by XLA."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from networks import LAYERS, RATE

if os.environ["OMP_NUM_THREADS"] == "1":
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
os.environ["JAX_PLATFORMS"] = "cpu"
import jax
import jax.numpy as jnp


def training(network: str, arrays: dict[str, Any]) -> Callable[[], float]:
    """A step."""
    if network not in LAYERS:
        raise NotImplementedError("networks of neurons only")
    x, y = jnp.asarray(arrays.pop("x")), jnp.asarray(arrays.pop("y"))
    p = [jnp.asarray(a) for a in arrays.values()]
    state = (p, [jnp.zeros_like(a) for a in p], [jnp.zeros_like(a) for a in p], jnp.float32(0))

    def loss_of(p: Any) -> Any:
        h = x
        for k in range(0, len(p), 2):
            h = h @ p[k].T + p[k + 1]
            h = jnp.tanh(h) if k + 2 < len(p) else h
        return -jnp.take_along_axis(jax.nn.log_softmax(h), y[:, None], 1).mean()

    def step(state: Any) -> Any:
        p, mean, square, t = state
        loss, g = jax.value_and_grad(loss_of)(p)
        t = t + 1
        mean = [0.9 * m + 0.1 * d for m, d in zip(mean, g, strict=True)]
        square = [0.999 * s + 0.001 * d * d for s, d in zip(square, g, strict=True)]
        a, b = 1 - 0.9**t, 1 - 0.999**t
        p = [
            w - RATE * (m / a) / (jnp.sqrt(s / b) + 1e-8)
            for w, m, s in zip(p, mean, square, strict=True)
        ]
        return (p, mean, square, t), loss

    compiled = jax.jit(step, donate_argnums=0)

    def one() -> float:
        nonlocal state
        state, loss = compiled(state)
        return float(loss)

    return one
