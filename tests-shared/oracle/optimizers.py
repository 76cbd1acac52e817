"""Recompute `golden/optimizers.json` with PyTorch: 1,000 steps of every optimiser in many settings.

Run `python tests-shared/oracle/optimizers.py` where torch is installed; the tests only read the
file. Gradients come from Python's generator, so the file holds only weights.
"""

import itertools
import json
import random
from pathlib import Path

import torch

STEPS = 1000
KEPT = range(100, STEPS + 1, 100)  # a mistake in any step shows in all later ones
START = [[1.0, -2.0, 0.5], -3.0, [[0.25, 4.0]]]
SIZES = [1.0, 1e-3, 30.0]  # of the gradients of the three parameters


def gradients(rng, step):
    """Gradients of several sizes; sometimes 0, and for the last parameter sometimes none."""
    found = []
    for start, size in zip(START, SIZES):
        g = torch.tensor(start, dtype=torch.float64)
        flat = [rng.uniform(-1, 1.2) * size * (rng.random() < 0.9) for _ in range(g.numel())]
        found.append(torch.tensor(flat, dtype=torch.float64).reshape(g.shape))
    return [*found[:2], None if step % 7 == 0 else found[2]]


def run(name, settings):
    """The parameters after the steps that are kept, as one list."""
    rng = random.Random(0)
    params = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in START]
    optimizer = getattr(torch.optim, name)(params, foreach=False, **settings)
    path = []
    for step in range(1, STEPS + 1):
        for p, g in zip(params, gradients(rng, step)):
            p.grad = g
        optimizer.step()
        if step in KEPT:
            path.append([x for p in params for x in p.detach().flatten().tolist()])
    return path


def grid(**choices):
    """All combinations of the choices."""
    return [dict(zip(choices, values)) for values in itertools.product(*choices.values())]


def cases():
    """Optimisers with their settings."""
    yield from (("SGD", {"lr": 0.01, **s}) for s in grid(momentum=[0, 0.9], weight_decay=[0, 0.1]))
    for nesterov, dampening in ((True, 0), (False, 0.3)):
        for weight_decay in (0, 0.1):
            yield (
                "SGD",
                {
                    "lr": 0.003,
                    "momentum": 0.9,
                    "nesterov": nesterov,
                    "dampening": dampening,
                    "weight_decay": weight_decay,
                },
            )
    means = {"betas": [(0.9, 0.999), (0.5, 0.9), (0.0, 0.99)], "eps": [1e-8, 1e-3]}
    for name in ("Adam", "AdamW"):
        for settings in grid(lr=[0.01, 0.0003], **means, weight_decay=[0, 0.1]):
            yield name, settings
        yield name, {}
    yield "RMSprop", {}
    for settings in grid(
        lr=[0.01],
        alpha=[0.99, 0.9],  # less, centred, divides by what rounding left of a difference
        eps=[1e-8, 1e-3],
        momentum=[0, 0.9],
        centered=[False, True],
        weight_decay=[0, 0.1],
    ):
        yield "RMSprop", settings


if __name__ == "__main__":
    golden = {
        "made_with": f"torch {torch.__version__}",
        "steps": STEPS,
        "kept": list(KEPT),
        "start": START,
        "sizes": SIZES,
        "cases": [
            {"optimizer": name, "settings": settings, "path": run(name, settings)}
            for name, settings in cases()
        ],
    }
    path = Path(__file__).parent.parent / "golden" / "optimizers.json"
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{path.name}: {len(golden['cases'])} settings, {STEPS} steps each")
