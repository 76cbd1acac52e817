"""`evaluate` and `predict`: what a model is worth, whatever the batches."""

import numpy as np
import pytest

from vhgrad import (
    MLP,
    DataLoader,
    Linear,
    Module,
    Sequential,
    TensorValue,
    accuracy,
    cross_entropy,
    evaluate,
    mse,
    predict,
)
from vhgrad.metrics import F1, Accuracy, f1

X = np.random.default_rng(0).uniform(-1, 1, (20, 2))
Y = X[:, 0] * X[:, 1]
LABELS = (Y > 0).astype(int)


def batches(size=5, targets=Y):
    """The data in order, `size` rows at a time."""
    return [(X[k : k + size], targets[k : k + size]) for k in range(0, len(X), size)]


class Modes(Module):
    """Notes the mode in which it is called."""

    def __init__(self):
        self.inner = MLP(2, [1], seed=1)
        self.seen = []

    def forward(self, x):
        self.seen.append(self.training)
        return self.inner(x)


# evaluate


@pytest.mark.parametrize("size", [1, 3, 7, 20])
def test_c41_evaluation_does_not_depend_on_the_batches(size):
    """C41: loss and metrics are means over examples, not over batches."""
    model = MLP(2, [4, 2], seed=1, dtype=np.float64)
    data = batches(size, LABELS)
    measured = evaluate(model, data, loss=cross_entropy, metrics={"accuracy": accuracy})
    outputs = model(X)

    assert pytest.approx(cross_entropy(LABELS, outputs).item(), rel=1e-13) == measured["loss"]
    assert (outputs.data.argmax(1) == LABELS).mean() == measured["accuracy"]


def test_metrics_get_numbers_where_targets_are_numbers():
    """Only classes are picked from scores; a regression's outputs reach the metric as they are."""
    model = MLP(2, [4, 1], seed=1)
    seen = {}
    evaluate(
        model, batches(), loss=mse, metrics={"pair": lambda *pair: seen.update(pair=pair) or 0}
    )

    assert [Y.tolist(), model(X).data.tolist()] == [array.tolist() for array in seen["pair"]]


@pytest.mark.parametrize("training", [True, False])
def test_evaluation_leaves_the_mode_as_it_was(training):
    """Also where it fails."""
    model = Modes().train(training)
    evaluate(model, [(X, Y)], loss=mse)
    with pytest.raises(ValueError, match="one shape"):
        evaluate(model, [(X, Y[:-1])], loss=mse)

    assert training == model.training
    assert [False, False] == model.seen


def test_every_module_gets_its_own_mode_back():
    """A part that was put into use before stays in use, also after an error."""
    model = Sequential(Linear(2, 2, seed=1), Sequential(Linear(2, 1, seed=2), Modes()))
    model[1].eval()
    expected = [module.training for module in model.modules()]
    predict(model[0], X)
    with pytest.raises(ValueError, match="shape"):
        evaluate(model, [(X, Y)], loss=mse)

    assert expected == [module.training for module in model.modules()]


def test_nothing_is_recorded_while_measuring():
    """No graph holds the activations of a whole data set."""
    seen = []

    class Noting(Linear):
        def forward(self, x):
            seen.append(super().forward(x))
            return seen[-1]

    model = Noting(2, 1, seed=1)
    predict(model, X)
    evaluate(model, [(X, Y[:, None])], loss=mse)

    assert [(), ()] == [outputs.inputs for outputs in seen]


@pytest.mark.parametrize("size", [1, 3, 20])
def test_streaming_metrics_are_functions_batch_by_batch(size):
    """The same numbers, under the same names, without keeping the examples."""
    model = MLP(2, [4, 2], seed=1)
    both = [
        evaluate(model, batches(size, LABELS), loss=cross_entropy, metrics=metrics)
        for metrics in ([accuracy, f1], [Accuracy(), F1()])
    ]

    assert ["loss", "accuracy", "f1"] == list(both[0])
    assert both[0] == both[1]


def test_a_streaming_metric_starts_anew():
    """What it was told before does not count; one metric alone needs no list."""
    metric = Accuracy()
    metric.update([0], [1])
    model = MLP(2, [4, 2], seed=1)
    first, again = (evaluate(model, batches(7, LABELS), metrics=metric) for _ in range(2))

    assert first == again == {"accuracy": (predict(model, X).argmax(1) == LABELS).mean()}


def test_metrics_of_scores_get_scores():
    """Their attribute `takes_scores` says so; others get the likeliest classes."""
    seen = {}

    def shape_of(name, takes_scores):
        def metric(targets, predictions):
            seen[name] = predictions.shape
            return 0.0

        metric.takes_scores = takes_scores
        return metric

    metrics = {name: shape_of(name, name == "scores") for name in ("scores", "classes")}
    evaluate(MLP(2, [4, 2], seed=1), batches(7, LABELS), metrics=metrics)

    assert {"scores": (20, 2), "classes": (20,)} == seen


def test_evaluation_moves_nothing():
    """No gradient, no step."""
    model = MLP(2, [4, 1], seed=1)
    before = repr(model.state_dict())
    evaluate(model, batches(), loss=mse)

    assert before == repr(model.state_dict())
    assert [None] * 4 == [p.grad for p in model.parameters()]


def test_evaluation_of_nothing_is_an_error():
    """No batches, no mean."""
    with pytest.raises(ValueError, match="at least one batch"):
        evaluate(MLP(2, [1], seed=1), [], loss=mse)


# predict


@pytest.mark.parametrize("size", [1, 7, 20, 1000])
def test_predictions_do_not_depend_on_the_batch_size(size):
    """The outputs of all examples in order, as a plain array."""
    model = MLP(2, [4, 3], seed=1, dtype=np.float64)
    outputs = predict(model, X, batch_size=size)

    assert np.ndarray is type(outputs)
    assert np.allclose(model(X).data, outputs, rtol=1e-13, atol=1e-15)  # sums in another order


def test_predictions_for_nothing_are_empty():
    """No examples, no rows; the shape still tells the number of outputs."""
    assert (0, 3) == predict(MLP(2, [4, 3], seed=1), X[:0]).shape


def test_predicting_is_in_the_mode_for_use():
    """And the mode is restored, also where it fails."""
    model = Modes()
    predict(model, X)
    with pytest.raises(ValueError, match="expected inputs"):
        predict(model, X[:, :1])

    assert (True, [False, False]) == (model.training, model.seen)


def test_predicting_takes_a_tensor():
    """Its numbers are what counts."""
    model = MLP(2, [3], seed=1)

    assert predict(model, X).tolist() == predict(model, TensorValue(X)).tolist()


def test_predicting_says_what_to_do_with_batches():
    """A loader is no array."""
    with pytest.raises(TypeError, match=r"got DataLoader; for batches, write"):
        predict(MLP(2, [1], seed=1), DataLoader((X, Y)))
    with pytest.raises(TypeError, match=r"the model comes first: predict\(model, ...\)"):
        predict(X, MLP(2, [1], seed=1))


@pytest.mark.parametrize(
    ("inputs", "size"), [(3.0, 10), ("words", 10), (X, 0), (X, -1), (X, 2.5), (X, True)]
)
def test_predicting_needs_rows_and_a_batch_size(inputs, size):
    """Anything else is an error that says what was expected."""
    with pytest.raises(ValueError, match=r"\(n, ...\)|whole number, 1 or more"):
        predict(MLP(2, [1], seed=1), inputs, batch_size=size)
