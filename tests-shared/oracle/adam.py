"""Recompute `golden/adam.json` with PyTorch: settings of Adam, 200 steps of two parameters.

Run `python tests-shared/oracle/adam.py` where torch is installed; the tests only read the file.
"""

import itertools
import json
import math
from pathlib import Path

import torch

STEPS = 200
KEPT = [*range(1, 21), *range(30, STEPS + 1, 10)]  # a mistake in any step shows in all later ones
START = [[1.0, -2.0, 0.5], -3.0]


def gradients(step):
    """Gradients of several sizes, some of them 0, that do not depend on the parameters."""
    return [
        [math.sin(0.7 * step) + 0.3, 1e-2 * math.cos(step), 0.0 if step % 3 else 1e3],
        math.cos(1.3 * step) - 0.01 * step,
    ]


def run(settings):
    """The parameters after the steps that are kept."""
    params = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in START]
    optimizer = torch.optim.Adam(params, foreach=False, **settings)
    path = []
    for step in range(1, STEPS + 1):
        for p, g in zip(params, gradients(step)):
            p.grad = torch.tensor(g, dtype=torch.float64)
        optimizer.step()
        if step in KEPT:
            path.append([p.tolist() for p in params])
    return path


def cases():
    """All combinations of a few values for every setting."""
    grid = itertools.product(
        [0.1, 0.003], [(0.9, 0.999), (0.5, 0.9), (0.0, 0.99)], [1e-8, 1e-3], [0.0, 0.01, 0.5]
    )
    for lr, betas, eps, weight_decay in grid:
        settings = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        yield {"settings": settings, "path": run(settings)}


if __name__ == "__main__":
    golden = {
        "made_with": f"torch {torch.__version__}",
        "start": START,
        "gradients": [gradients(step) for step in range(1, STEPS + 1)],
        "kept": KEPT,
        "cases": list(cases()),
    }
    path = Path(__file__).parent.parent / "golden" / "adam.json"
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{path.name}: {len(golden['cases'])} settings, {STEPS} steps each")
