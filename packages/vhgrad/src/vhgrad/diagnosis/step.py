"""What the optimizer makes of the gradients: nothing at all, or far too much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from microgradx import no_grad
from vhgrad.diagnosis.finding import Finding
from vhgrad.diagnosis.gradients import finite
from vhgrad.diagnosis.trial import Trial, rms

__all__ = ["nothing_moves", "too_large_a_step"]


def nothing_moves(trial: Trial) -> Iterator[Finding]:
    """A step is made, and every parameter that it holds stays as it was."""
    before = stepped(trial)
    pushed = [n for n in before if trial.gradients[n] is not None and trial.gradients[n].any()]  # type: ignore[union-attr]  # not None
    if pushed and not any((before[n] != trial.parameters[n].data).any() for n in pushed):
        rates = sorted({float(group["lr"]) for group in trial.optimizer.param_groups})
        yield Finding(
            "a step that moves nothing",
            "the optimizer",
            f"there are gradients, but no parameter moves; lr={', '.join(map(str, rates))}",
            "The learning rate is 0, or so small that float32 cannot tell the difference; a "
            "schedule may have come to its end.",
            "Give a learning rate such as 0.001 for Adam or 0.1 for SGD, and look at the schedule.",
        )


def too_large_a_step(trial: Trial) -> Iterator[Finding]:
    """One step is larger than the weights that it moves, and the loss is no better for it."""
    before = {n: x for n, x in stepped(trial).items() if x.ndim > 1 and rms(x) > 0}
    ratios = {n: rms(trial.parameters[n].data - x) / rms(x) for n, x in before.items()}
    worst = max(ratios, key=lambda name: ratios[name], default=None)
    if worst is None or not ratios[worst] > 1:
        return
    with no_grad():
        after = trial.loss(trial.targets, trial.model(trial.inputs)).item()
    if not after < trial.number:
        yield Finding(
            "a learning rate that is too large",
            f"`{worst}`",
            f"one step moves it by {ratios[worst]:.3g} times its own size, and the loss goes from "
            f"{trial.number:.4g} to {after:.4g}",
            "The learning rate is too large for these gradients.",
            "Divide it by 10 until the loss falls; usual are 0.001 for Adam and 0.01 to 0.1 for "
            "SGD.",
        )


def stepped(trial: Trial) -> dict[str, Any]:
    """Parameters before a step that the copy's optimizer makes; none if there is none to make."""
    if trial.optimizer is None or not trial.finite or trial.no_graph is not None:
        return {}
    held = trial.optimizer.state
    own = {name: p for name, p in trial.parameters.items() if p in held}
    if not all(g is None or finite(g) for g in trial.gradients.values()):
        return {}
    before = {name: p.data for name, p in own.items()}
    for name, p in own.items():
        p.grad = None if (g := trial.gradients[name]) is None else np.array(g)
    trial.optimizer.step()
    return before
