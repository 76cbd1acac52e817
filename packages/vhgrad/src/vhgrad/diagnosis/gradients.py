"""Gradients that are missing, zero, no numbers, tiny or huge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from vhgrad.diagnosis.finding import Finding, listed
from vhgrad.diagnosis.trial import Trial, rms
from vhgrad.nn import LayerNorm
from vhgrad.nn.norm import BatchNorm
from vhgrad.training.divergence import near
from vhgrad.training.step import began

__all__ = ["exploding", "missing", "not_finite", "vanishing", "zero"]

TINY = 1e-7  # of the largest gradient: below float32's last digit
HUGE = 1e3  # of the weights: in training that goes well it is around 1


def not_finite(trial: Trial) -> Iterator[Finding]:
    """The loss or a gradient holds nan or inf."""
    bad = [name for name, g in trial.gradients.items() if g is not None and not finite(g)]
    if trial.value is None or (trial.finite and not bad):
        return
    trial.forget()  # gradients that are there would hide where it began
    error = began(trial.value)
    names = [] if error is None else near(trial.model, error.inputs)
    yield Finding(
        "nan or inf",
        listed(bad) if bad else "the loss" + (f", near {listed(names)}" if names else ""),
        f"the loss is {trial.number:.4g}" + (f"; {error}".removesuffix(".") if error else ""),
        "Inputs or weights hold nan, a number was divided by 0, a logarithm or a root was taken "
        "of 0, or numbers grew too large for their dtype.",
        "Look at the operation named above; detect_anomaly() stops where it is computed.",
    )


def missing(trial: Trial) -> Iterator[Finding]:
    """No gradient arrived."""
    none = [name for name, g in trial.gradients.items() if g is None]
    if none:
        yield Finding(
            "parameters without a gradient",
            listed(none),
            str(trial.no_graph)
            if trial.no_graph
            else f"backward() reached {len(trial.gradients) - len(none)} of "
            f"{len(trial.gradients)} parameters",
            "forward does not use them, or the way to them is cut by detach(), no_grad() or a "
            "detour through plain arrays.",
            "Use them, freeze() them, or take out what cuts the way.",
        )


def zero(trial: Trial) -> Iterator[Finding]:
    """A gradient arrived, and all of it is 0."""
    if not trial.finite or trial.number == 0:
        return  # a loss of 0 has been learned
    normed = any(isinstance(module, BatchNorm | LayerNorm) for module in trial.modules)
    none = [
        name
        for name, g in trial.gradients.items()
        if g is not None
        and g.size
        and not g.any()
        # a shift before a normalisation is taken off again: no mistake, only no use
        and not (normed and name.rpartition(".")[2] == "bias")
    ]
    if none:
        yield Finding(
            "gradients that are zero",
            listed(none),
            f"every entry is exactly 0, while the loss is {trial.number:.4g}",
            "What stands after them passes nothing on: ReLUs that are always off, a sigmoid or "
            "tanh at its end, weights of 0, a Dropout of everything.",
            "Look at the layer after the last one named here; a smaller learning rate, scaled "
            'inputs or init="he" keep ReLUs alive.',
        )


def vanishing(trial: Trial) -> Iterator[Finding]:
    """Some layers get next to nothing."""
    sizes = matrices(trial)
    largest = max(sizes.values(), default=0.0)
    faint = [name for name, size in sizes.items() if 0 < size < TINY * largest]
    if faint:
        yield Finding(
            "gradients that vanish",
            listed(faint),
            f"`{faint[0]}` gets {sizes[faint[0]]:.2g}, while the largest gets {largest:.2g}",
            "Every sigmoid or tanh on the way makes a gradient smaller; after many, nothing is "
            "left.",
            'Use ReLU with init="he", or a normalisation between the layers.',
        )


def exploding(trial: Trial) -> Iterator[Finding]:
    """Gradients far larger than the weights."""
    with np.errstate(over="ignore"):
        size = {name: norm(g) for name, g in trial.gradients.items() if g is not None}
        whole = norm([*size.values()])
        weights = norm([norm(p.data) for p in trial.parameters.values()])
    if whole > HUGE * weights > 0 and np.isfinite(whole):
        worst = max(size, key=lambda name: size[name])
        yield Finding(
            "gradients that explode",
            f"`{worst}`",
            f"the norm of all gradients is {whole:.3g}, that of all parameters {weights:.3g}; the "
            f"loss is {trial.number:.4g}",
            "Inputs or targets are not scaled, the weights were drawn too large, or the loss is a "
            "sum where a mean is meant.",
            "Scale inputs and targets to a spread of 1, take the mean; clip=1.0 in fit bounds what "
            "is left.",
        )


def matrices(trial: Trial) -> dict[str, float]:
    """How large the gradients of weights are; shifts are left out."""
    return {n: rms(g) for n, g in trial.gradients.items() if g is not None and g.ndim > 1}


def norm(array: Any) -> float:
    """The root of the sum of the squares."""
    return float(np.linalg.norm(np.asarray(array, np.float64).reshape(-1)))


def finite(g: Any) -> bool:
    """Whether all entries are numbers."""
    return bool(np.isfinite(g).all())
