"""`EarlyStopping`: rows E38 to E44 of the table of edges."""

import copy
import math

import numpy as np
import pytest

from vhgrad import MLP, SGD, mse
from vhgrad.training import EarlyStopping, fit

X = np.random.default_rng(0).uniform(-1, 1, (8, 2))
Y = X[:, 0] * X[:, 1]


def after(numbers, **settings):
    """Early stopping after these numbers, and after how many it stopped first."""
    stopping = EarlyStopping(monitor="x", **settings)
    first = None
    for k, number in enumerate(numbers, start=1):
        stopping.update({"x": number})
        first = k if first is None and stopping.stopped else first
    return stopping, first


@pytest.mark.parametrize(("patience", "first"), [(0, 2), (1, 2), (2, 3), (3, 4), (4, None)])
def test_e38_it_stops_after_so_many_epochs_without_improvement(patience, first):
    """E38: with patience 0 at the first bad one; counted in a row."""
    assert first == after([1.0, 1.0, 1.0, 1.0], patience=patience)[1]
    assert after([1.0, 2.0, 0.5, 2.0], patience=2)[1] is None


def test_e39_nan_is_a_bad_epoch_and_never_the_best():
    """E39: also as the first number; the first real one is the best."""
    stopping, first = after([math.nan, 0.5, math.nan, math.nan], patience=2)

    assert (0.5, 2, 4) == (stopping.best, stopping.best_epoch, first)
    assert after([math.nan, math.nan], patience=2)[0].best is None


@pytest.mark.parametrize(
    ("numbers", "settings", "best"),
    [
        ([1.0, 1.0], {}, 1),
        ([1.0, 0.9], {"min_delta": 0.25}, 1),
        ([1.0, 0.75], {"min_delta": 0.25}, 1),
        ([1.0, 0.5], {"min_delta": 0.25}, 2),
        ([1.0, 2.0], {"mode": "max"}, 2),
        ([-2.0, -1.0, -1.5], {"mode": "max"}, 2),
        ([1.0, 1.25], {"mode": "max", "min_delta": 0.25}, 1),
        ([math.inf, 1.0], {}, 2),
    ],
)
def test_e40_only_what_is_better_by_more_than_min_delta_improves(numbers, settings, best):
    """E40: an equal number does not."""
    assert best == after(numbers, **settings)[0].best_epoch


def trained(stopping, epochs=6, scale=1.0, model=None, **settings):
    """A model whose weights are shifted after every epoch, so that its loss grows."""
    model = model or MLP(2, [4, 1], seed=1)
    optimizer = SGD(model.parameters(), lr=0.0)
    weights = []

    def worse(epoch, logs):
        weights.append(model.state_dict())
        for p in model.parameters():
            p.data = p.data + scale

    history = fit(
        model,
        [(X, Y)],
        loss=mse,
        optimizer=optimizer,
        epochs=epochs,
        early_stopping=stopping,
        callbacks=[worse],
        **settings,
    )
    return model, history, weights


@pytest.mark.parametrize("epochs", [6, 2])
def test_e41_the_best_weights_come_back(epochs):
    """E41: those of the best epoch, not the last, also where the epochs ran out."""
    stopping = EarlyStopping(2, monitor="loss", restore_best=True)
    model, history, weights = trained(stopping, epochs)

    assert min(epochs, 3) == history.epochs
    for name, array in model.state_dict().items():
        assert weights[0][name].tobytes() == array.tobytes()


def test_without_restore_best_the_last_weights_stay():
    """Nothing is copied, nothing put back."""
    stopping = EarlyStopping(1, monitor="loss")
    model, _, weights = trained(stopping)

    assert stopping.weights is None
    assert weights[0]["layers.0.bias"].tolist() != model.state_dict()["layers.0.bias"].tolist()


def test_e42_a_new_run_starts_it_anew():
    """E42: what an earlier run saw does not count."""
    stopping = EarlyStopping(2, monitor="loss")
    lengths = [trained(stopping)[1].epochs for _ in range(2)]

    assert [3, 3] == lengths


def test_e43_a_missing_name_is_an_error_before_the_first_step():
    """E43: it lists the names there are."""
    with pytest.raises(ValueError, match=r"'validation_loss'.* among loss, seconds; pass"):
        trained(EarlyStopping())
    with pytest.raises(ValueError, match=r"'acc', which is not among loss, accuracy; choose"):
        EarlyStopping(monitor="acc").update({"loss": 1.0, "accuracy": 0.5})


def test_e44_counters_survive_a_resume():
    """E44: going on with a history goes on counting."""
    stopping = EarlyStopping(3, monitor="loss")
    model, history, _ = trained(stopping, epochs=2)
    again = EarlyStopping(9, 0.5, "max", monitor="accuracy")
    again.load_state_dict(stopping.state_dict())
    _, history, _ = trained(again, model=model, history=history)

    assert (4, 3, "min") == (history.epochs, again.patience, again.mode)


def test_its_state_is_a_copy():
    """Weights, too: training on does not change what was saved."""
    stopping = EarlyStopping(monitor="loss", restore_best=True)
    stopping.update({"loss": 1.0}, MLP(2, [1], seed=1))
    state = stopping.state_dict()
    stopping.weights["layers.0.bias"][:] = 7.0

    assert 7.0 not in state["weights"]["layers.0.bias"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"patience": -1}, "`patience` needs"),
        ({"mode": "most"}, "'min' or 'max'"),
        ({"best": math.nan}, "'best' is nan"),
        ({"best": "0.5"}, "'best' is '0.5'"),
        ({"epochs": 1.5}, "'epochs' is 1.5"),
        ({"bad_epochs": -1}, "'bad_epochs' is -1"),
        ({"stopped": 1}, "'stopped' is 1"),
        ({"weights": [1.0]}, "'weights' is"),
        ({"more": 1}, "unexpected 'more'"),
    ],
)
def test_a_wrong_state_changes_nothing(change, message):
    """All that is wrong is named."""
    stopping, _ = after([1.0, 2.0])
    before = copy.deepcopy(vars(stopping))
    with pytest.raises(ValueError, match=message):
        stopping.load_state_dict(stopping.state_dict() | change)

    assert before == vars(stopping)


@pytest.mark.parametrize(
    "settings",
    [
        {"patience": -1},
        {"patience": 1.5},
        {"patience": True},
        {"min_delta": -0.1},
        {"min_delta": math.nan},
        {"min_delta": "0"},
        {"mode": "auto"},
        {"restore_best": 1},
        {"monitor": None},
    ],
)
def test_settings_are_checked(settings):
    """The error names the setting."""
    with pytest.raises((TypeError, ValueError), match=f"`{next(iter(settings))}`"):
        EarlyStopping(**settings)
