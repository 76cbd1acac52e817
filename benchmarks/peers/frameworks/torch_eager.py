"""PyTorch as it is used, operation by operation."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from typing import Any

import torch
from networks import EPOCH, LAYERS, RATE
from torch import nn
from torch.nn.functional import cross_entropy


def model_of(network: str, arrays: dict[str, Any]) -> nn.Module:
    """The network, with the weights that all begin with."""
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    tensors = {name: torch.from_numpy(a) for name, a in arrays.items()}
    if network == "C":
        from cifar_network import network as cnn

        model = cnn(nn)
        model.load_state_dict(tensors)
        return model
    sizes, _ = LAYERS["M" if network == EPOCH else network]
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.Tanh()]
    model = nn.Sequential(*layers[:-1])
    with torch.no_grad():
        for p, a in zip(model.parameters(), tensors.values(), strict=True):
            p.copy_(a)
    return model


def training(
    network: str, arrays: dict[str, Any], *, loader: bool = True, fused: bool = False
) -> Callable[[], float]:
    """A step, or an epoch with DataLoader, or with slices of tensors."""
    x, y = torch.from_numpy(arrays.pop("x")), torch.from_numpy(arrays.pop("y")).long()
    model = model_of(network, arrays)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=fused)

    def step(inputs: Any, labels: Any) -> float:
        optimizer.zero_grad()
        loss = cross_entropy(model(inputs), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    if network != EPOCH:
        return lambda: step(x, y)
    data = torch.utils.data.TensorDataset(x, y)
    batches = torch.utils.data.DataLoader(data, batch_size=64, shuffle=True)

    def by_loader() -> float:
        return sum(step(inputs, labels) for inputs, labels in batches) / len(batches)

    def by_slices() -> float:
        order = torch.randperm(len(x)).split(64)
        return sum(step(x[rows], y[rows]) for rows in order) / len(order)

    return by_loader if loader else by_slices
