"""The small CIFAR network in PyTorch, in the environment that this process runs in.

`convolution.py` starts it and asks for losses and times; requests and answers are lines of JSON.
Weights and data come in an `.npz` file, so that both begin with the same.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
import torch
from cifar_network import network
from torch import nn


def main() -> None:
    """Answer requests until there are no more; weights and data are in a file."""
    torch.set_num_threads(1)
    model = network(nn)
    start = {name: torch.from_numpy(array) for name, array in np.load(sys.argv[1]).items()}
    images, labels = start.pop("images"), start.pop("labels")
    model.load_state_dict(start)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)

    def step() -> float:
        loss = nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    for line in sys.stdin:
        request = json.loads(line)
        if "losses" in request:
            answer: Any = [step() for _ in range(request["losses"])]
        else:
            began = time.perf_counter()
            for _ in range(request["seconds"]):
                step()
            answer = time.perf_counter() - began
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
