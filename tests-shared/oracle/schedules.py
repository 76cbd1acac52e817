"""Recompute `golden/schedules.json` with PyTorch: 1,000 epochs of every schedule.

Run `python tests-shared/oracle/schedules.py` where torch is installed; the tests only read the
file. Of each run it keeps the rates of some epochs, and the sum over all of them.
"""

import json
import math
import random
import warnings
from pathlib import Path

import torch
from torch.optim import lr_scheduler

EPOCHS = 1000
KEPT = [*range(30), *range(30, EPOCHS, 29), EPOCHS - 1]
RATES = [0.1, 0.025]  # of two groups

warnings.filterwarnings("ignore", "To get the last learning rate|.*epoch parameter in `scheduler")

CASES = [
    ("StepLR", {"step_size": 3}),
    ("StepLR", {"step_size": 1, "gamma": 0.99}),
    ("StepLR", {"step_size": 30, "gamma": 0.5}),
    ("StepLR", {"step_size": 400, "gamma": 2.0}),
    ("MultiStepLR", {"milestones": [4, 2, 2]}),
    ("MultiStepLR", {"milestones": [100, 200, 700], "gamma": 0.3}),
    ("MultiStepLR", {"milestones": []}),
    ("ExponentialLR", {"gamma": 0.99}),
    ("ExponentialLR", {"gamma": 0.5}),
    ("ExponentialLR", {"gamma": 0.0}),
    ("ExponentialLR", {"gamma": 1.001}),
    ("CosineAnnealingLR", {"T_max": 4}),
    ("CosineAnnealingLR", {"T_max": 1}),
    ("CosineAnnealingLR", {"T_max": 1000}),
    ("CosineAnnealingLR", {"T_max": 50, "eta_min": 0.001}),
    ("CosineAnnealingLR", {"T_max": 7, "eta_min": 0.5}),
    ("CosineAnnealingWarmRestarts", {"T_0": 2, "T_mult": 2}),
    ("CosineAnnealingWarmRestarts", {"T_0": 10}),
    ("CosineAnnealingWarmRestarts", {"T_0": 7, "T_mult": 3, "eta_min": 0.01}),
    ("CosineAnnealingWarmRestarts", {"T_0": 1}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.25, "total_iters": 4}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 800}),
    ("LinearLR", {"start_factor": 0.001, "end_factor": 0.9, "total_iters": 1}),
    ("ConstantLR", {}),
    ("ConstantLR", {"factor": 0.5, "total_iters": 2}),
    ("ConstantLR", {"factor": 0.1, "total_iters": 2000}),
    ("PolynomialLR", {}),
    ("PolynomialLR", {"total_iters": 4, "power": 2.0}),
    ("PolynomialLR", {"total_iters": 999, "power": 0.5}),
    ("PolynomialLR", {"total_iters": 1000, "power": 0.9}),
    ("LambdaLR", {"lr_lambda": "1 / (epoch + 1)"}),
    ("LambdaLR", {"lr_lambda": "0.95 ** epoch"}),
]

CYCLES = [
    {"max_lr": 1.0, "total_steps": 5},
    {"max_lr": 1.0, "total_steps": 1000},
    {"max_lr": 0.5, "epochs": 10, "steps_per_epoch": 30, "pct_start": 0.1},
    {"max_lr": [0.3, 0.7], "total_steps": 100, "anneal_strategy": "linear", "div_factor": 10.0},
    {"max_lr": 1.0, "total_steps": 100, "three_phase": True, "final_div_factor": 100.0},
    {"max_lr": 1.0, "total_steps": 40, "base_momentum": 0.7, "max_momentum": 0.99},
]

SEQUENCES = [
    (
        [("LinearLR", {"start_factor": 0.1, "total_iters": 2}), ("ExponentialLR", {"gamma": 0.5})],
        [2],
    ),
    (
        [
            ("LinearLR", {"start_factor": 0.01, "total_iters": 50}),
            ("CosineAnnealingLR", {"T_max": 950}),
        ],
        [50],
    ),
    (
        [
            ("ConstantLR", {"factor": 0.2, "total_iters": 10}),
            ("StepLR", {"step_size": 5}),
            ("PolynomialLR", {"total_iters": 100}),
        ],
        [20, 40],
    ),
]

PAIRS = [
    (("StepLR", {"step_size": 3, "gamma": 0.9}), ("ConstantLR", {"factor": 0.5, "total_iters": 7})),
    (("ExponentialLR", {"gamma": 0.99}), ("LinearLR", {"start_factor": 0.25, "total_iters": 4})),
    (("MultiStepLR", {"milestones": [100, 700]}), ("PolynomialLR", {"total_iters": 1500})),
    (("StepLR", {"step_size": 30, "gamma": 0.5}), ("CosineAnnealingLR", {"T_max": 1500})),
]

PLATEAUS = [
    {"patience": 1, "factor": 0.5},
    {"patience": 0, "factor": 0.5},
    {"patience": 5, "factor": 0.3, "cooldown": 4, "min_lr": 1e-3},
    {"mode": "max", "patience": 2, "factor": 0.9, "threshold": 0.01},
    {"mode": "max", "patience": 3, "factor": 0.7, "threshold_mode": "abs", "threshold": 0.1},
    {"patience": 3, "factor": 0.7, "threshold_mode": "abs", "min_lr": [1e-4, 1e-2], "eps": 1e-3},
]


def made(**settings):
    """An optimiser with two groups."""
    groups = [{"params": [torch.zeros(1)], "lr": lr} for lr in RATES]
    return torch.optim.SGD(groups, **settings)


def schedule(optimizer, name, settings):
    """A schedule by name; functions are kept as text."""
    if "lr_lambda" in settings:
        settings = {"lr_lambda": eval("lambda epoch: " + settings["lr_lambda"])}
    return getattr(lr_scheduler, name)(optimizer, **settings)


def rates(optimizer):
    """The rate of each group."""
    return [group["lr"] for group in optimizer.param_groups]


def record(optimizer, step, epochs=EPOCHS):
    """The rates before each step: those of some epochs, and the sum of all."""
    path = []
    for epoch in range(epochs):
        path.append(rates(optimizer))
        optimizer.step()
        step(epoch)
    sums = [math.fsum(column) for column in zip(*path)]
    return {"path": [path[k] for k in KEPT if k < epochs], "sums": sums}


def metrics(mode):
    """Noisy metrics that get better more and more slowly; one is nan."""
    rng = random.Random(1)
    sign = -1 if mode == "max" else 1
    found = [sign * (5 / (1 + 0.1 * k) + rng.uniform(0, 0.5)) for k in range(EPOCHS)]
    found[3] = math.nan
    return found


def simple_cases():
    for name, settings in CASES:
        optimizer = made()
        scheduler = schedule(optimizer, name, settings)
        found = record(optimizer, lambda epoch, s=scheduler: s.step())
        yield {"schedule": name, "settings": settings, **found}


def cycle_cases():
    for settings in CYCLES:
        optimizer = made(momentum=0.9)
        scheduler = lr_scheduler.OneCycleLR(optimizer, **settings)
        momenta = []

        def step(epoch, scheduler=scheduler, optimizer=optimizer, momenta=momenta):
            momenta.append(optimizer.param_groups[0]["momentum"])
            scheduler.step()

        found = record(optimizer, step, scheduler.total_steps)
        yield {"settings": settings, **found, "momenta": momenta[:100]}


def sequence_cases():
    for parts, milestones in SEQUENCES:
        optimizer = made()
        made_parts = [schedule(optimizer, *part) for part in parts]
        scheduler = lr_scheduler.SequentialLR(optimizer, made_parts, milestones)
        found = record(optimizer, lambda epoch, s=scheduler: s.step())
        yield {"parts": parts, "milestones": milestones, **found}


def plateau_cases():
    for settings in PLATEAUS:
        optimizer = made()
        scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **settings)
        seen = metrics(settings.get("mode", "min"))
        found = record(optimizer, lambda epoch, s=scheduler, seen=seen: s.step(seen[epoch]))
        yield {"settings": settings, **found}


def pair_cases():
    """Two schedules on one optimiser, stepped in turn."""
    for first, second in PAIRS:
        optimizer = made()
        both = [schedule(optimizer, *first), schedule(optimizer, *second)]
        found = record(optimizer, lambda epoch, both=both: [s.step() for s in both])
        yield {"pair": [first, second], **found}


if __name__ == "__main__":
    golden = {
        "made_with": f"torch {torch.__version__}",
        "epochs": EPOCHS,
        "kept": KEPT,
        "rates": RATES,
        "schedules": list(simple_cases()),
        "cycles": list(cycle_cases()),
        "sequences": list(sequence_cases()),
        "plateaus": list(plateau_cases()),
        "pairs": list(pair_cases()),
    }
    path = Path(__file__).parent.parent / "golden" / "schedules.json"
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{path.name}: {len(CASES + CYCLES + SEQUENCES + PAIRS + PLATEAUS)} runs")
