"""`fit` does what the same lines by hand would do."""

import numpy as np
import pytest

from vhgrad import (
    MLP,
    SGD,
    Adam,
    Linear,
    Sequential,
    accuracy,
    cross_entropy,
    evaluate,
    fit,
    mse,
)

X = np.random.default_rng(0).uniform(-1, 1, (20, 2))
Y = X[:, 0] * X[:, 1]
LABELS = (Y > 0).astype(int)


def batches(size=5, targets=Y):
    """The data in order, `size` rows at a time."""
    return [(X[k : k + size], targets[k : k + size]) for k in range(0, len(X), size)]


def trained(epochs=3, data=None, model=None, **settings):
    """A model after training, and what `fit` returned."""
    model = model or MLP(2, [4, 1], seed=1)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    data = batches() if data is None else data
    return model, fit(model, data, loss=mse, optimizer=optimizer, epochs=epochs, **settings)


def weights(model):
    """All parameters as nested lists."""
    return [p.data.tolist() for p in model.parameters()]


def test_fit_is_the_loop_by_hand():
    """Same order, same steps: the weights are equal to the last bit."""
    model = MLP(2, [4, 1], seed=1)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(3):
        for x, y in batches():
            loss = mse(y, model(x))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    assert weights(model) == weights(trained()[0])


def test_history_has_one_number_per_epoch():
    """Loss and seconds; the loss falls."""
    _, history = trained(epochs=30)

    assert {"loss": 30, "seconds": 30} == {name: len(numbers) for name, numbers in history.items()}
    assert history["loss"][-1] < history["loss"][0] / 2
    assert all(seconds > 0 for seconds in history["seconds"])


def test_the_loss_of_an_epoch_is_the_mean_per_example():
    """Batches of unequal size count by their examples."""
    model = MLP(2, [4, 1], seed=1)
    expected = mse(Y, model(X)).item()
    frozen = SGD(model.parameters(), lr=0.0)
    history = fit(model, batches(size=7), loss=mse, optimizer=frozen, epochs=1)

    assert pytest.approx(expected, rel=1e-6) == history["loss"][0]  # float32


def test_validation_and_metrics_are_measured_every_epoch():
    """Under the names `validation_loss` and those of the metrics."""
    model = Sequential(Linear(2, 8, seed=1), Linear(8, 2, seed=2))
    optimizer = Adam(model.parameters(), lr=0.01)
    data = batches(targets=LABELS)
    history = fit(
        model,
        data,
        loss=cross_entropy,
        optimizer=optimizer,
        epochs=2,
        validation=data,
        metrics={"accuracy": accuracy},
    )
    last = evaluate(model, data, loss=cross_entropy, metrics={"accuracy": accuracy})

    assert ["loss", "seconds", "validation_loss", "accuracy"] == list(history)
    assert (last["loss"], last["accuracy"]) == (
        history["validation_loss"][-1],
        history["accuracy"][-1],
    )


def test_a_callback_is_called_with_number_and_logs():
    """After every epoch, numbered from 1, with what the history gets."""
    calls = []
    _, history = trained(callbacks=[lambda epoch, logs: calls.append((epoch, logs["loss"]))])

    assert list(enumerate(history["loss"], start=1)) == calls


def test_no_epochs_change_nothing():
    """`epochs=0` returns an empty history."""
    model, history = trained(epochs=0)

    assert ({}, weights(MLP(2, [4, 1], seed=1))) == (history, weights(model))


@pytest.mark.parametrize("epochs", [-1, 1.5, True, "3", None])
def test_epochs_are_a_whole_number(epochs):
    """Anything else is an error before the first step."""
    with pytest.raises(ValueError, match="whole number of epochs"):
        trained(epochs=epochs)


@pytest.mark.parametrize("data", [[], (batch for batch in [])], ids=["list", "generator"])
def test_without_batches_there_is_nothing_to_learn(data):
    """No batches are an error."""
    with pytest.raises(ValueError, match="at least one batch"):
        trained(epochs=1, data=data)


def test_a_generator_that_would_be_used_up_is_refused():
    """A second epoch would find nothing left of it: an error before the first one."""
    model = MLP(2, [4, 1], seed=1)
    before = weights(model)
    with pytest.raises(ValueError, match="generator, which is used up after one epoch"):
        trained(model=model, epochs=2, data=(batch for batch in batches()))
    assert before == weights(model)
    _, history = trained(epochs=1, data=(batch for batch in batches()))

    assert 1 == history.epochs


def test_an_empty_batch_is_noticed():
    """Of no examples there is no loss: the error is not about the learning rate."""
    with pytest.raises(ValueError, match=r"at least one example per batch, got none in 2"):
        trained(data=[(X, Y), (X[:0], Y[:0])])
    with pytest.raises(ValueError, match=r"at least one example per batch, got none in 1"):
        evaluate(MLP(2, [1], seed=1), [(X[:0], Y[:0])], loss=mse)


@pytest.mark.parametrize(
    ("data", "got"),
    [
        ((X, Y), "got ndarray as batch 1"),
        ((X[:2], Y[:2]), "got ndarray as batch 1"),
        ([(X, Y, Y)], "got 3 parts as batch 1"),
        ([X], "got ndarray as batch 1"),
        ([(X[0], Y[0])], "got one number in batch 1"),
        ([(X[0].tolist(), 1.0)], "got one number in batch 1"),
    ],
    ids=["arrays", "arrays of two rows", "triples", "inputs alone", "NumPy examples", "examples"],
)
def test_batches_are_pairs(data, got):
    """The commonest mistakes: whole arrays without a loader, or single examples."""
    with pytest.raises(TypeError, match=got):
        trained(data=data)


def test_targets_that_do_not_fit_are_an_error_of_the_loss():
    """Shapes that would broadcast in silence are refused."""
    with pytest.raises(ValueError, match="one shape"):
        trained(data=[(X, Y[:, None])])


def test_a_loss_that_is_not_finite_stops_before_the_step():
    """The error says where; the parameters are those before."""
    model = MLP(2, [4, 1], seed=1)
    before = weights(model)
    with pytest.raises(FloatingPointError, match=r"the loss became nan in step 1"):
        trained(model=model, data=[(X * np.nan, Y)])

    assert before == weights(model)


def test_training_is_in_training_mode_and_validation_is_not():
    """Also after a validation, the next epoch is in training mode again."""
    seen = []

    class Noting(MLP):
        def forward(self, x):
            seen.append(self.training)
            return super().forward(x)

    trained(model=Noting(2, [1], seed=1), epochs=2, data=[(X, Y)], validation=[(X, Y)])

    assert [True, False, True, False] == seen


def test_one_seed_gives_one_result():
    """Two runs are equal to the last bit."""
    assert weights(trained()[0]) == weights(trained()[0])


def test_without_a_terminal_nothing_is_written(capsys):
    """Progress is for people who watch; files and pipes stay clean."""
    trained(progress=True)

    assert ("", "") == tuple(capsys.readouterr())
