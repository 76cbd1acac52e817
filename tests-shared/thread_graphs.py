"""Graphs for threads that compute at the same time: what each gives has to be what one gives."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

import microgradx
import vhgrad
from micrograd_plus import Value

__all__ = ["KINDS", "THREADS", "differing"]

THREADS = 8


def number(seed):
    """A graph of scalars, and its gradients."""
    a, b = Value(0.1 * (seed % 17)), Value(1.0 + seed % 5)
    ((a * b).tanh() + a / b - b.exp() * 0.01).backward()
    return a.grad, b.grad


def array(seed, kind=microgradx.TensorValue):
    """A graph of arrays, and its gradients."""
    rng = np.random.default_rng(seed)
    w, x = kind(rng.normal(size=(3, 2))), rng.normal(size=(4, 3))
    (microgradx.tanh(x @ w) ** 2).sum().backward()
    return w.grad.tobytes()


def step(seed):
    """A training step of a small network, and its weights."""
    rng = np.random.default_rng(seed)
    model = vhgrad.MLP(3, [4, 2], seed=seed)
    optimizer = vhgrad.Adam(model.parameters(), lr=0.1)
    x, y = rng.normal(size=(5, 3)), rng.integers(2, size=5)
    vhgrad.cross_entropy(y, model(x)).backward()
    optimizer.step()
    return b"".join(p.data.tobytes() for p in model.parameters())


KINDS: dict[str, Callable[[int], Any]] = {
    "expressions of numbers": number,
    "products of arrays": array,
    "training steps with Adam": step,
}


def differing(graph: Callable[[int], Any], graphs: int) -> int:
    """How many of the graphs of eight threads differ from those of the serial run."""
    serial = [graph(seed) for seed in range(graphs)]
    together = threading.Barrier(THREADS)

    def work(_: int) -> int:
        together.wait()
        return sum(graph(seed) != serial[seed] for seed in range(graphs))

    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(work, range(THREADS)))
