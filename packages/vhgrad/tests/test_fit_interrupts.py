"""Ctrl-C while `fit` runs: the step is finished, the history is kept, the handler is restored."""

import signal
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from vhgrad import MLP, SGD, mse
from vhgrad.training import StopTraining, fit

X = np.random.default_rng(0).uniform(-1, 1, (8, 2))
Y = X[:, 0] * X[:, 1]
BATCHES = [(X[k : k + 2], Y[k : k + 2]) for k in range(0, 8, 2)]


def ctrl_c():
    """What the terminal does."""
    signal.raise_signal(signal.SIGINT)


class Pressing(SGD):
    """An optimizer in whose steps Ctrl-C is pressed: numbers of steps, counted from 1."""

    def press_in(self, *steps):
        self.steps, self.pressed = 0, steps
        return self

    def update(self, data, g, state, group):
        new = super().update(data, g, state, group)
        self.press()
        return new

    def step(self, *arguments):
        self.steps += 1
        self.left = self.pressed.count(self.steps)
        super().step(*arguments)
        self.press()  # where parameters are moved together

    def press(self):
        while self.left:
            self.left -= 1
            ctrl_c()


def run(optimizer_class=SGD, press=(), **settings):
    """A model and its history, or the error."""
    model = MLP(2, [4, 1], seed=1)
    optimizer = optimizer_class(model.parameters(), lr=0.1)
    if press:
        optimizer.press_in(*press)
    settings = {"epochs": 3, "data": BATCHES, **settings}
    return model, fit(model, settings.pop("data"), loss=mse, optimizer=optimizer, **settings)


def weights(model):
    return [p.data.tolist() for p in model.parameters()]


def test_ctrl_c_in_the_middle_of_a_step_finishes_it():
    """The weights are those after a whole number of steps, and the history says how many."""
    model, history = run(Pressing, press=[6])
    expected = MLP(2, [4, 1], seed=1)
    optimizer = SGD(expected.parameters(), lr=0.1)
    for k in range(6):
        loss = mse(BATCHES[k % 4][1], expected(BATCHES[k % 4][0]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    assert weights(expected) == weights(model)
    assert (True, 1, 2) == (history.interrupted, history.epochs, history.steps)


def test_going_on_after_ctrl_c_is_the_same_run():
    """Nothing is lost, nothing counts twice, and the flag is for the last `fit` only."""
    whole, expected = run()
    model, history = run(Pressing, press=[6])
    optimizer = SGD(model.parameters(), lr=0.1)
    fit(model, BATCHES, loss=mse, optimizer=optimizer, epochs=3, history=history)

    assert (weights(whole), expected["loss"]) == (weights(model), history["loss"])
    assert not history.interrupted


def test_a_second_ctrl_c_stops_at_once():
    """Where a step hangs, nobody has to wait for it."""
    with pytest.raises(KeyboardInterrupt):
        run(Pressing, press=[6, 6])

    assert signal.default_int_handler is signal.getsignal(signal.SIGINT)


def test_ctrl_c_while_measuring_leaves_the_epoch_to_be_measured():
    """Validation stops between two batches; going on measures again from the start."""

    class Batches(list):
        pressed = False

        def __iter__(self):
            for number, batch in enumerate(super().__iter__()):
                if number == 1 and not Batches.pressed:
                    Batches.pressed = True
                    ctrl_c()
                yield batch

    validation = Batches(BATCHES)
    model, history = run(validation=validation)
    assert (True, 0, 4) == (history.interrupted, history.epochs, history.steps)
    assert model.training
    optimizer = SGD(model.parameters(), lr=0.1)
    fit(
        model,
        BATCHES,
        loss=mse,
        optimizer=optimizer,
        epochs=3,
        validation=validation,
        history=history,
    )
    _, expected = run(validation=BATCHES)

    assert expected["validation_loss"] == history["validation_loss"]


def test_the_handler_is_restored_also_after_an_error():
    """Outside of `fit`, Ctrl-C is as it was."""
    with pytest.raises(TypeError, match="batches"):
        run(data=[X])
    run(Pressing, press=[1])

    assert signal.default_int_handler is signal.getsignal(signal.SIGINT)


def test_a_handler_of_the_user_stays_in_charge():
    """Whoever handles Ctrl-C already knows why."""
    calls = []
    before = signal.signal(signal.SIGINT, lambda *arguments: calls.append(1))
    try:
        _, history = run(Pressing, press=[2])
    finally:
        signal.signal(signal.SIGINT, before)

    assert ([1], False, 3) == (calls, history.interrupted, history.epochs)


def test_other_threads_train_without_a_handler():
    """Signals come to the main thread only; `fit` elsewhere does not touch them."""
    histories = []
    thread = threading.Thread(target=lambda: histories.append(run()[1]))
    thread.start()
    thread.join()

    assert 3 == histories[0].epochs


@pytest.mark.parametrize(
    ("hook", "done"), [("on_batch_end", (0, 2)), ("on_epoch_end", (2, 0))], ids=["step", "epoch"]
)
def test_a_callback_can_stop_the_training(hook, done):
    """After a step the epoch is left unfinished, after an epoch there is nothing unfinished."""

    def stop(number, logs):
        if number == 2:
            raise StopTraining

    _, history = run(callbacks=[SimpleNamespace(**{hook: stop})])

    assert (*done, False) == (history.epochs, history.steps, history.interrupted)
