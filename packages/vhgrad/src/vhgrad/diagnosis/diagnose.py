"""`diagnose`: one training step on a copy of the model, looked at from all sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from vhgrad.diagnosis.finding import Finding, Findings
from vhgrad.diagnosis.gradients import exploding, missing, not_finite, vanishing, zero
from vhgrad.diagnosis.held import not_held, not_parameters
from vhgrad.diagnosis.inputs import not_scaled
from vhgrad.diagnosis.logits import probabilities_as_logits, scores_as_logarithms
from vhgrad.diagnosis.modes import batch_of_one, in_evaluation_mode
from vhgrad.diagnosis.relus import dead_relus
from vhgrad.diagnosis.step import nothing_moves, too_large_a_step
from vhgrad.diagnosis.targets import one_class, refused
from vhgrad.diagnosis.trial import Trial
from vhgrad.diagnosis.untouched import untouched
from vhgrad.nn import Module
from vhgrad.training.batches import pairs
from vhgrad.training.checks import check_loss, check_model, check_optimizer

__all__ = ["diagnose"]

LOOKS: tuple[Callable[[Trial], Iterator[Finding]], ...] = (
    not_held,
    not_parameters,
    in_evaluation_mode,
    batch_of_one,
    not_scaled,
    refused,
    one_class,
    probabilities_as_logits,
    scores_as_logarithms,
    not_finite,
    missing,
    zero,
    vanishing,
    exploding,
    dead_relus,
    nothing_moves,
    too_large_a_step,
)


def diagnose(
    model: Module,
    batch: Any,
    *,
    loss: Callable[[Any, Any], Any],
    optimizer: Any = None,
) -> Findings:
    """Try one training step and say what looks like a mistake in it.

    The step is made by a copy: model, modes, gradients, running averages, optimizer and generators
    are afterwards as they were. What is found is likely to be wrong, and what is not found may be
    wrong nevertheless; on a healthy run nothing is found. A loss that goes through a function of
    `microgradx.compile` is looked into no further.

    Args:
        model: in the mode in which it is trained.
        batch: inputs and targets, as in training; 16 examples or more tell most.
        loss: a function of targets and outputs, as for `fit`.
        optimizer: looked at, too, if it is given.

    Returns:
        The findings, each with its likely cause and what to do; `print` shows them as a report.

    Raises:
        TypeError: if `model` is no module, `loss` cannot be called, `optimizer` is none, or the
            batch is not a pair.
        ValueError: if there is no example in the batch.

    Source:
        Karpathy, A recipe for training neural networks (2019), for the order in which to look.

    Example:
        >>> from vhgrad import Linear, Sequential, Softmax, cross_entropy
        >>> model = Sequential(Linear(2, 3, seed=0), Softmax())
        >>> print(diagnose(model, ([[0.0, 1.0], [1.0, 0.0]], [0, 2]), loss=cross_entropy))
        probabilities where scores are expected: `1`
          seen:  what goes into 'cross_entropy' lies between 0 and 1 and adds up to 1
          cause: A softmax is applied twice: by the model, and again by the loss.
          fix:   Take the softmax out of the model; use it on the outputs when probabilities are
                 wanted.
    """
    check_model("diagnose", model, batch)
    check_loss(loss)
    [(inputs, targets)] = pairs([batch])
    if optimizer is not None:
        held = model.parameters() if not hasattr(optimizer, "param_groups") else moved(optimizer)
        check_optimizer(optimizer, held)
    with untouched(model):
        trial = Trial(model, inputs, targets, loss, optimizer)
        return Findings(finding for look in LOOKS for finding in look(trial))


def moved(optimizer: Any) -> list[Any]:
    """The parameters that an optimizer holds."""
    return [p for group in optimizer.param_groups for p in group["params"]]
