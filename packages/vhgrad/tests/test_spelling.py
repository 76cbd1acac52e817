"""PyTorch's names: they are there, or the error says what to write."""

import copy
import pickle

import numpy as np
import pytest

import vhgrad
from vhgrad import Linear, nn
from vhgrad.nn import functional as F
from vhgrad.spelling import MODULE, NN, TOP

MISSING = [
    (where, name, text)
    for where, table in ((vhgrad, TOP), (nn, NN), (Linear(1, 1), MODULE))
    for name, text in table.items()
]


@pytest.mark.parametrize(("where", "name", "text"), MISSING, ids=[row[1] for row in MISSING])
def test_a_name_of_pytorchs_is_answered_with_ours(where, name, text):
    """The error names what to write, and no name in the tables exists."""
    with pytest.raises(AttributeError) as caught:
        getattr(where, name)

    assert str(caught.value).endswith(f" has no `{name}`; {text}.")


def test_other_names_are_missing_as_usual():
    """`hasattr`, copies and pickles do not notice that there are hints."""
    layer = Linear(2, 1, seed=1)
    for where in (vhgrad, nn, layer):
        with pytest.raises(AttributeError, match="has no attribute 'colour'"):
            _ = where.colour

    for twin in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert layer.weight.data.tolist() == twin.weight.data.tolist()


LABELS, LOGITS, X = np.array([0, 1]), np.array([[2.0, 1.0], [0.5, 3.0]]), np.array([0.2, 0.9])


@pytest.mark.parametrize(
    ("function", "module", "targets", "predictions"),
    [
        (F.cross_entropy, nn.CrossEntropyLoss, LABELS, LOGITS),
        (F.nll_loss, nn.NLLLoss, LABELS, np.log([[0.5, 0.5], [0.1, 0.9]])),
        (F.mse_loss, nn.MSELoss, X, X**2),
        (F.l1_loss, nn.L1Loss, X, X**2),
        (F.huber_loss, nn.HuberLoss, X, X**2),
        (F.binary_cross_entropy, nn.BCELoss, X > 0.5, X),
        (F.binary_cross_entropy_with_logits, nn.BCEWithLogitsLoss, X > 0.5, X),
    ],
)
def test_losses_are_functions_too(function, module, targets, predictions):
    """PyTorch's names in `functional` are the losses of the modules, targets first."""
    assert module()(targets, predictions).item() == function(targets, predictions).item()
