"""The yardstick: what every framework trains, from small to large, and where all of them begin."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np

__all__ = [
    "EPOCH",
    "LAYERS",
    "NAMES",
    "RATE",
    "SCALARS",
    "SCALAR_LAYERS",
    "describe",
    "write_start",
]

RATE = 1e-3  # of Adam
LAYERS = {  # neurons per layer with tanh between them, and examples per step
    "S": ([2, 16, 16, 2], 100),
    "M": ([784, 128, 10], 64),
    "L": ([784, 1024, 1024, 10], 256),
}
EPOCH = "E"  # once through 60,000 images with network M, by the framework's own loader
SCALARS = "V"  # number by number, as the original micrograd does
SCALAR_LAYERS, SCALAR_POINTS = [2, 16, 16, 1], 10
NAMES = [*LAYERS, "C", EPOCH, SCALARS]


def describe(name: str) -> str:
    """A network in few words."""
    if name in LAYERS:
        sizes, batch = LAYERS[name]
        return f"{'-'.join(map(str, sizes))}, batch {batch}"
    return {
        "C": "small CNN, batch 64",
        EPOCH: "60,000 images, batch 64",
        SCALARS: "scalars, 2-16-16-1, 10 points",
    }[name]


def write_start(name: str, path: Path, data_dir: str | None) -> None:
    """Weights and a batch of data, or all images, drawn once for all frameworks."""
    import vhgrad

    rng = np.random.default_rng(0)
    if name == "C":
        from cifar_network import network

        vhgrad.manual_seed(0)
        x = rng.standard_normal((64, 3, 32, 32)).astype(np.float32)
        arrays: dict[str, Any] = network(vhgrad.nn).state_dict()
        np.savez(path, x=x, y=rng.integers(0, 10, 64), **arrays)
        return
    if name == SCALARS:
        sizes = SCALAR_LAYERS
        shapes = [(m, n + 1) for n, m in itertools.pairwise(sizes)]  # weights, and then the bias
        layers = [rng.uniform(-1, 1, shape) / np.sqrt(shape[1]) for shape in shapes]
        x, y = rng.uniform(-1, 1, (SCALAR_POINTS, 2)), rng.uniform(-1, 1, SCALAR_POINTS)
        np.savez(path, x=x, y=y, **{f"p{k}": layer for k, layer in enumerate(layers)})
        return
    sizes, batch = LAYERS["M" if name == EPOCH else name]
    model = vhgrad.MLP(sizes[0], sizes[1:], seed=1, init="xavier")
    arrays = {f"p{k}": p.data for k, p in enumerate(model.parameters())}
    if name == EPOCH and data_dir:
        (x, y), _ = vhgrad.load_mnist(data_dir)
    else:
        rows = 60_000 if name == EPOCH else batch
        x = rng.standard_normal((rows, sizes[0])).astype(np.float32)
        y = rng.integers(0, sizes[-1], rows)
    np.savez(path, x=x.reshape(len(x), -1), y=y, **arrays)
