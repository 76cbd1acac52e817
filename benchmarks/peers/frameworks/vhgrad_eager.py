"""Ours, operation by operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from networks import EPOCH, LAYERS, RATE

from vhgrad import MLP, Adam, DataLoader, cross_entropy, nn


def training(network: str, arrays: dict[str, Any]) -> Callable[[], float]:
    """A step, or an epoch."""
    x, y, one = arrays.pop("x"), arrays.pop("y"), step(network, arrays)
    if network != EPOCH:
        return lambda: one(x, y).item()
    loader = DataLoader((x, y), 64, shuffle=True, generator=0)

    def epoch() -> float:
        return sum(one(inputs, labels).item() for inputs, labels in loader) / len(loader)

    return epoch


def step(network: str, arrays: dict[str, Any]) -> Callable[[Any, Any], Any]:
    """A function of a batch."""
    if network == "C":
        from cifar_network import network as cnn

        model = cnn(nn)
        model.load_state_dict(arrays)
    else:
        sizes, _ = LAYERS["M" if network == EPOCH else network]
        model = MLP(sizes[0], sizes[1:], seed=0)
        for p, a in zip(model.parameters(), arrays.values(), strict=True):
            p.data = a
    optimizer = Adam(model.parameters(), lr=RATE)

    def one(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = cross_entropy(y, model(x))
        loss.backward()
        optimizer.step()
        return loss

    return one
