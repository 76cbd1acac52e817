"""ReLUs that are off for every example: nothing goes through, and they learn nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from microgradx import ops
from vhgrad.diagnosis.finding import Finding
from vhgrad.diagnosis.trial import Trial

__all__ = ["dead_relus"]

MOST = 0.9  # units that wait for rare inputs are common: a layer is dead if next to all are off
ENOUGH = 16  # numbers per unit: by chance, fewer are often all negative


def dead_relus(trial: Trial) -> Iterator[Finding]:
    """Nine of ten units of a layer, or more, give 0 for the whole batch."""
    for node in trial.order:
        if node.op is not ops.relu or not node.data.size:
            continue
        out = node.data
        channels = 1 if out.ndim == 4 else out.ndim - 1  # of images, and of rows
        others = tuple(k for k in range(out.ndim) if k != channels)
        dead = ~(out > 0).any(axis=others)
        several = out.size // dead.size
        if dead.mean() > MOST and (several >= ENOUGH or (dead.all() and out.size >= 2 * ENOUGH)):
            yield Finding(
                "dead ReLUs",
                trial.place(node),
                f"{np.count_nonzero(dead)} of {dead.size} units give 0 for all {trial.examples} "
                "examples",
                "A step that was too large, or shifts far below 0, moved them to where no input "
                "reaches.",
                'Start again with a smaller learning rate, init="he" and scaled inputs, or use '
                "LeakyReLU.",
            )
