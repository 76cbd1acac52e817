"""Every schedule against PyTorch, 1,000 epochs in many combinations of settings."""

import json
import math
import random
from pathlib import Path

import numpy as np
import pytest

from vhgrad import SGD, Parameter
from vhgrad.optim import lr_scheduler

FILE = Path(__file__).parent / "golden" / "schedules.json"
GOLDEN = json.loads(FILE.read_text(encoding="utf-8"))
FUNCTIONS = {
    "1 / (epoch + 1)": lambda epoch: 1 / (epoch + 1),
    "0.95 ** epoch": lambda epoch: 0.95**epoch,
}


def called(case):
    """Schedules and settings."""
    return str({k: x for k, x in case.items() if k not in ("path", "sums", "momenta")})


def made(**settings):
    """An optimiser with two groups."""
    return SGD([{"params": [Parameter([0.0])], "lr": lr} for lr in GOLDEN["rates"]], **settings)


def schedule(optimizer, name, settings):
    """A schedule by name."""
    if "lr_lambda" in settings:
        settings = {"lr_lambda": FUNCTIONS[settings["lr_lambda"]]}
    return getattr(lr_scheduler, name)(optimizer, **settings)


def check(case, optimizer, step, epochs=GOLDEN["epochs"]):
    """The rates before each step, and their sums, are those of the file."""
    path = []
    for epoch in range(epochs):
        path.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
        step(epoch)
    kept = [path[k] for k in GOLDEN["kept"] if k < epochs]
    sums = [math.fsum(column) for column in zip(*path)]

    # PyTorch multiplies rate by rate and so rounds up to 1,000 times: 1e-13 of the largest
    largest = np.max(case["path"])
    np.testing.assert_allclose(kept, case["path"], rtol=1e-12, atol=1e-12 * largest)
    np.testing.assert_allclose(sums, case["sums"], rtol=1e-12, atol=1e-11 * largest)


@pytest.mark.parametrize("case", GOLDEN["schedules"], ids=called)
def test_schedules_equal_pytorch(case):
    """Schedules that go by the number of the epoch."""
    optimizer = made()
    scheduler = schedule(optimizer, case["schedule"], case["settings"])

    check(case, optimizer, lambda epoch: scheduler.step())


@pytest.mark.parametrize("case", GOLDEN["cycles"], ids=called)
def test_one_cycle_equals_pytorch(case):
    """Rates and momenta of every batch."""
    optimizer = made(momentum=0.9)
    scheduler = lr_scheduler.OneCycleLR(optimizer, **case["settings"])
    momenta = []

    def step(epoch):
        momenta.append(optimizer.param_groups[0]["momentum"])
        scheduler.step()

    check(case, optimizer, step, scheduler.total_steps)
    np.testing.assert_allclose(momenta[:100], case["momenta"], rtol=1e-12)


@pytest.mark.parametrize("case", GOLDEN["sequences"], ids=called)
def test_sequences_equal_pytorch(case):
    """One schedule after the other."""
    optimizer = made()
    parts = [schedule(optimizer, *part) for part in case["parts"]]
    scheduler = lr_scheduler.SequentialLR(optimizer, parts, case["milestones"])

    check(case, optimizer, lambda epoch: scheduler.step())


@pytest.mark.parametrize("case", GOLDEN["pairs"], ids=called)
def test_e20_pairs_equal_pytorch(case):
    """E20: two schedules on one optimiser multiply."""
    optimizer = made()
    both = [schedule(optimizer, *one) for one in case["pair"]]

    check(case, optimizer, lambda epoch: [one.step() for one in both])


@pytest.mark.parametrize("case", GOLDEN["plateaus"], ids=called)
def test_plateaus_equal_pytorch(case):
    """Noisy metrics that get better more and more slowly; one is nan."""
    rng = random.Random(1)
    sign = -1 if case["settings"].get("mode") == "max" else 1
    metrics = [sign * (5 / (1 + 0.1 * k) + rng.uniform(0, 0.5)) for k in range(GOLDEN["epochs"])]
    metrics[3] = math.nan
    optimizer = made()
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **case["settings"])

    check(case, optimizer, lambda epoch: scheduler.step(metrics[epoch]))
