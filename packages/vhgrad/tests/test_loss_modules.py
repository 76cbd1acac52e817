"""Loss modules: the functions with their settings kept."""

import numpy as np
import pytest

import microgradx
from microgradx import TensorValue
from vhgrad import nn

rng = np.random.default_rng(0)
LOGITS = rng.normal(size=(5, 3))
LABELS = [0, 2, 1, 1, 0]
SIDES = np.sign(rng.normal(size=(5, 3)))

CASES = [
    (nn.MSELoss(), microgradx.mse, SIDES, {}),
    (nn.L1Loss(reduction="sum"), microgradx.l1, SIDES, {"reduction": "sum"}),
    (nn.HuberLoss(delta=0.3), microgradx.huber, SIDES, {"delta": 0.3}),
    (nn.HingeLoss(reduction="none"), microgradx.hinge, SIDES, {"reduction": "none"}),
    (
        nn.BCEWithLogitsLoss(),
        microgradx.binary_cross_entropy_with_logits,
        SIDES > 0,
        {},
    ),
    (
        nn.CrossEntropyLoss([1, 2, 3], label_smoothing=0.1, ignore_index=2),
        microgradx.cross_entropy,
        LABELS,
        {"weight": [1, 2, 3], "label_smoothing": 0.1, "ignore_index": 2},
    ),
    (nn.NLLLoss(ignore_index=0), microgradx.nll, LABELS, {"ignore_index": 0}),
]


@pytest.mark.parametrize(("module", "function", "targets", "settings"), CASES)
def test_module_is_the_function_with_its_settings(module, function, targets, settings):
    """Every setting arrives."""
    expected = function(targets, LOGITS, **settings)

    assert np.array_equal(expected.data, module(targets, TensorValue(LOGITS)).data)


def test_bce_takes_probabilities():
    """From 0 to 1."""
    shares = 1 / (1 + np.exp(-LOGITS))
    expected = nn.BCEWithLogitsLoss()(SIDES > 0, LOGITS).item()

    assert abs(expected - nn.BCELoss()(SIDES > 0, shares).item()) < 1e-12


def test_smooth_l1_goes_over_into_l1():
    """Slope 1 far away, whatever `beta`; at 0 it is the absolute error."""
    for beta in (0.0, 0.5, 2.0):
        x = TensorValue([10.0, -10.0])
        nn.SmoothL1Loss(reduction="sum", beta=beta)([0.0, 0.0], x).backward()

        assert [1, -1] == x.grad.tolist()


@pytest.mark.parametrize("module", [nn.MSELoss(), nn.CrossEntropyLoss(), nn.BCEWithLogitsLoss()])
def test_swapped_arguments(module):
    """PyTorch's order is an error that names ours."""
    with pytest.raises(TypeError, match="targets come first"):
        module(TensorValue(LOGITS), LABELS if isinstance(module, nn.NLLLoss) else SIDES > 0)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: nn.MSELoss(reduction="median"), "`reduction` needs .* got 'median'"),
        (lambda: nn.CrossEntropyLoss(label_smoothing=1.5), "`label_smoothing`.*got 1.5"),
        (lambda: nn.SmoothL1Loss(beta=-1.0), "`beta` of 0 or more, got -1.0"),
        (lambda: nn.HuberLoss(delta=0.0), "positive `delta`, got 0.0"),
    ],
)
def test_settings_that_make_no_sense(make, says):
    """Refused when the loss is made."""
    with pytest.raises(ValueError, match=says):
        make()


def test_losses_have_no_parameters():
    """Class weights are a buffer, as in PyTorch."""
    loss = nn.CrossEntropyLoss([1.0, 2.0])

    assert [] == loss.parameters()
    assert ["weight"] == list(loss.state_dict())
    assert "MSELoss()" == repr(nn.MSELoss())
    assert "L1Loss(reduction='sum')" == repr(nn.L1Loss(reduction="sum"))
