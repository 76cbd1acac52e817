"""Parameters that nobody moves: the optimizer does not hold them, or they are none."""

from __future__ import annotations

from collections.abc import Iterator

from microgradx import TensorValue
from vhgrad.diagnosis.finding import Finding, listed
from vhgrad.diagnosis.trial import Trial
from vhgrad.nn import Parameter
from vhgrad.nn.walking import walk

__all__ = ["not_held", "not_parameters"]


def not_held(trial: Trial) -> Iterator[Finding]:
    """Parameters that are trained, but not by this optimizer."""
    if trial.optimizer is None:
        return
    own = trial.parameters
    held = trial.optimizer.state
    left = [name for name, p in own.items() if p not in held]
    if left:
        mine = set(own.values())
        others = sum(p not in mine for p in held)
        yield Finding(
            "parameters that the optimizer does not hold",
            listed(left),
            f"{len(left)} of {len(own)} parameters are in none of its groups"
            + (f"; {others} in its groups are not the model's" if others else ""),
            "The optimizer was made before a part of the model was added or replaced, or was given "
            "only some of the parameters.",
            "Make it from model.parameters() when the model is complete; freeze() what is not "
            "meant to learn.",
        )


def not_parameters(trial: Trial) -> Iterator[Finding]:
    """Tensors that get a gradient and are never moved."""
    held = {} if trial.optimizer is None else trial.optimizer.state
    found = [
        place.path
        for place in walk(trial.model)
        if isinstance(place.part, TensorValue)
        and not isinstance(place.part, Parameter)
        and place.part.op is None
        and place.part.grad is not None
        and place.part not in held
    ]
    if found:
        yield Finding(
            "tensors that are no parameters",
            listed(found),
            "they get gradients, but are not in model.parameters()",
            "They were made as TensorValue(...); only a Parameter is trained and saved.",
            "Write Parameter(...) for what is to learn, and a plain array for what is not.",
        )
