"""Recompute `golden/losses.json` with PyTorch: every loss and its gradients, on random batches.

Run `python tests-shared/oracle/losses.py` where torch is installed; the tests only read the file.
"""

import itertools
import json
import random
from pathlib import Path

import torch
from torch.nn import functional as F

REDUCTIONS = ["mean", "sum", "none"]
SHAPES = [(), (1,), (7,), (3, 4), (2, 1, 3)]
draw = random.Random(4)
torch.set_default_dtype(torch.float64)


def hinge(scores, targets, reduction):
    """PyTorch's own hinge loss is another one."""
    errors = (1 - targets * scores).clamp(min=0)
    return {"mean": errors.mean, "sum": errors.sum, "none": lambda: errors}[reduction]()


TORCH = {
    "mse": F.mse_loss,
    "l1": F.l1_loss,
    "huber": F.huber_loss,
    "binary_cross_entropy": F.binary_cross_entropy,
    "binary_cross_entropy_with_logits": F.binary_cross_entropy_with_logits,
    "hinge": hinge,
    "cross_entropy": F.cross_entropy,
    "nll": F.nll_loss,
}


def numbers(shape, low, high):
    """Nested lists of random numbers."""
    if not shape:
        return draw.uniform(low, high)
    return [numbers(shape[1:], low, high) for _ in range(shape[0])]


def case(loss, targets, predictions, **settings):
    """One loss with its gradients, of a random gradient from above."""
    x = torch.tensor(predictions, requires_grad=True)
    y = torch.tensor(targets)
    measured = y.is_floating_point()  # then the targets have a gradient too
    y = y.requires_grad_() if measured else y
    given = dict(settings)
    if "weight" in given:
        given["weight"] = torch.tensor(given["weight"])
    value = TORCH[loss](x, y, **given)
    upstream = numbers(tuple(value.shape), -2, 2)
    value.backward(torch.tensor(upstream))
    return {
        "loss": loss,
        "settings": settings,
        "targets": targets,
        "predictions": predictions,
        "value": value.tolist(),
        "upstream": upstream,
        "gradient": x.grad.tolist(),
        "target_gradient": y.grad.tolist() if measured else None,
    }


def pointwise():
    """Losses of one target and one prediction."""
    for shape, reduction in itertools.product(SHAPES, REDUCTIONS):
        y, x = numbers(shape, -3, 3), numbers(shape, -3, 3)
        yield case("mse", y, x, reduction=reduction)
        yield case("l1", y, x, reduction=reduction)
        yield case("huber", y, x, reduction=reduction)
        yield case("huber", y, x, delta=0.3, reduction=reduction)
        shares = numbers(shape, 0, 1)
        yield case("binary_cross_entropy", shares, numbers(shape, 0, 1), reduction=reduction)
        yield case("binary_cross_entropy_with_logits", shares, x, reduction=reduction)
        sides = torch.sign(torch.tensor(y)).tolist()
        yield case("hinge", sides, x, reduction=reduction)


def edges():
    """Certain predictions, right and wrong ones; errors of 0, and where huber changes over."""
    for targets in [0.0, 1.0, 0.0, 1.0], [0.3, 0.3, 1.0, 0.0]:
        certain = case("binary_cross_entropy", targets, [0.0, 1.0, 1.0, 0.0], reduction="none")
        yield certain | {"target_gradient": None}  # inf there, although the loss is floored
        for large in 1e3, 1e4:
            x = [-large, large, large, -large]
            yield case("binary_cross_entropy_with_logits", targets, x, reduction="none")
    for loss in "mse", "l1", "huber":
        yield case(loss, [0.0] * 6, [0.0, 1.0, -1.0, 1e4, -1e4, 1e-300], reduction="none")


def classes():
    """Losses of one of several classes, with all settings."""
    for n, c, reduction in itertools.product([1, 5], [1, 2, 4], REDUCTIONS):
        x = numbers((n, c), -3, 3)
        labels = [draw.randrange(c) for _ in range(n)]
        shares = torch.softmax(torch.tensor(numbers((n, c), -2, 2)), 1).tolist()
        certain = [[1e4 * entry for entry in row] for row in x]
        weight = numbers((c,), 0.1, 2)
        logs = torch.log_softmax(torch.tensor(x), 1).tolist()
        for settings in {}, {"weight": weight}:
            yield case("nll", labels, logs, reduction=reduction, **settings)
            for smoothing in 0.0, 0.1, 1.0:
                options = {"reduction": reduction, "label_smoothing": smoothing, **settings}
                yield case("cross_entropy", labels, x, **options)
                yield case("cross_entropy", labels, certain, **options)
                yield case("cross_entropy", shares, x, **options)


def ignored():
    """Labels that do not count: a number that is no class, or one of the classes."""
    x = numbers((5, 3), -3, 3)
    logs = torch.log_softmax(torch.tensor(x), 1).tolist()
    weights = [{}, {"weight": [0.5, 2.0, 1.0]}]
    for reduction, settings in itertools.product(REDUCTIONS, weights):
        for labels, index in ([0, -100, 2, -100, 1], -100), ([0, 1, 2, 1, 1], 1):
            options = {"reduction": reduction, "ignore_index": index, **settings}
            yield case("nll", labels, logs, **options)
            yield case("cross_entropy", labels, x, **options)
            yield case("cross_entropy", labels, x, label_smoothing=0.2, **options)


if __name__ == "__main__":
    cases = [*pointwise(), *edges(), *classes(), *ignored()]
    lines = ",\n".join(json.dumps(row) for row in cases)
    text = f'{{"made_with": "torch {torch.__version__}", "cases": [\n{lines}\n]}}\n'
    path = Path(__file__).parent.parent / "golden" / "losses.json"
    path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {len(cases)} cases")
