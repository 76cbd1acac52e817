"""Recompute `golden/sgd.json` with PyTorch: every setting of SGD, 50 steps of two parameters.

Run `python tests-shared/oracle/sgd.py` where torch is installed; the tests only read the file.
"""

import itertools
import json
import math
from pathlib import Path

import torch

STEPS = 50
START = [1.0, -2.0]


def gradients(step):
    """Gradients that do not depend on the parameters, so that a mistake cannot even out."""
    return [math.sin(0.7 * step) + 0.3, math.cos(1.3 * step) - 0.1 * step]


def run(settings):
    """The parameters after every step."""
    params = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in START]
    optimizer = torch.optim.SGD(params, **settings)
    path = []
    for step in range(STEPS):
        for p, g in zip(params, gradients(step)):
            p.grad = torch.tensor(g, dtype=torch.float64)
        optimizer.step()
        path.append([p.item() for p in params])
    return path


def cases():
    """All combinations that PyTorch accepts."""
    grid = itertools.product(
        [0.1, 0.003], [0.0, 0.5, 0.9], [0.0, 0.25, 1.0], [0.0, 0.01, 0.5], [False, True]
    )
    for lr, momentum, dampening, weight_decay, nesterov in grid:
        if nesterov and (momentum == 0 or dampening != 0):
            continue
        settings = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
        }
        yield {"settings": settings, "path": run(settings)}


if __name__ == "__main__":
    golden = {
        "made_with": f"torch {torch.__version__}",
        "start": START,
        "gradients": [gradients(step) for step in range(STEPS)],
        "cases": list(cases()),
    }
    path = Path(__file__).parent.parent / "golden" / "sgd.json"
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{path.name}: {len(golden['cases'])} settings, {STEPS} steps each")
