"""Losses and their gradients against PyTorch, on random batches and at the edges."""

import json
from pathlib import Path

import numpy as np
import pytest

import micrograd_plus
import microgradx
from micrograd_plus.losses import placed

GOLDEN = json.loads((Path(__file__).parent / "golden" / "losses.json").read_text(encoding="utf-8"))
CASES = GOLDEN["cases"]
SCALAR = ("mse", "hinge", "binary_cross_entropy", "binary_cross_entropy_with_logits")

# Both sides round a handful of times: 1e-13 of the size, and 1e-13 of a gradient near 1.
close = {"rtol": 1e-13, "atol": 1e-13}


def flat(numbers):
    """The numbers in nested lists."""
    return [number for _, number in placed(numbers)]


def called(case):
    """`huber-reduction=mean-...`."""
    return "-".join([case["loss"], *[f"{name}={x}" for name, x in case["settings"].items()]])


@pytest.mark.parametrize("case", CASES, ids=called)
def test_loss_equals_pytorch(case):
    """The value, and the gradient that a random gradient from above becomes."""
    predictions = microgradx.TensorValue(case["predictions"])
    loss = getattr(microgradx, case["loss"])(case["targets"], predictions, **case["settings"])
    loss.backward(case["upstream"])

    np.testing.assert_allclose(loss.data, case["value"], **close)
    # PyTorch's smallest denominator, 1e-12, is a float32: off by 4e-9 where p is 0 or 1
    edge = case["loss"] == "binary_cross_entropy" and 0.0 in flat(case["predictions"])
    np.testing.assert_allclose(
        predictions.grad, case["gradient"], **({"rtol": 1e-8} if edge else close)
    )


@pytest.mark.parametrize("case", [case for case in CASES if case["target_gradient"]], ids=called)
def test_targets_may_have_a_gradient_too(case):
    """Targets that were computed, by another network for example, are differentiated as there."""
    targets = microgradx.TensorValue(case["targets"])
    predictions = microgradx.TensorValue(case["predictions"])
    loss = getattr(microgradx, case["loss"])(targets, predictions, **case["settings"])
    loss.backward(case["upstream"])

    np.testing.assert_allclose(targets.grad, case["target_gradient"], **close)


@pytest.mark.parametrize("case", [case for case in CASES if case["loss"] in SCALAR], ids=called)
def test_numbers_give_what_arrays_give(case):
    """Stage 2 has the same formulas, on one number at a time."""
    predictions = [micrograd_plus.Value(x) for x in flat(case["predictions"])]
    settings = {**case["settings"], "reduction": "none"}
    targets = list(flat(case["targets"]))
    losses = getattr(micrograd_plus, case["loss"])(targets, predictions, **settings)
    arrays = getattr(microgradx, case["loss"])(case["targets"], case["predictions"], **settings)

    np.testing.assert_allclose(arrays.data.ravel(), [loss.data for loss in losses], **close)
