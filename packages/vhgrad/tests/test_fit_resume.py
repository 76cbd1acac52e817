"""A run that is stopped after any step and gone on with is the same run, to the last bit."""

import copy
from types import SimpleNamespace

import numpy as np
import pytest

from microgradx import default_generator, manual_seed
from vhgrad import SGD, Adam, DataLoader, cross_entropy
from vhgrad.nn import BatchNorm1d, Dropout, Linear, Sequential, Tanh
from vhgrad.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR, ReduceLROnPlateau
from vhgrad.training import EarlyStopping, History, StopTraining, fit, generators

X = np.random.default_rng(0).normal(size=(10, 2)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0).astype(int)
HELD_OUT = [(X[:5], Y[:5]), (X[5:], Y[5:])]
EPOCHS = 3


def cosine(optimizer, other):
    """A rate per epoch."""
    return CosineAnnealingLR(optimizer, T_max=9 if other else EPOCHS)


def cycle(optimizer, other):
    """A rate per batch."""
    return OneCycleLR(optimizer, max_lr=0.3, total_steps=50 if other else 3 * EPOCHS)


def plateau(optimizer, other):
    """A rate that goes by the loss."""
    return ReduceLROnPlateau(optimizer, patience=7 if other else 0, factor=0.5)


def clip(parameters):
    """Every gradient no longer than 0.1."""
    for p in parameters:
        if p.grad is not None:
            p.grad = p.grad / np.maximum(1, 10 * np.linalg.norm(p.grad))


def parts(optimizer, schedule=None, stopping=False, listed=False, other=False, **settings):
    """All that takes part in a run; with `other`, made with other settings, to be loaded."""
    model = Sequential(
        Linear(2, 6, seed=8 if other else 1),
        BatchNorm1d(6),
        Tanh(),
        Dropout(0.2),
        Linear(6, 2, seed=9 if other else 2),
        Dropout(0.1, generator=6 if other else 5),
    )
    rate = 0.5 if other else 0.1
    if optimizer == "sgd":
        moved = SGD(model.parameters(), lr=rate, momentum=0.0 if other else 0.9)
    else:
        moved = Adam(model.parameters(), lr=rate, eps=1e-3 if other else 1e-8)
    loader = DataLoader((X, Y), 4, shuffle=True, generator=3 if other else 4)
    return {
        "model": model,
        "optimizer": moved,
        "loader": [(X[k : k + 4], Y[k : k + 4]) for k in (0, 4, 8)] if listed else loader,
        "scheduler": schedule(moved, other) if schedule else None,
        "early_stopping": EarlyStopping(1, 0.0, "max" if other else "min", not other)
        if stopping
        else None,
        "history": History(),
        **settings,
    }


def run(parts, callbacks=(), epochs=EPOCHS):
    """Train to the end."""
    return fit(
        parts["model"],
        parts["loader"],
        loss=cross_entropy,
        optimizer=parts["optimizer"],
        epochs=epochs,
        validation=HELD_OUT,
        scheduler=parts["scheduler"],
        early_stopping=parts["early_stopping"],
        clip=parts.get("clip"),
        callbacks=callbacks,
        history=parts["history"],
    )


def stateful(parts):
    """The parts with a state, and the generators."""
    found = {k: p for k, p in parts.items() if hasattr(p, "state_dict")}
    return {**found, **generators(parts["model"])}


def states(parts):
    """What a checkpoint would hold, without the time it took."""
    saved = {name: copy.deepcopy(part.state_dict()) for name, part in stateful(parts).items()}
    saved["history"]["seconds"] = 0.0
    saved["history"]["columns"].pop("seconds", None)
    return saved


def same(a, b):
    """Whether two states are equal to the last bit."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, np.ndarray):
        return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    return type(a) is type(b) and a == b


SETTINGS = {
    "momentum": {"optimizer": "sgd"},
    "Adam, rate per epoch": {"optimizer": "adam", "schedule": cosine},
    "Adam, rate per batch": {"optimizer": "adam", "schedule": cycle, "clip": clip},
    "early stopping": {"optimizer": "sgd", "stopping": True},
    "all of it": {"optimizer": "adam", "schedule": cycle, "stopping": True, "clip": clip},
    "a list of batches": {"optimizer": "sgd", "schedule": plateau, "listed": True},
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("when", ["on_batch_end", "on_epoch_end"])
def test_going_on_after_any_step_is_the_same_run(settings, when):
    """Saved after every step, or epoch, and loaded into parts made otherwise."""
    manual_seed(11)
    whole = parts(**settings)
    saved = []

    def save(number, logs):
        saved.append({k: copy.deepcopy(p.state_dict()) for k, p in stateful(whole).items()})

    run(whole, [SimpleNamespace(**{when: save})])
    expected = states(whole)
    assert len(saved) == whole["history"].epochs * (3 if when == "on_batch_end" else 1)
    for state in saved:
        manual_seed(99)
        again = parts(**settings, other=True)
        for name, part in stateful(again).items():
            part.load_state_dict(copy.deepcopy(state[name]))
        run(again)

        assert same(expected, states(again))


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_going_on_with_the_same_parts_is_the_same_run(settings):
    """A callback that stops after every single step, and `fit` again, makes no difference."""
    manual_seed(11)
    whole = parts(**settings)
    run(whole)
    expected = states(whole)
    manual_seed(11)
    stopped = parts(**settings)

    def stop(step, logs):
        raise StopTraining

    for _ in range(3 * EPOCHS + 1):
        run(stopped, [SimpleNamespace(on_batch_end=stop)])

    assert same(expected, states(stopped))


def test_a_history_without_its_loader_is_refused():
    """A loader at another place would show batches twice, and others never."""
    whole = parts("sgd")
    run(whole, [lambda epoch, logs: None])
    history = History()
    history.count(0.5, 4)
    with pytest.raises(ValueError, match="after 1 steps of an epoch, but the loader is at batch 0"):
        fit(
            whole["model"],
            DataLoader((X, Y), 4),
            loss=cross_entropy,
            optimizer=whole["optimizer"],
            epochs=1,
            history=history,
        )
    for _ in range(4):
        history.count(0.5, 4)
    with pytest.raises(ValueError, match="after 5 steps of an epoch, but `data` has 3 batches"):
        run({**whole, "history": history})


def test_a_finished_history_trains_no_more():
    """`epochs` counts in total; more of them go on, with the schedule where it was."""
    whole = parts("sgd", schedule=cosine)
    history = run(whole)
    before = states(whole)
    run(whole)
    assert same(before, states(whole))
    run(whole, epochs=EPOCHS + 2)

    assert EPOCHS + 2 == history.epochs == len(history["loss"])


def test_a_seed_counts_for_a_new_run_only():
    """Going on with a seed must not draw the same numbers again."""
    whole = parts("sgd")

    def train(epochs, history=None):
        return fit(
            whole["model"],
            whole["loader"],
            loss=cross_entropy,
            optimizer=whole["optimizer"],
            epochs=epochs,
            seed=5,
            history=history,
        )

    history = train(1)
    first = default_generator().state_dict()
    train(2, history)

    assert not same(first, default_generator().state_dict())
    train(1)
    assert same(first, default_generator().state_dict())
