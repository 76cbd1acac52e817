"""Targets that the loss does not take, or from which there is nothing to learn."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from microgradx.losses.classes import of_labels, surprise
from vhgrad.diagnosis.finding import Finding
from vhgrad.diagnosis.trial import Trial

__all__ = ["one_class", "refused"]


def refused(trial: Trial) -> Iterator[Finding]:
    """The loss raised an error: labels out of range, or another loss than the targets need."""
    error = trial.refusal
    if isinstance(error, IndexError):
        labels = np.asarray(trial.targets)
        classes = np.shape(getattr(trial.outputs, "data", trial.outputs))[-1:]
        yield Finding(
            "labels out of range",
            "the targets",
            f"{error} (labels from {labels.min()} to {labels.max()}, outputs for {classes} classes)"
            if labels.size
            else str(error),
            "Labels count from 1, mark something with -1, or the last layer has too few outputs.",
            "Count classes from 0 and give the last layer one output per class; name a label that "
            "means nothing with ignore_index.",
        )
    elif error is not None:
        yield Finding(
            "a loss that does not take these targets",
            "the loss",
            str(error),
            "The loss does not belong to these targets, or outputs and targets differ in shape.",
            "cross_entropy takes one whole number per example and scores (n, classes); "
            "binary_cross_entropy_with_logits and mse take targets in the shape of the outputs.",
        )


def one_class(trial: Trial) -> Iterator[Finding]:
    """A cross-entropy over one class, which is always 0."""
    for node in trial.order:
        if node.op in (*of_labels.values(), surprise) and node.inputs[1].shape[-1] == 1:
            yield Finding(
                "cross-entropy over one class",
                "the loss",
                f"the scores have shape {node.inputs[1].shape}, so the only class is always right",
                "The model has one output per example, as for yes or no.",
                "Use binary_cross_entropy_with_logits, or one output per class.",
            )
