"""SGD against PyTorch, step by step, in every combination of settings."""

import json
from pathlib import Path

import pytest

from micrograd_plus import SGD, Value

GOLDEN = json.loads((Path(__file__).parent / "golden" / "sgd.json").read_text(encoding="utf-8"))


def called(case):
    """`lr=0.1-momentum=0.9-...`, without the settings that are off."""
    return "-".join(f"{name}={x}" for name, x in case["settings"].items() if x)


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=called)
def test_sgd_equals_pytorch(case):
    """50 steps of two parameters with given gradients."""
    params = [Value(x) for x in GOLDEN["start"]]
    optimizer = SGD(params, **case["settings"])
    path = []
    for gradients in GOLDEN["gradients"]:
        for p, g in zip(params, gradients):
            p.grad = g
        optimizer.step()
        path.append([p.data for p in params])

    # PyTorch fuses a product and a sum here and there: a rounding per step
    assert case["path"] == [pytest.approx(point, rel=1e-12, abs=1e-12) for point in path]


def test_two_groups_are_two_optimisers():
    """Settings of a group hold for its parameters only."""
    first, second = (
        next(case for case in GOLDEN["cases"] if case["settings"] == settings)
        for settings in (
            {"lr": 0.1, "momentum": 0.9, "dampening": 0.0, "weight_decay": 0.01, "nesterov": True},
            {
                "lr": 0.003,
                "momentum": 0.0,
                "dampening": 0.0,
                "weight_decay": 0.0,
                "nesterov": False,
            },
        )
    )
    a, b = (Value(x) for x in GOLDEN["start"])
    optimizer = SGD([{"params": [a], **first["settings"]}, {"params": [b], "lr": 0.003}])
    for gradients in GOLDEN["gradients"]:
        a.grad, b.grad = gradients
        optimizer.step()

    assert [first["path"][-1][0], second["path"][-1][1]] == pytest.approx(
        [a.data, b.data], rel=1e-12, abs=1e-12
    )
