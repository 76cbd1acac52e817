"""A small run with every kind of part, and how to compare it with itself to the bit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from microgradx import DataLoader
from vhgrad import MLP, Adam, mse
from vhgrad.checkpoint import save_checkpoint
from vhgrad.training import EarlyStopping, History

__all__ = ["bits", "run", "save"]


def run(seed: int, *, trained: bool = False) -> dict[str, Any]:
    """All parts, made with this seed."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(8, 2)).astype(np.float32), rng.normal(size=8)
    model = MLP(2, [2, 1], seed=seed)
    parts = {
        "model": model,
        "optimizer": Adam(model.parameters(), lr=0.01 * seed),
        "loader": DataLoader((X, y), batch_size=4, shuffle=True, generator=seed),
        "generator": {"default": rng, "old": np.random.Generator(np.random.MT19937(seed))},
        "early_stopping": EarlyStopping(patience=seed),
        "history": History(),
    }
    if trained:
        for x, target in parts["loader"]:
            loss = mse(target, model(x))
            parts["optimizer"].zero_grad()
            loss.backward()
            parts["optimizer"].step()
        parts["history"].add({"loss": loss.item(), "validation_loss": float("nan")})
    return parts


def save(path: Path, parts: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Save all parts, and metadata with a bit of everything, and more of them."""
    metadata = {
        "note": 'ü \x1b[2J \\ " $array:x',
        "numbers": [0, -1, 2**60, 10**50, 0.1, -0.0, float("inf"), True, None],
        "pair": (1, "two"),
        "halves": np.arange(4, dtype=np.float16),
        "flags": np.array([[True], [False]]),
        "nothing": np.zeros((0, 3), np.int8),
    }
    save_checkpoint(path, **parts, metadata={**metadata, **more})


def bits(value: Any) -> Any:
    """A value, or the state of parts, as texts and bytes that are equal only if every bit is."""
    if hasattr(value, "state_dict"):
        return bits(value.state_dict())
    if isinstance(value, np.random.Generator):
        return bits(value.bit_generator.state)
    if isinstance(value, dict):
        return [(key, bits(inner)) for key, inner in value.items()]
    if isinstance(value, list | tuple):
        return [type(value).__name__, *map(bits, value)]
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    return type(value).__name__, repr(value)
