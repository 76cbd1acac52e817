"""Metrics against scikit-learn, in one go and batch by batch, a third of them degenerate."""

import json
import math
import random
import warnings
from pathlib import Path

import pytest

from vhgrad import metrics

GOLDEN = json.loads((Path(__file__).parent / "golden" / "metrics.json").read_text(encoding="utf-8"))
STREAMING = {
    "accuracy": metrics.Accuracy,
    "balanced_accuracy": metrics.BalancedAccuracy,
    "precision": metrics.Precision,
    "recall": metrics.Recall,
    "f1": metrics.F1,
    "confusion_matrix": metrics.ConfusionMatrix,
    "classification_report": metrics.ClassificationReport,
    "roc_auc": metrics.ROCAUC,
    "top_k_accuracy": metrics.TopKAccuracy,
    "log_loss": metrics.LogLoss,
    "mean_squared_error": metrics.MeanSquaredError,
    "r2": metrics.R2,
}
CASES = [
    pytest.param(case, id=f"{case['metric']}-{number % 40}")
    for number, case in enumerate(GOLDEN["cases"])
]


def settings(case):
    """The settings of a case, with nan as a number."""
    return {name: math.nan if value == "nan" else value for name, value in case["settings"].items()}


def measured(measure, *arguments, **settings):
    """What the function gives, and whether it warned."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = measure(*arguments, **settings)
    assert all(w.category is metrics.UndefinedMetricWarning for w in caught)
    return value, bool(caught)


def close(expected, actual):
    """Equal words, and numbers to 1e-12: scikit-learn rounds a handful of times."""
    if isinstance(expected, dict):
        assert list(expected) == list(actual)
        return all(close(expected[key], actual[key]) for key in expected)
    if isinstance(expected, list):
        assert len(expected) == len(actual)
        return all(map(close, expected, actual))
    if isinstance(expected, str) and expected != "nan":
        return expected == actual
    return float(expected) == pytest.approx(actual, rel=1e-12, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("case", CASES)
def test_metric_equals_scikit_learn(case):
    """The same number, the same warning, or an error where there is one."""
    metric = getattr(metrics, case["metric"])
    arguments = case["targets"], case["predictions"]
    if case["value"] == "ValueError":
        with pytest.raises(ValueError, match="expected"):
            metric(*arguments, **settings(case))
        return
    value, warned = measured(metric, *arguments, **settings(case))

    assert close(case["value"], value)
    assert case["warns"] == warned


@pytest.mark.parametrize("case", [c for c in CASES if c.values[0]["value"] != "ValueError"])
def test_f45_batches_give_the_same_bits(case):
    """F45: however the examples are cut and ordered, the streaming metric gives the same result."""
    given = settings(case)
    pairs = list(zip(case["targets"], case["predictions"]))
    if case["metric"] in ("top_k_accuracy", "log_loss"):  # a batch alone cannot know all classes
        given.setdefault("labels", sorted(set(case["targets"])))
    whole, _ = measured(getattr(metrics, case["metric"]), *zip(*pairs), **given)
    draw = random.Random(str(case))
    for _ in range(3):
        draw.shuffle(pairs)
        metric = STREAMING[case["metric"]](**given)
        rest = pairs
        while rest:
            size = draw.randint(1, len(rest))
            measured(metric.update, *zip(*rest[:size]))
            rest = rest[size:]
        value, _ = measured(metric.compute)

        assert repr(whole) == repr(value)
