"""Metrics: what they accept, what they refuse, and that batches make no difference."""

import json
import math
import warnings

import numpy as np
import pytest

from vhgrad import TensorValue, metrics
from vhgrad.metrics import UndefinedMetricWarning

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 3, 40)
GUESSES = np.where(RNG.random(40) < 0.6, Y, RNG.integers(0, 3, 40))
SCORES = RNG.dirichlet([1, 1, 1], 40)
NUMBERS = RNG.normal(size=(40, 2))
NEAR = NUMBERS + RNG.normal(size=(40, 2))

# name: (streaming metric, targets, predictions)
STREAMS = {
    "accuracy": (metrics.Accuracy(), Y, GUESSES),
    "balanced_accuracy": (metrics.BalancedAccuracy(), Y, GUESSES),
    "precision": (metrics.Precision(average="macro"), Y, GUESSES),
    "recall": (metrics.Recall(average="weighted"), Y, GUESSES),
    "f1": (metrics.F1(average=None), Y, GUESSES),
    "confusion_matrix": (metrics.ConfusionMatrix(), Y, GUESSES),
    "classification_report": (metrics.ClassificationReport(), Y, GUESSES),
    "roc_auc": (metrics.ROCAUC(), Y, SCORES),
    "top_k_accuracy": (metrics.TopKAccuracy(k=2), Y, SCORES),
    "log_loss": (metrics.LogLoss(), Y, SCORES),
    "mean_squared_error": (metrics.MeanSquaredError(), NUMBERS, NEAR),
    "r2": (metrics.R2(multioutput="raw_values"), NUMBERS, NEAR),
}
streams = pytest.mark.parametrize(("metric", "y", "p"), STREAMS.values(), ids=STREAMS)


@pytest.fixture(autouse=True)
def all_reset():
    """Every metric as new."""
    for metric, _, _ in STREAMS.values():
        metric.reset()


# what metrics take


def test_every_name_is_a_metric():
    """One class and one function for each of them."""
    functions = {name for name in metrics.__all__ if name[0].islower() and name != "r2"}

    assert set(STREAMS) == functions | {"r2"}


@pytest.mark.parametrize(
    "kind",
    [list, tuple, np.array, TensorValue, np.float32, lambda y: [TensorValue(x) for x in y]],
    ids=["list", "tuple", "array", "tensor", "float32", "list of tensors"],
)
def test_classes_come_as_anything_that_holds_numbers(kind):
    """Lists, arrays and tensors, in any dtype, mean the same."""
    assert 0.75 == metrics.accuracy([0, 1, 2, 2], kind([0.0, 1.0, 1.0, 2.0]))


def test_classes_may_be_words():
    """Strings in lists, in arrays, in arrays of objects."""
    words = ["cat", "dog", "cat"]
    matrices = [
        metrics.confusion_matrix(kind(words), words).tolist()
        for kind in (list, np.array, lambda x: np.array(x, dtype=object))
    ]

    assert [[[2, 0], [0, 1]]] * 3 == matrices


def test_scores_may_be_tensors():
    """A model's output is taken as it is."""
    assert metrics.roc_auc(Y, SCORES) == metrics.roc_auc(Y, TensorValue(SCORES))
    assert metrics.r2(NUMBERS, NEAR) == metrics.r2(TensorValue(NUMBERS), TensorValue(NEAR))


CLASSES = ["accuracy", "balanced_accuracy", "precision", "f1", "confusion_matrix"]


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize(
    ("y", "p", "message"),
    [
        ([], [], "at least one example"),
        ([0, 1], [0], r"one length, got shapes \(2,\) and \(1,\)"),
        ([[0]], [[0]], r"got shapes \(1, 1\)"),
        ([0, 1], [[0.1, 0.9], [0.6, 0.4]], r"argmax\(axis=1\)"),
        ([[0.1, 0.9], [0.6, 0.4]], [0, 1], "targets come first"),
        ([0, 1], [0.0, math.nan], "got nan in row 1"),
        ([0, 1], [0.0, 0.5], "got 0.5 in row 1"),
        (["a", "b"], [0, 1], "strings and numbers"),
        ([[0, 1], [0]], [0, 1], "ragged"),
    ],
)
def test_classes_that_do_not_fit_are_named(name, y, p, message):
    """F37, F43: empty, unequal, swapped, nan, scores in place of classes: what came is said."""
    with pytest.raises(ValueError, match=f"{name} expected.*{message}"):
        getattr(metrics, name)(y, p)


@pytest.mark.parametrize(
    ("name", "y", "p", "message"),
    [
        ("mean_squared_error", [], [], "at least one example"),
        ("mean_squared_error", [1.0], [1.0, 2.0], r"one shape.*\(1,\) and \(2,\)"),
        ("mean_squared_error", [1.0, 2.0], [[1.0], [2.0]], r"\(2,\) and \(2, 1\)"),
        ("mean_squared_error", 1.0, 1.0, r"got \(\)"),
        ("r2", [1.0, 2.0], [1.0, math.nan], "got nan in row 1"),
        ("r2", [1.0, math.inf], [1.0, 2.0], "got inf in row 1"),
        ("r2", [1e200, 0.0], [0.0, 0.0], "below 1e154"),
        ("roc_auc", [0, 1], [0.5, math.nan], "got nan in row 1"),
        ("roc_auc", [0, 1, 2], [0.1, 0.2, 0.3], r"scores of shape \(n, 3\)"),
        ("roc_auc", [0, 1, 2], np.eye(3) * 2, "from 0 to 1"),
        ("roc_auc", [0, 1, 2], np.eye(3) / 2, "add up to 1"),
        ("roc_auc", [[0.1], [0.2]], [0, 1], r"classes of shape \(n,\)"),
        ("top_k_accuracy", [0, 1], [0.5, 0.6], r"\(n, classes\)"),
        ("top_k_accuracy", [0, 3], np.eye(3)[:2], "labels="),
        ("top_k_accuracy", ["a", "b"], np.eye(3)[:2], "strings and numbers"),
        ("log_loss", [0, 1], [0.5, 1.5], "got 1.5"),
        ("log_loss", [0, 1], [[0.5, 0.6], [0.5, 0.5]], "got 1.1 in row 0"),
        ("log_loss", [0, 2], [[0.5, 0.25, 0.25]], r"\(2,\) and \(1, 3\)"),
    ],
)
def test_numbers_and_scores_that_do_not_fit_are_named(name, y, p, message):
    """F37, F43: an error of one sentence, whatever is wrong."""
    with pytest.raises(ValueError, match=f"{name} expected.*{message}"):
        getattr(metrics, name)(y, p)


@pytest.mark.parametrize("name", STREAMS)
def test_a_tensor_as_target_of_a_plain_prediction_is_a_swap(name):
    """As for the losses: what is differentiable is the prediction."""
    with pytest.raises(TypeError, match=rf"targets come first: {name}\(y_true, y_pred\)"):
        getattr(metrics, name)(TensorValue([0.0, 1.0]), [0, 1])


@pytest.mark.parametrize("y", [[None, 1], [1j, 0], [b"a", b"b"], np.array(["2020"], "M8")])
def test_things_that_are_no_classes_are_a_type_error(y):
    """Objects, complex numbers, bytes, dates."""
    with pytest.raises(TypeError, match="expected numbers or strings in y_true"):
        metrics.accuracy(y, [0, 1])


@pytest.mark.parametrize(
    "make",
    [
        lambda: metrics.F1(average="samples"),
        lambda: metrics.F1(zero_division=0.5),
        lambda: metrics.F1(zero_division="no"),
        lambda: metrics.F1(labels=[1, 1]),
        lambda: metrics.F1(labels=[]),
        lambda: metrics.ConfusionMatrix(normalize="rows"),
        lambda: metrics.ClassificationReport(zero_division=2),
        lambda: metrics.ROCAUC(average="micro"),
        lambda: metrics.ROCAUC(multi_class="raise"),
        lambda: metrics.ROCAUC(multi_class="ovo", average=None),
        lambda: metrics.TopKAccuracy(k=0),
        lambda: metrics.TopKAccuracy(k=True),
        lambda: metrics.TopKAccuracy(labels=[2, 1]),
        lambda: metrics.LogLoss(labels=[1]),
        lambda: metrics.R2(multioutput="mean"),
    ],
)
def test_settings_that_do_not_exist_are_named(make):
    """At construction, not at the end of an epoch."""
    with pytest.raises(ValueError, match=r"expected .* got"):
        make()


# edges that scikit-learn answers otherwise, or that stand in the table of behaviour


def test_f36_what_is_0_over_0_is_0_with_a_warning():
    """F36: no predicted positives, nothing at all."""
    with pytest.warns(UndefinedMetricWarning, match=r"precision is 0 where .* no predictions"):
        assert 0.0 == metrics.precision([0, 1], [0, 0])
    with pytest.warns(UndefinedMetricWarning, match="f1 is 0"):
        assert 0.0 == metrics.f1([0, 0], [0, 0])


def test_warnings_point_at_the_line_that_asked():
    """Not into this package: the reader sees which call it was."""
    stream = metrics.Precision()
    stream.update([0, 1], [0, 0])
    with pytest.warns(UndefinedMetricWarning) as at_once:
        metrics.precision([0, 1], [0, 0])
    with pytest.warns(UndefinedMetricWarning) as in_batches:
        stream.compute()

    assert [__file__] * 2 == [warnings[0].filename for warnings in (at_once, in_batches)]


def test_binary_scores_speak_of_a_class_that_is_there():
    """scikit-learn gives 0 for `pos_label=1` where the only class is a string."""
    with pytest.raises(ValueError, match="`pos_label` to be one of the classes 'a', got 1"):
        metrics.f1(["a", "a"], ["a", "a"])
    with pytest.raises(ValueError, match="classes 2 and 3, got 1"):
        metrics.f1([2, 3], [2, 2])


def test_several_classes_need_another_average():
    """The error names the choices."""
    with pytest.raises(ValueError, match="got 3; choose average='macro'"):
        metrics.f1([0, 1, 2], [0, 1, 1])


def test_f38_one_class_has_no_area():
    """F38: nan and a warning; scores that say nothing have half."""
    with pytest.warns(UndefinedMetricWarning, match="only one class"):
        assert math.isnan(metrics.roc_auc([1, 1], [0.1, 0.2]))

    assert 0.5 == metrics.roc_auc([0, 1, 1], [0.3, 0.3, 0.3])


def test_f39_the_matrix_is_over_the_union():
    """F39: [0, 2] against [0, 1] is 3 by 3."""
    assert (3, 3) == metrics.confusion_matrix([0, 2], [0, 1]).shape


def test_f40_macro_f1():
    """F40: 5/9."""
    assert 5 / 9 == pytest.approx(metrics.f1([0, 1, 2], [0, 1, 1], average="macro"), rel=1e-15)


@pytest.mark.parametrize("constant", [3.0, 0.1, 1e-100, 1e150])
def test_f41_r2_of_a_constant_target(constant):
    """F41: 1 if exact, else 0; scikit-learn gives -5e31 for 0.1, whose mean is rounded."""
    y = [constant] * 3

    assert [1.0, 0.0] == [metrics.r2(y, y), metrics.r2(y, [constant, constant, 2 * constant])]


def test_f41_r2_of_one_example():
    """F41: nan, with a warning; one per output where there are several."""
    with pytest.warns(UndefinedMetricWarning, match="fewer than two"):
        assert math.isnan(metrics.r2([1.0], [1.0]))
    with pytest.warns(UndefinedMetricWarning):
        assert (2,) == metrics.r2([[1.0, 2.0]], [[1.0, 2.0]], multioutput="raw_values").shape


def test_f42_log_loss_is_finite():
    """F42: a certain mistake costs 36 nats; in float32, whose epsilon is larger, 16."""
    assert 36.0437 == pytest.approx(metrics.log_loss([1, 0], [0.0, 1.0]), abs=1e-4)
    assert 15.9424 == pytest.approx(metrics.log_loss([1, 0], np.float32([0, 1])), abs=1e-4)


def test_f44_more_than_all_is_always_right():
    """F44: k of as many as there are classes is 1, with a warning."""
    with pytest.warns(UndefinedMetricWarning, match="always 1"):
        assert 1.0 == metrics.top_k_accuracy([0, 1], [[0.5, 0.5], [0.5, 0.5]], k=2)


def test_the_mean_squared_error_is_rounded_once():
    """Large and small errors together: the exact sum, not what is left of it."""
    errors = [1e8] + [1e-4] * 1000

    assert math.fsum(x * x for x in errors) / 1001 == metrics.mean_squared_error(errors, [0] * 1001)


def test_columns_without_examples_are_classes_too():
    """A batch without class 1 is measured; scikit-learn asks for `labels` here."""
    assert 1.0 == metrics.top_k_accuracy([0, 2], np.eye(3)[[0, 2]], k=1)
    assert 0.0 == pytest.approx(metrics.log_loss([0, 2], np.eye(3)[[0, 2]]), abs=1e-15)


# batch by batch


def batches(*arrays, size=7):
    """The rows in batches, the last one smaller."""
    return [[x[k : k + size] for x in arrays] for k in range(0, len(arrays[0]), size)]


@streams
def test_f45_batches_make_no_difference(metric, y, p):
    """F45: 7 at a time gives, bit for bit, what all at once gives."""
    for batch in batches(y, p):
        metric.update(*batch)

    assert repr(metric(y, p)) == repr(metric.compute())


@streams
def test_reset_forgets(metric, y, p):
    """After it, only what comes after it counts."""
    metric.update(y[:9], p[:9])
    metric.reset()
    metric.update(y[9:], p[9:])

    assert repr(metric(y[9:], p[9:])) == repr(metric.compute())


@streams
def test_nothing_measured_is_an_error(metric, y, p):
    """There is no mean of nothing."""
    with pytest.raises(ValueError, match=r"at least one example; call update"):
        metric.compute()


@streams
def test_the_state_is_plain_and_goes_on_elsewhere(metric, y, p):
    """Lists, numbers and arrays; loaded into another metric, the rest gives the same."""
    metric.update(y[:13], p[:13])
    state = metric.state_dict()
    text = json.dumps(state, default=lambda array: [array.dtype.str, array.tolist()])
    metric.update(y[13:], p[13:])
    wanted = repr(metric.compute())
    metric.reset()
    metric.load_state_dict(state)
    metric.update(y[13:], p[13:])

    assert wanted == repr(metric.compute())
    assert text == json.dumps(state, default=lambda array: [array.dtype.str, array.tolist()])


@streams
def test_a_state_of_another_metric_is_refused_whole(metric, y, p):
    """All that is wrong is named, and what was gathered is still there."""
    metric.update(y, p)
    before = repr(metric.compute())
    good = metric.state_dict()
    name = next(iter(good))
    for state in (
        {},
        {**good, "more": 1},
        {**good, name: "no"},
        {**good, name: None},
        {**good, name: -1},
        {**good, name: [1, 2, 3, 4] if isinstance(good[name], list) else 10**6},
    ):
        with pytest.raises(ValueError, match=r"cannot load this state: .* Nothing was changed"):
            metric.load_state_dict(state)

    assert before == repr(metric.compute())


@streams
def test_a_batch_that_does_not_fit_changes_nothing(metric, y, p):
    """Not even the part of it that would have fitted."""
    metric.update(y, p)
    before = repr(metric.state_dict())
    for wrong in ([], [math.nan] * 40, ["a"] * 40, y[:3]):
        with pytest.raises((ValueError, TypeError), match="expected"):
            metric.update(y, wrong)

    assert before == repr(metric.state_dict())


@pytest.mark.parametrize(
    ("metric", "first", "second"),
    [
        (metrics.F1(), ([0], [1]), (["a"], ["b"])),
        (metrics.ROCAUC(), ([0], [0.5]), (["a"], [0.5])),
        (metrics.ROCAUC(), ([0], [0.5]), ([0], [[0.5, 0.5]])),
        (metrics.R2(), ([0.0], [0.5]), ([[0.0, 1.0]], [[0.5, 1.0]])),
    ],
)
def test_batches_of_another_kind_are_refused(metric, first, second):
    """Words after numbers, two outputs after one."""
    metric.update(*first)
    with pytest.raises(ValueError, match="expected"):
        metric.update(*second)


def test_order_of_batches_does_not_change_an_exact_sum():
    """Sums that floats would lose: 1e16 + 1 - 1e16, in any order."""
    y = np.array([1e8, 1.0, -1e8, 3e-200, 5.0])
    states = set()
    for shift in range(5):
        metric = metrics.R2()
        for value in np.roll(y, shift):
            metric.update([value], [0.0])
        states.add((metric.compute(), metric.sums.tobytes()))

    assert 1 == len(states)


def test_new_classes_may_come_with_any_batch():
    """The matrix grows, and what was counted keeps its place."""
    metric = metrics.ConfusionMatrix()
    metric.update([5], [5])
    metric.update([1], [9])
    metric.update([5], [1])

    assert [1, 5, 9] == metric.classes
    assert [[0, 0, 1], [1, 1, 0], [0, 0, 0]] == metric.compute().tolist()


def test_a_defined_metric_does_not_warn():
    """Not for any of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for metric, y, p in STREAMS.values():
            metric(y, p)


def test_a_metric_says_what_it_is():
    """Its settings, as one would write them."""
    assert "TopKAccuracy(k=3, labels=None)" == repr(metrics.TopKAccuracy(k=3))
