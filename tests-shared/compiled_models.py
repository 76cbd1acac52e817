"""Random models, optimisers, schedules and losses, from a generator that makes the decisions.

What is random in them (weights, masks of dropout) comes from a second generator, so that two
programs with the same seeds are the same program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import vhgrad
from vhgrad import nn, optim
from vhgrad.nn import functional

__all__ = [
    "CLASSES",
    "LOSSES",
    "WORDS",
    "batch",
    "make_model",
    "make_optimizer",
    "make_schedule",
    "pick",
]

CLASSES = 3
WORDS = 7  # that an embedding knows
ACTIVATIONS = [nn.ReLU, nn.Tanh, nn.Sigmoid, nn.SiLU, nn.ELU, nn.LeakyReLU, nn.Softplus, nn.GELU]
POOLINGS = [nn.MaxPool2d, nn.AvgPool2d]


def pick(rng: np.random.Generator, things: Any) -> Any:
    """One of several things, as it is: `rng.choice` would make an array of them."""
    return things[int(rng.integers(len(things)))]


def make_model(
    rng: np.random.Generator, kind: str, dtype: Any, noise: np.random.Generator
) -> nn.Sequential:
    """A stack of a few layers that ends in scores for `CLASSES`.

    Args:
        rng: makes the decisions.
        kind: what it takes: "rows" of numbers, "images", or "words".
        dtype: of its parameters.
        noise: draws weights, and the masks of dropout.
    """
    made: dict[str, Any] = {"dtype": dtype, "generator": noise}
    layers: list[nn.Module] = []
    width = 6
    if kind == "images":
        layers.append(nn.Conv2d(1, 4, 3, padding=1, **made))
        if rng.random() < 0.5:
            momentum = pick(rng, [0.1, None])
            layers.append(nn.BatchNorm2d(4, momentum=momentum, dtype=dtype))
        layers.append(pick(rng, ACTIVATIONS)())
        pooled = rng.random() < 0.6
        layers += [pick(rng, POOLINGS)(2)] if pooled else []
        layers.append(nn.Flatten())
        width = 4 * 9 if pooled else 4 * 36
    elif kind == "words":
        padding = pick(rng, [None, 0])
        layers += [nn.Embedding(WORDS, 4, padding_idx=padding, **made), nn.Flatten()]
        width = 4 * 5
    for _ in range(int(rng.integers(3))):
        hidden = int(rng.integers(2, 7))
        layers.append(nn.Linear(width, hidden, bias=bool(rng.random() < 0.8), **made))
        width = hidden
        if rng.random() < 0.3:
            layers.append(pick(rng, [nn.BatchNorm1d, nn.LayerNorm])(width, dtype=dtype))
        layers.append(pick(rng, ACTIVATIONS)())
        if rng.random() < 0.3:
            layers.append(nn.Dropout(pick(rng, [0.2, 0.5]), generator=noise))
        if rng.random() < 0.1:  # a layer that comes twice
            square = nn.Linear(width, width, **made)
            layers += [square, nn.Tanh(), square]
    return nn.Sequential(*layers, nn.Linear(width, CLASSES, **made))


def batch(rng: np.random.Generator, kind: str, n: int, dtype: Any) -> tuple[Any, Any]:
    """So many inputs of a kind, and their labels."""
    if kind == "words":
        x = rng.integers(0, WORDS, (n, 5))
    else:
        x = rng.normal(size=(n, 1, 6, 6) if kind == "images" else (n, 6)).astype(dtype)
        odd = rng.random()
        if odd < 0.03:
            x = np.asfortranarray(x)
        elif odd < 0.06:
            x = np.repeat(x, 2, axis=0)[::2]
        elif odd < 0.08:
            x = x.astype(np.float64)
        elif odd < 0.085:
            x[0] = np.nan
    return x, rng.integers(0, CLASSES, n)


def make_optimizer(rng: np.random.Generator, params: list[Any]) -> optim.Optimizer:
    """An optimiser of these parameters, in one group or in two with rates of their own."""
    lr, decay = pick(rng, [0.1, 0.01]), pick(rng, [0.0, 0.01])
    cut = int(rng.integers(1, len(params) + 1))
    groups: list[dict[str, Any]] = [{"params": params[:cut]}]
    groups += [{"params": params[cut:], "lr": lr / 10}] if cut < len(params) else []
    makers: list[Callable[[], optim.Optimizer]] = [
        lambda: optim.SGD(groups, lr=lr, weight_decay=decay),
        lambda: optim.SGD(groups, lr=lr, momentum=0.9, nesterov=bool(rng.random() < 0.5)),
        lambda: optim.Adam(groups, lr=lr, weight_decay=decay),
        lambda: optim.AdamW(groups, lr=lr, weight_decay=decay),
        lambda: optim.RMSprop(groups, lr=lr, momentum=0.5, centered=bool(rng.random() < 0.5)),
    ]
    optimizer: optim.Optimizer = pick(rng, makers)()
    return optimizer


def make_schedule(rng: np.random.Generator, optimizer: optim.Optimizer) -> Any:
    """A schedule of the rate, or none."""
    makers: list[Callable[[], Any]] = [
        lambda: None,
        lambda: optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10),
        lambda: optim.lr_scheduler.StepLR(optimizer, 5, 0.5),
        lambda: optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=100),
    ]
    return pick(rng, makers)()


def by_hand(labels: Any, scores: Any) -> Any:
    """Cross-entropy as a learner writes it, with other functions of the scores beside it."""
    probabilities = scores.softmax(-1)
    likely = (probabilities * one_of(labels, probabilities.dtype)).sum(axis=1)
    both = vhgrad.concatenate([scores, scores[::-1]], axis=1)
    return both.max(axis=1).mean() + scores.std(axis=0).sum() * 0.1 - likely.log().mean()


def one_of(labels: Any, dtype: Any) -> Any:
    """Rows with a single 1; in NumPy's words, as a step has them that gets only the labels."""
    return (labels[:, None] == np.arange(CLASSES)).astype(dtype)


# name: a function of labels and scores; a wrong label is an error in those of whole classes
LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "cross-entropy": functional.cross_entropy,
    "smoothed": lambda y, s: functional.cross_entropy(
        y, s, label_smoothing=0.1, weight=np.array([1.0, 2.0, 0.5])
    ),
    "negative log-likelihood": lambda y, s: functional.nll_loss(y, functional.log_softmax(s)),
    "squares": lambda y, s: functional.mse_loss(one_of(y, s.dtype), s),
    "huber": lambda y, s: functional.huber_loss(one_of(y, s.dtype), s, delta=0.3),
    "yes or no": lambda y, s: functional.binary_cross_entropy_with_logits(one_of(y, s.dtype), s),
    "by hand": by_hand,
    "picked": lambda y, s: -functional.log_softmax(s)[np.arange(len(y)), y].mean(),
    "taken": lambda y, s: -functional.log_softmax(s).take_along_axis(y[:, None], 1).mean(),
    "one_hot": lambda y, s: -(functional.log_softmax(s) * functional.one_hot(y, CLASSES)).mean(),
    "masked": lambda y, s: (s[y != 0] ** 2).sum() + s[..., 0].mean(),
}
