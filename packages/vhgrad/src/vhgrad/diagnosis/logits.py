"""Probabilities where the loss expects scores, and scores where it expects logarithms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from micrograd.graph import Node
from microgradx.losses.binary import logit_loss
from microgradx.losses.classes import of_labels, surprise
from vhgrad.diagnosis.finding import Finding
from vhgrad.diagnosis.trial import Trial

__all__ = ["probabilities_as_logits", "scores_as_logarithms"]

CLOSE = 1e-3  # how far sums of float32 probabilities may be from 1
MOVES = ("reshape", "transpose", "squeeze", "getitem", "same")  # they leave numbers as they are


def probabilities_as_logits(trial: Trial) -> Iterator[Finding]:
    """A softmax of numbers that are shares already, or a sigmoid of a sigmoid."""
    for node in trial.order:
        if node.op in of_labels.values():
            scores = node.inputs[1]
        elif node.op is not None and node.op.name in ("softmax", "log_softmax"):
            scores = node.inputs[0]
        elif node.op is logit_loss:
            yield from sigmoid_twice(trial, node.inputs[1])
            continue
        else:
            continue
        in_loss = trial.place(node) == "the loss"
        if in_loss and is_made_by(scores, "sigmoid"):
            yield Finding(
                "probabilities where scores are expected",
                trial.place(source(scores)),
                "'cross_entropy' is fed with the result of 'sigmoid'",
                "The loss applies a softmax itself; of numbers from 0 to 1 it makes shares that "
                "hardly differ.",
                "Take the sigmoid out of the model; for several labels that may hold at once, use "
                "binary_cross_entropy_with_logits.",
            )
        elif isinstance(scores, Node) and are_shares(scores.data):
            yield Finding(
                "probabilities where scores are expected",
                trial.place(source(scores)),
                f"what goes into {spoken(node, in_loss)} lies between 0 and 1 and adds up to 1",
                "A softmax is applied twice: by the model, and again by "
                + ("the loss." if in_loss else f"{trial.place(node)}."),
                "Take the softmax out of the model; use it on the outputs when probabilities are "
                "wanted."
                if in_loss
                else "Take one of the two out.",
            )


def sigmoid_twice(trial: Trial, scores: Any) -> Iterator[Finding]:
    """A loss of logits that is fed with the output of a sigmoid or softmax."""
    if is_made_by(scores, "sigmoid", "softmax"):
        made = source(scores)
        yield Finding(
            "probabilities where scores are expected",
            trial.place(made),
            f"'binary_cross_entropy_with_logits' is fed with the result of '{made.op.name}'",
            "The loss applies the sigmoid itself, so it is applied twice.",
            "Take the sigmoid out of the model, or use binary_cross_entropy, which takes "
            "probabilities.",
        )


def scores_as_logarithms(trial: Trial) -> Iterator[Finding]:
    """`nll` of numbers that are no logarithms of probabilities."""
    for node in trial.order:
        if node.op is surprise:
            logarithms = node.inputs[1].data
            with np.errstate(all="ignore"):
                sums = np.exp(logarithms.astype(np.float64)).sum(axis=-1)
            wrong = float(np.abs(sums - 1).max(initial=0.0))
            if wrong > 10 * CLOSE:
                yield Finding(
                    "scores where logarithms are expected",
                    trial.place(source(node.inputs[1])),
                    f"exp() of what 'nll' got adds up to {sums.reshape(-1)[0]:.4g}, not 1",
                    "nll takes logarithms of probabilities; the outputs are scores or "
                    "probabilities.",
                    "Use cross_entropy for scores, or end the model with LogSoftmax().",
                )


def are_shares(scores: Any) -> bool:
    """Whether every row is positive and adds up to 1, and there are rows enough to tell."""
    if scores.ndim < 1 or scores.shape[-1] < 2 or not scores.size:
        return False
    sums = scores.sum(axis=-1)
    return bool((scores >= 0).all() and (np.abs(sums - 1) < CLOSE).all() and scores.std() > 0)


def is_made_by(node: Any, *names: str) -> bool:
    """Whether numbers come straight from an operation with one of these names."""
    made = source(node)
    return isinstance(made, Node) and made.op is not None and made.op.name in names


def source(node: Any) -> Any:
    """Where the numbers were computed, behind what only moves them."""
    while isinstance(node, Node) and node.op is not None and node.op.name in MOVES and node.inputs:
        node = node.inputs[0]
    return node


def spoken(node: Any, in_loss: bool) -> str:
    """The operation by the name that its user knows."""
    return "'cross_entropy'" if in_loss else f"'{node.op.name}'"
