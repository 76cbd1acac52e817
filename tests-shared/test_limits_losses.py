"""Scores of ±10,000 in every loss of every stage: not inf, not nan, and the slope is right."""

import numpy as np
import pytest

import micrograd_plus.losses
import microgradx.losses
from micrograd_plus import Value
from microgradx import TensorValue
from vhgrad import nn

# name: rows of target, prediction, loss, gradient; worked out by hand
LOSSES = {
    "mse": [(0.0, 1e4, 1e8, 2e4), (0.0, -1e4, 1e8, -2e4), (1e4, 1e4, 0.0, 0.0)],
    "l1": [(0.0, 1e4, 1e4, 1.0), (0.0, -1e4, 1e4, -1.0), (-1e4, -1e4, 0.0, 0.0)],
    "huber": [(0.0, 1e4, 9999.5, 1.0), (0.0, -1e4, 9999.5, -1.0), (1e4, 1e4, 0.0, 0.0)],
    "hinge": [(1.0, 1e4, 0.0, 0.0), (1.0, -1e4, 10001.0, -1.0), (-1.0, 1e4, 10001.0, 1.0)],
    "binary_cross_entropy_with_logits": [
        *[(0.0, 1e4, 1e4, 1.0), (0.0, -1e4, 0.0, 0.0), (0.5, -1e4, 5e3, -0.5)],
        *[(1.0, 1e4, 0.0, 0.0), (1.0, -1e4, 1e4, -1.0)],
    ],
    "cross_entropy": [(0, [1e4, -1e4], 0.0, [0.0, 0.0]), (1, [1e4, -1e4], 2e4, [1.0, -1.0])],
    "nll": [(0, [-1e4, 0.0], 1e4, [-1.0, 0.0]), (1, [-1e4, 0.0], 0.0, [0.0, -1.0])],
    # of a probability of 0 the logarithm counts as -100, as in PyTorch
    "binary_cross_entropy": [
        *[(1.0, 1.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0)],
        *[(1.0, 0.0, 100.0, -1e12), (0.0, 1.0, 100.0, 1e12)],
    ],
}
MODULES = {
    "mse": nn.MSELoss, "l1": nn.L1Loss, "huber": nn.HuberLoss, "hinge": nn.HingeLoss,
    "binary_cross_entropy_with_logits": nn.BCEWithLogitsLoss, "cross_entropy": nn.CrossEntropyLoss,
    "nll": nn.NLLLoss, "binary_cross_entropy": nn.BCELoss,
}  # fmt: skip
ROWS = [(name, *row) for name, rows in LOSSES.items() for row in rows]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("name", "target", "prediction", "loss", "gradient"), ROWS)
def test_losses_of_scores_of_ten_thousand(name, target, prediction, loss, gradient, dtype):
    """Not inf, not nan: at stages 3 and 4, as functions and as modules, in both dtypes."""
    function, module = getattr(microgradx.losses, name), MODULES[name]()
    for value in (lambda x: function([target], x), lambda x: module([target], x)):
        x = TensorValue(np.array([prediction], dtype))
        out = value(x)
        out.backward()

        assert (dtype, loss) == (out.dtype, out.item())
        assert np.array([gradient], dtype).tolist() == x.grad.tolist()


@pytest.mark.parametrize(
    ("name", "target", "prediction", "loss", "gradient"),
    [row for row in ROWS if hasattr(micrograd_plus.losses, row[0])],
)
def test_losses_of_numbers_agree(name, target, prediction, loss, gradient):
    """What stage 2 has of them gives the same."""
    x = Value(prediction)
    out = getattr(micrograd_plus.losses, name)([target], [x])
    out.backward()

    assert loss == out.data
    assert gradient == x.grad


def test_every_loss_has_its_row():
    """A new loss has to be tried at its limits, too."""
    assert set(LOSSES) == set(MODULES) == set(microgradx.losses.__all__)
    classes = {type(make()) for make in MODULES.values()} | {nn.SmoothL1Loss}  # huber, scaled

    assert classes == {getattr(nn, name) for name in nn.__all__ if name.endswith("Loss")}
