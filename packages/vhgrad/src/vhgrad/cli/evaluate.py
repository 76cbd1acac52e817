"""`vhgrad evaluate CHECKPOINT`: measure a network on the test data of its task."""

from __future__ import annotations

import argparse

import numpy as np

from microgradx import cross_entropy
from vhgrad.cli.run import one_thread, prepared
from vhgrad.cli.using import trained
from vhgrad.data import DataLoader, TensorDataset
from vhgrad.metrics import accuracy
from vhgrad.training import evaluate

__all__ = ["run_evaluate"]


def run_evaluate(options: argparse.Namespace) -> int:
    """Print loss and accuracy.

    Raises:
        DatasetError: if the data cannot be had.
        CheckpointError: if the checkpoint is damaged, or another program wrote it.
    """
    found = trained(options.checkpoint)
    rng = np.random.default_rng(found.settings.seed)
    _, (X, y) = found.task.load(found.settings.samples, rng, options.data_dir)
    test = DataLoader(TensorDataset(prepared(X, found.normalize), y), 1000)
    with one_thread():
        measured = evaluate(found.model, test, loss=cross_entropy, metrics={"accuracy": accuracy})
    print(f"test accuracy: {100 * measured['accuracy']:.2f} %")
    print(f"test loss: {measured['loss']:.4f}")
    return 0
