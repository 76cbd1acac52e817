"""CIFAR-10 on its way to a network: read, normalised, augmented in batches."""

import os
from pathlib import Path

import numpy as np
import pytest

from vhgrad.data import (
    Compose,
    DataLoader,
    Normalize,
    RandomCrop,
    RandomHorizontalFlip,
    load_cifar10,
)


@pytest.fixture
def folder(tmp_path):
    """The real files if `VHGRAD_DATA_DIR` has them, else small ones."""
    real = Path(os.environ.get("VHGRAD_DATA_DIR", ""), "cifar-10")
    if (real / "test_batch.bin.gz").is_file():
        return real
    rng = np.random.default_rng(0)
    for name, count in (("data_batch_1", 60), ("data_batch_2", 40), ("test_batch", 20)):
        pixels = rng.integers(0, 256, (count, 3072), np.uint8)
        labels = (np.arange(count) % 10).astype(np.uint8)
        (tmp_path / f"{name}.bin").write_bytes(np.column_stack([labels, pixels]).tobytes())
    return tmp_path


def test_batches_are_ready_for_a_convolution(folder):
    """Images `(batch, 3, 32, 32)` in float32 of mean 0 and spread 1, labels as whole numbers."""
    (X, y), (X_test, _) = load_cifar10(folder)
    normalize = Normalize.of(X)
    X, X_test = normalize(X), normalize(X_test)
    augment = Compose([RandomCrop(32, padding=4), RandomHorizontalFlip()])
    inputs, labels = next(
        iter(DataLoader((X, y), 16, shuffle=True, generator=0, transform=augment))
    )

    assert ((16, 3, 32, 32), np.float32) == (inputs.shape, inputs.dtype)
    assert ((16,), np.int64) == (labels.shape, labels.dtype)
    np.testing.assert_allclose(X.mean((0, 2, 3)), 0, atol=1e-3)  # float32 sums of 10 million
    np.testing.assert_allclose(X.std((0, 2, 3)), 1, atol=1e-3)
    assert abs(X_test.mean()) < 0.2
