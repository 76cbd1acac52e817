"""Every optimiser against PyTorch, 1,000 steps in many combinations of settings."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

import vhgrad.optim
from vhgrad import Parameter

FILE = Path(__file__).parent / "golden" / "optimizers.json"
GOLDEN = json.loads(FILE.read_text(encoding="utf-8"))


def gradients(rng, step):
    """The same numbers as in `oracle/optimizers.py`."""
    found = []
    for start, size in zip(GOLDEN["start"], GOLDEN["sizes"]):
        g = np.array(start)
        flat = [rng.uniform(-1, 1.2) * size * (rng.random() < 0.9) for _ in range(g.size)]
        found.append(np.array(flat).reshape(g.shape))
    return [*found[:2], None if step % 7 == 0 else found[2]]


@pytest.mark.parametrize(
    "case", GOLDEN["cases"], ids=lambda case: f"{case['optimizer']}-{case['settings']}"
)
def test_optimisers_equal_pytorch(case):
    """Three parameters, of which one has no gradient in every seventh step."""
    rng = random.Random(0)
    params = [Parameter(np.array(x)) for x in GOLDEN["start"]]
    optimizer = getattr(vhgrad.optim, case["optimizer"])(params, **case["settings"])
    path = []
    for step in range(1, GOLDEN["steps"] + 1):
        for p, g in zip(params, gradients(rng, step)):
            p.grad = g
        optimizer.step()
        if step in GOLDEN["kept"]:
            path.append([x for p in params for x in p.data.ravel().tolist()])

    # a step may round differently in its last place: 1,000 * 1e-16, of numbers up to 10
    np.testing.assert_allclose(path, case["path"], rtol=1e-12, atol=1e-12)
