"""MNIST files for the tests: the real ones where they are, else files of the same format."""

import gzip
import os
import signal
import struct
from pathlib import Path

import numpy as np
import pytest

# A shell starts what it runs in the background deaf to Ctrl-C, and children inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def idx_bytes(array):
    """An array of bytes in the IDX format."""
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


def write_mnist(folder, *, packed=True, train=200, test=50):
    """Four small files: blank images with one bright row whose number is the label."""
    folder.mkdir(parents=True, exist_ok=True)
    for split, count in (("train", train), ("t10k", test)):
        labels = np.arange(count) % 10
        images = np.zeros((count, 28, 28), np.uint8)
        images[np.arange(count), 2 * labels] = 255
        for name, array in (("images-idx3", images), ("labels-idx1", labels)):
            data = idx_bytes(array)
            path = folder / f"{split}-{name}-ubyte{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(data, mtime=0) if packed else data)
    return folder


@pytest.fixture
def make_mnist(tmp_path):
    """A function that makes small MNIST files in a new folder."""
    return lambda name="data", **settings: write_mnist(tmp_path / name, **settings)


@pytest.fixture
def mnist_folder(make_mnist):
    """The folder of the real files if `VHGRAD_DATA_DIR` names it, else of small ones."""
    real = Path(os.environ.get("VHGRAD_DATA_DIR", ""))
    return real if os.environ.get("VHGRAD_DATA_DIR") and real.is_dir() else make_mnist()
