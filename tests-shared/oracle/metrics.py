"""Recompute `golden/metrics.json` with scikit-learn: every metric on random examples.

Run `python tests-shared/oracle/metrics.py` where scikit-learn is installed; the tests only read the
file. A third of the cases are degenerate: one example, one class, classes that never come, ties,
targets that are all equal. `metrics_agree.py` draws 10,000 cases from here.
"""

import json
import math
import random
import re
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.exceptions import UndefinedMetricWarning

SKLEARN = {
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "precision": metrics.precision_score,
    "recall": metrics.recall_score,
    "f1": metrics.f1_score,
    "confusion_matrix": metrics.confusion_matrix,
    "classification_report": metrics.classification_report,
    "roc_auc": metrics.roc_auc_score,
    "top_k_accuracy": metrics.top_k_accuracy_score,
    "log_loss": metrics.log_loss,
    "mean_squared_error": metrics.mean_squared_error,
    "r2": metrics.r2_score,
}
NAMES = [
    [0, 1],
    [0, 1, 2],
    [0, 1, 2, 3, 4, 5],
    [-1, 1],
    [-3, 4, 7],
    [False, True],
    [0.0, 1.0, 2.0],
    ["cat", "dog"],
    ["ant", "bee", "cat", "dog"],
]


def case(draw, metric=None):
    """One metric with settings, targets and predictions."""
    metric = metric or draw.choice(list(SKLEARN))
    make = {
        "roc_auc": ranked,
        "top_k_accuracy": top_k,
        "log_loss": surprised,
        "mean_squared_error": measured,
        "r2": measured,
    }.get(metric, classified)
    settings, targets, predictions = make(draw, metric)
    return {
        "metric": metric,
        "settings": settings,
        "targets": targets,
        "predictions": predictions,
    }


def examples(draw):
    """How many; often few."""
    return draw.choice([1, 2, 3, draw.randint(4, 12), draw.randint(4, 60)])


def classified(draw, metric):
    """Classes for classes: some never come, some come once, some predictions are constant."""
    names = draw.choice(NAMES)
    n = examples(draw)
    seen, guessed = (draw.sample(names, draw.randint(1, len(names))) for _ in range(2))
    targets = [draw.choice(seen) for _ in range(n)]
    skill = draw.random()
    predictions = [y if draw.random() < skill else draw.choice(guessed) for y in targets]
    settings = {}
    if metric in ("precision", "recall", "f1"):
        settings["average"] = draw.choice(["binary", "micro", "macro", "weighted", None])
        if settings["average"] == "binary":
            settings["pos_label"] = draw.choice(names)
    if metric not in ("accuracy", "balanced_accuracy", "confusion_matrix"):
        settings["zero_division"] = draw.choice(["warn", 0.0, 1.0, "nan"])
    if metric == "confusion_matrix":
        settings["normalize"] = draw.choice([None, "true", "pred", "all"])
    if metric == "classification_report":
        settings["digits"] = draw.choice([2, 3])
        settings["output_dict"] = draw.random() < 0.7
    if metric not in ("accuracy", "balanced_accuracy") and draw.random() < 0.3:
        chosen = draw.sample(names, draw.randint(1, len(names)))
        more = ["zebra"] if isinstance(names[0], str) else [9]
        settings["labels"] = chosen + (more if draw.random() < 0.3 else [])
    return settings, targets, predictions


def score_table(draw, n, count):
    """Scores of every class; with one digit, so that there are ties, or with all."""
    digits = draw.choice([0, 1, 17])
    return [[round(draw.gauss(0, 2), digits) for _ in range(count)] for _ in range(n)]


def shares(rows):
    """Rows as probabilities."""
    scores = np.exp(np.array(rows))
    return (scores / scores.sum(axis=1, keepdims=True)).tolist()


def several(draw):
    """Targets of three classes or more, of which some may not come, and the label setting."""
    names = draw.choice([names for names in NAMES if len(names) > 2])
    seen = draw.sample(names, draw.randint(1, len(names)))
    targets = [draw.choice(seen) for _ in range(examples(draw))]
    complete = set(targets) == set(names)
    return names, targets, {} if complete and draw.random() < 0.5 else {"labels": names}


def ranked(draw, metric):
    """Scores of one class of two, or probabilities of several."""
    if draw.random() < 0.5:
        names = draw.choice([names for names in NAMES if len(names) == 2])
        n = examples(draw)
        seen = draw.sample(names, draw.choice([1, 2, 2, 2]))
        return {}, [draw.choice(seen) for _ in range(n)], [x for [x] in score_table(draw, n, 1)]
    names, targets, settings = several(draw)
    settings["multi_class"] = draw.choice(["ovr", "ovo"])
    settings["average"] = draw.choice(["macro", "weighted"])
    if settings["multi_class"] == "ovr" and draw.random() < 0.3:
        settings["average"] = None
    return settings, targets, shares(score_table(draw, len(targets), len(names)))


def top_k(draw, metric):
    """Scores of several classes."""
    names, targets, settings = several(draw)
    settings["k"] = draw.randint(1, len(names) + 1)
    return settings, targets, score_table(draw, len(targets), len(names))


def surprised(draw, metric):
    """Probabilities, of which some are 0 or 1."""
    if draw.random() < 0.3:
        names = draw.choice([names for names in NAMES if len(names) == 2])
        targets = [draw.choice(names) for _ in range(examples(draw))]
        some = [draw.random(), draw.random() ** 20, 0.0, 1.0]
        return {"labels": names}, targets, [draw.choice(some) for _ in targets]
    names, targets, settings = several(draw)
    n = len(targets)
    if draw.random() < 0.3:
        return settings, targets, np.eye(len(names))[draw.choices(range(len(names)), k=n)].tolist()
    return settings, targets, shares(score_table(draw, n, len(names)))


def measured(draw, metric):
    """Numbers of any size; all equal now and then, or predicted exactly."""
    n, outputs = examples(draw), draw.choice([None, None, 1, 2, 4])
    scale, offset = 10 ** draw.uniform(-3, 6), draw.choice([0.0, draw.gauss(0, 100)])
    equal = draw.random() < 0.2
    noise = draw.choice([0.0, 0.1, 3.0])

    def target():
        return 3.0 if equal else draw.gauss(offset, 1) * scale

    rows = [[target() for _ in range(outputs or 1)] for _ in range(n)]
    guesses = [[y + noise * draw.gauss(0, 1) * scale for y in row] for row in rows]
    # of one example, scikit-learn's R2 is one nan even where there should be one per output
    several = n > 1 or metric != "r2"
    settings = {"multioutput": draw.choice(["uniform_average", "raw_values"][: 1 + several])}
    if outputs is None:
        return settings, [y for [y] in rows], [x for [x] in guesses]
    return settings, rows, guesses


def plain(x):
    """Numbers as Python has them, nan as a word."""
    if isinstance(x, dict):
        return {key: plain(part) for key, part in x.items()}
    if isinstance(x, list | tuple | np.ndarray):
        return [plain(part) for part in (x.tolist() if isinstance(x, np.ndarray) else x)]
    if x is None or isinstance(x, str | bool):
        return x
    return "nan" if math.isnan(x) else getattr(x, "item", lambda: x)()


def answer(functions, warned, case):
    """What a function gives for a case, and whether it warned that this is not defined."""
    settings = dict(case["settings"])
    if settings.get("zero_division") == "nan":
        settings["zero_division"] = math.nan
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            function = functions[case["metric"]]
            value = plain(function(case["targets"], case["predictions"], **settings))
        except ValueError:
            return {"value": "ValueError", "warns": False}
        except ZeroDivisionError:  # scikit-learn's slip: one class, one-against-one, weighted
            return {"value": "nan", "warns": True}
    # in two places scikit-learn warns with another class: a class left out, no two classes
    warns = any(
        issubclass(w.category, (warned, RuntimeWarning)) or "not in y_true" in str(w.message)
        for w in caught
    )
    return {"value": value, "warns": warns}


def expected(case):
    """The answer of scikit-learn, whose report counts in floats where no prediction is right."""
    found = answer(SKLEARN, UndefinedMetricWarning, case)
    if case["metric"] == "classification_report" and isinstance(found["value"], str):
        found["value"] = re.sub(r"(\d+)\.0$", r"  \1", found["value"], flags=re.MULTILINE)
    return found


if __name__ == "__main__":
    draw = random.Random(5)
    cases = [case(draw, metric) for metric in SKLEARN for _ in range(40)]
    lines = ",\n".join(json.dumps({**one, **expected(one)}) for one in cases)
    text = f'{{"made_with": "scikit-learn {sklearn.__version__}", "cases": [\n{lines}\n]}}\n'
    path = Path(__file__).parent.parent / "golden" / "metrics.json"
    path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {len(cases)} cases")
