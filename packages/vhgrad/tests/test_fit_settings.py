"""What `fit` can be given beside model, data, loss and optimizer."""

from types import SimpleNamespace

import numpy as np
import pytest

from microgradx import default_generator
from vhgrad import MLP, SGD, Adam, DataLoader, accuracy, cross_entropy, mse
from vhgrad.checkpoint import load_checkpoint
from vhgrad.nn import Dropout, Linear, Sequential, Tanh
from vhgrad.optim import clip_grad_norm_
from vhgrad.training import EarlyStopping, History, StopTraining, evaluate, fit, generators

X = np.random.default_rng(0).uniform(-1, 1, (12, 2))
Y = X[:, 0] * X[:, 1]
LABELS = (Y > 0).astype(int)
BATCHES = [(X[k : k + 4], Y[k : k + 4]) for k in (0, 4, 8)]


def trained(model=None, data=None, optimizer=None, epochs=2, **settings):
    """A model, and what `fit` returned."""
    model = model or MLP(2, [4, 1], seed=1)
    optimizer = optimizer or SGD(model.parameters(), lr=0.1)
    settings = {"loss": mse, **settings}
    return model, fit(model, data or BATCHES, optimizer=optimizer, epochs=epochs, **settings)


def weights(model):
    return b"".join(array.tobytes() for array in model.state_dict().values())


def test_everything_by_hand():
    """What `fit` does is these lines, with the same bytes."""
    by_hand, by_fit = (
        Sequential(Linear(2, 8, seed=1), Tanh(), Dropout(0.2, generator=3), Linear(8, 2, seed=2))
        for _ in range(2)
    )
    loaders = [DataLoader((X, LABELS), 5, shuffle=True, generator=4) for _ in range(2)]
    optimizer = Adam(by_hand.parameters(), lr=0.1)
    schedule = Schedule(optimizer)
    stopping = EarlyStopping(2, restore_best=True)
    for _ in range(6):
        by_hand.train()
        for x, y in loaders[0]:
            loss = cross_entropy(y, by_hand(x))
            optimizer.zero_grad()
            loss.backward()
            clip_grad_norm_(by_hand.parameters(), 0.1)
            optimizer.step()
        found = evaluate(by_hand, [(X, LABELS)], loss=cross_entropy)["loss"]
        schedule.step()
        stopping.update({"validation_loss": found}, by_hand)
        if stopping.stopped:
            break
    stopping.restore(by_hand)

    optimizer = Adam(by_fit.parameters(), lr=0.1)
    fit(
        by_fit,
        loaders[1],
        loss=cross_entropy,
        optimizer=optimizer,
        epochs=6,
        validation=[(X, LABELS)],
        scheduler=Schedule(optimizer),
        early_stopping=EarlyStopping(2, restore_best=True),
        clip=0.1,
    )

    assert weights(by_hand) == weights(by_fit)


class Schedule:
    """Halves the rate."""

    def __init__(self, optimizer, unit="epoch"):
        self.group, self.unit, self.steps = optimizer.param_groups[0], unit, 0

    def step(self):
        self.group["lr"] *= 0.5
        self.steps += 1


@pytest.mark.parametrize(("unit", "steps"), [("epoch", 2), ("batch", 6)])
def test_a_schedule_moves_per_epoch_or_per_batch(unit, steps):
    """As its `unit` says."""
    model = MLP(2, [4, 1], seed=1)
    optimizer = SGD(model.parameters(), lr=1.0)
    schedule = Schedule(optimizer, unit)
    trained(model, optimizer=optimizer, scheduler=schedule)

    assert (steps, 0.5**steps) == (schedule.steps, optimizer.param_groups[0]["lr"])


@pytest.mark.parametrize("name", ["validation_loss", "loss"])
def test_a_schedule_that_needs_a_number_gets_the_loss(name):
    """That on validation data, where there are some."""
    seen = []
    schedule = SimpleNamespace(step=lambda metrics: seen.append(metrics))
    validation = {"validation": BATCHES} if name == "validation_loss" else {}
    _, history = trained(scheduler=schedule, **validation)

    assert history[name] == seen


def test_clip_as_a_function_is_called_before_every_step():
    """With the parameters that are about to move, which have gradients then."""
    calls = []
    trained(clip=lambda ps: calls.append([p.grad is not None for p in ps]))

    assert [[True] * 4] * 6 == calls


def test_a_function_is_called_after_epochs_and_an_object_as_it_says():
    """`on_batch_end(step, logs)` counts within the epoch; all numbers start at 1."""
    calls = []
    both = SimpleNamespace(
        on_batch_end=lambda step, logs: calls.append(("batch", step, *logs)),
        on_epoch_end=lambda epoch, logs: calls.append(("epoch", epoch, *logs)),
    )
    trained(data=BATCHES[:2], callbacks=[both, lambda epoch, logs: calls.append(epoch)])
    steps = [("batch", 1, "loss"), ("batch", 2, "loss")]

    assert [
        *steps,
        ("epoch", 1, "loss", "seconds"),
        1,
        *steps,
        ("epoch", 2, "loss", "seconds"),
        2,
    ] == calls


def test_the_state_of_dropout_starts_from_the_seed():
    """Two runs with one seed are equal; without one they are not."""
    seeded = [trained(dropping(), seed=3)[0] for _ in range(2)]
    free = trained(dropping())[0]

    assert weights(seeded[0]) == weights(seeded[1])
    assert weights(seeded[0]) != weights(free)


def dropping():
    """A model that draws from the default generator."""
    return Sequential(Linear(2, 8, seed=1), Dropout(0.5), MLP(8, [1], seed=2))


def test_parts_in_evaluation_mode_stay_there():
    """A frozen part keeps its running means; a whole model in evaluation mode is woken up."""
    model = dropping()
    model[1].eval()
    trained(model, epochs=1)
    assert [True, True, False] == [model.training, model[0].training, model[1].training]
    trained(model.eval(), epochs=1)

    assert all(module.training for module in model.modules())


def test_a_checkpoint_of_every_epoch_can_be_gone_on_with(tmp_path):
    """By its path: all parts, the generators among them; stopped in the middle of an epoch, too."""

    def make(rate):
        model = Sequential(
            Linear(2, 8, seed=1),
            Dropout(0.2),
            Dropout(0.2, generator=5),
            MLP(8, [1], seed=2),
        )
        return {
            "model": model,
            "optimizer": Adam(model.parameters(), lr=rate),
            "loader": DataLoader((X, Y), 4, shuffle=True, generator=1),
            "early_stopping": EarlyStopping(9, monitor="loss"),
            "history": History(),
        }

    def run(parts, **settings):
        settings = {k: parts[k] for k in ("optimizer", "early_stopping", "history")} | settings
        fit(parts["model"], parts["loader"], loss=mse, epochs=4, seed=1, **settings)
        return weights(parts["model"])

    def stop(number, logs):
        if len(stopped["history"].get("loss", [])) == 2 and number == 2:
            raise StopTraining

    expected = run(make(0.1))
    stopped = make(0.1)
    path = tmp_path / "run.safetensors"
    run(stopped, checkpoint=path, callbacks=[SimpleNamespace(on_batch_end=stop)])
    again = make(0.7)
    default_generator().random(5)
    load_checkpoint(path, **again, generator=generators(again["model"]))
    assert (2, 2) == (again["history"].epochs, again["history"].steps)

    assert expected == run(again)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"loss": "mse"}, TypeError, "`loss` needs a function .* got 'mse'"),
        ({"loss": History}, TypeError, r"the class History; write History\(\)"),
        ({"loss": lambda t, y: 0.5}, TypeError, "a tensor of one number, got float"),
        ({"loss": lambda t, y: (y - t) ** 2}, ValueError, r"got shape \(4,\); take .mean\(\)"),
        ({"optimizer": SGD}, TypeError, "`optimizer` needs an optimizer such as"),
        ({"optimizer": "adam"}, TypeError, "got 'adam'"),
        ({"optimizer": SGD(MLP(2, [1], seed=1).parameters())}, ValueError, "none of the model's"),
        ({"clip": -1.0}, ValueError, "`clip` needs a largest norm of 0 or more, got -1.0"),
        ({"clip": float("nan")}, ValueError, "0 or more, got nan"),
        ({"clip": "norm"}, TypeError, "`clip` needs a largest norm or a function"),
        ({"clip": True}, TypeError, "`clip` needs a largest norm or a function"),
        ({"callbacks": print}, TypeError, r"write \[callback\]"),
        ({"callbacks": [3]}, TypeError, "functions .* or objects .* got 3"),
        ({"callbacks": [StopTraining]}, TypeError, "functions .* or objects"),
        ({"checkpoint": 3}, TypeError, "`checkpoint` needs a path or a Checkpoint, got 3"),
        ({"metrics": [accuracy]}, ValueError, "`metrics` are measured on `validation`"),
        ({"metrics": {"loss": accuracy}, "validation": BATCHES}, ValueError, "'loss', which is"),
        ({"metrics": [accuracy, accuracy], "validation": BATCHES}, ValueError, "name of its own"),
        ({"metrics": [3], "validation": BATCHES}, TypeError, "functions .* or objects .* got 3"),
        ({"metrics": [History], "validation": BATCHES}, TypeError, r"write History\(\)"),
        ({"validation": iter(BATCHES)}, ValueError, "`validation` is a list_iterator"),
        ({"data": 3}, TypeError, "`data` needs to be batches"),
        ({"model": SGD}, TypeError, "fit needs a Module, got type|the class SGD"),
    ],
)
def test_mistakes_are_named_before_anything_moves(settings, error, message):
    """The argument, what was expected and what came; the model is as it was."""
    model = MLP(2, [4, 1], seed=1)
    before = weights(model)
    settings = {"optimizer": SGD(model.parameters(), lr=0.1), "model": model, **settings}
    with pytest.raises(error, match=message):
        trained(**settings)

    assert before == weights(model)


def test_swapped_model_and_data_are_noticed():
    """The commonest order of arguments to get wrong."""
    model = MLP(2, [1], seed=1)
    optimizer = SGD(model.parameters(), lr=0.1)
    with pytest.raises(TypeError, match=r"the model comes first: fit\(model, ...\)"):
        fit(BATCHES, model, loss=mse, optimizer=optimizer, epochs=1)
