"""Adam against PyTorch, 200 steps in many combinations of settings."""

import json
from pathlib import Path

import numpy as np
import pytest

from microgradx import Adam, TensorValue

GOLDEN = json.loads((Path(__file__).parent / "golden" / "adam.json").read_text(encoding="utf-8"))


def called(case):
    """`lr=0.1-betas=...`, without the settings that are off."""
    return "-".join(f"{name}={x}" for name, x in case["settings"].items() if x)


def path(optimizer, params):
    """The parameters after the steps that the file keeps."""
    points = []
    for step, gradients in enumerate(GOLDEN["gradients"], start=1):
        for p, g in zip(params, gradients):
            p.grad = np.array(g)
        optimizer.step()
        if step in GOLDEN["kept"]:
            points.append([p.data for p in params])
    return points


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=called)
def test_adam_equals_pytorch(case):
    """Two parameters move as there, with given gradients of very different sizes."""
    params = [TensorValue(x) for x in GOLDEN["start"]]
    actual = path(Adam(params, **case["settings"]), params)

    for expected, points in zip(case["path"], actual, strict=True):
        for a, b in zip(expected, points, strict=True):
            # each of 200 steps may round once more: 200 * 2e-16 is 4e-14
            np.testing.assert_allclose(b, a, rtol=1e-12, atol=1e-12)


def test_two_groups_are_two_optimisers():
    """Settings of a group hold for its parameters only."""
    first, second = GOLDEN["cases"][0], GOLDEN["cases"][-1]
    params = [TensorValue(x) for x in GOLDEN["start"]]
    groups = [{"params": [p], **case["settings"]} for p, case in zip(params, (first, second))]
    actual = path(Adam(groups), params)

    for a, b, (p, q) in zip(first["path"], second["path"], actual, strict=True):
        np.testing.assert_allclose(p, a[0], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(q, b[1], rtol=1e-12, atol=1e-12)
