"""The small network for CIFAR-10 that benchmarks train, in the layers of either library."""

from __future__ import annotations

from typing import Any


def network(nn: Any) -> Any:
    """Two convolutions and two linear layers; `nn` is `vhgrad.nn` or `torch.nn`."""
    return nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(4096, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )
