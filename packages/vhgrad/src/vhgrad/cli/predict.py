"""`vhgrad predict CHECKPOINT FILE…`: the class of every example, one per line."""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from vhgrad.cli.inputs import examples
from vhgrad.cli.run import one_thread, prepared
from vhgrad.cli.using import Trained, trained
from vhgrad.training import predict

__all__ = ["probabilities", "run_predict"]

TOGETHER = 64


def run_predict(options: argparse.Namespace) -> int:
    """Print the classes in the order of the files.

    Raises:
        DatasetError: if a file cannot be read, or holds something else than such examples.
        CheckpointError: if the checkpoint is damaged, or another program wrote it.
    """
    found = trained(options.checkpoint)
    inputs = [examples(name, found.task) for name in options.files]  # all, before any is printed
    with one_thread():
        for X in inputs:
            for shares in probabilities(found, X):
                cells = [found.task.classes[int(shares.argmax())]]
                if options.probabilities:
                    cells += [f"{share:.6f}" for share in shares]
                print("\t".join(cells))
    return 0


def probabilities(found: Trained, X: NDArray[np.float32]) -> NDArray[np.float64]:
    """The probability of every class, shape `(n, classes)`.

    Examples go through the network in batches of one size, filled up with zeros: a matrix product
    may round another way in a batch of another size, and an example alone must get the same answer
    as among others.
    """
    missing = -len(X) % TOGETHER
    filled = np.concatenate([X, np.zeros((missing, *X.shape[1:]), np.float32)])
    scores = predict(found.model, prepared(filled, found.normalize), batch_size=TOGETHER)
    scores = scores[: len(X)].astype(np.float64)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    return powers / powers.sum(axis=1, keepdims=True)
