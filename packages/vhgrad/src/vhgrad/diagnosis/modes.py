"""Layers that work otherwise in training than in use, in the wrong one of the two."""

from __future__ import annotations

from collections.abc import Iterator

from vhgrad.diagnosis.finding import Finding, listed
from vhgrad.diagnosis.trial import Trial
from vhgrad.nn import Dropout, Module
from vhgrad.nn.norm import BatchNorm
from vhgrad.nn.parameter import Frozen

__all__ = ["batch_of_one", "in_evaluation_mode"]


def in_evaluation_mode(trial: Trial) -> Iterator[Finding]:
    """Dropout and batch normalisation that a training step would find switched off."""
    off = {
        path: module
        for path, module in trial.model.named_modules()
        if not module.training and not meant(module)
    }
    if off:
        drops = any(isinstance(module, Dropout) for module in off.values())
        norms = [m for m in off.values() if isinstance(m, BatchNorm)]
        fresh = any(m.num_batches_tracked is not None and not m.num_batches_tracked for m in norms)
        seen = ["Dropout drops nothing"] * drops
        seen += ["batch normalisation uses its running averages and leaves them"] * bool(norms)
        seen += ["averages that were never measured"] * fresh
        yield Finding(
            "layers in evaluation mode",
            listed(list(off)),
            "; ".join(seen),
            "model.eval() was called to measure something, and model.train() not after it.",
            "Call model.train() before training and model.eval() before use; fit, evaluate and "
            "predict do it by themselves.",
        )


def meant(module: Module) -> bool:
    """Whether the mode does not matter, or is that of a part that is not trained."""
    if isinstance(module, Dropout):
        return module.p == 0
    parameters = module.parameters()
    frozen = bool(parameters) and all(isinstance(p, Frozen) for p in parameters)
    return frozen or not isinstance(module, BatchNorm)


def batch_of_one(trial: Trial) -> Iterator[Finding]:
    """Batch normalisation of one number per channel."""
    if trial.too_few is not None:
        norms = [path for path, m in trial.model.named_modules() if isinstance(m, BatchNorm)]
        yield Finding(
            "a batch of one",
            listed(norms),
            str(trial.too_few),
            "Batch normalisation compares the examples of a batch; the last batch of an epoch may "
            "have only one, and so has an input that is tried by hand.",
            "Use DataLoader(..., drop_last=True) or a larger batch for training, model.eval() for "
            "use, or LayerNorm, which needs no batch.",
        )
