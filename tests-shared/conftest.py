"""Lets the tests of this folder import what lies beside them, and makes pictures for examples."""

import gzip
import struct
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

collect_ignore = ["interop", "oracle"]  # scripts that need ONNX or PyTorch


def idx(array):
    """The bytes of a file in the IDX format."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture(scope="session")
def image_folder(tmp_path_factory):
    """Files like those of MNIST and CIFAR-10, small: pictures with a bright row for each label."""
    import numpy as np  # not above: stage 2 is tested where there is none

    folder = tmp_path_factory.mktemp("data")
    for split, part, count in (("train", "data_batch_1", 300), ("t10k", "test_batch", 100)):
        labels = (np.arange(count) % 10).astype(np.uint8)
        digits = np.zeros((count, 28, 28), np.uint8)
        digits[np.arange(count), 2 * labels] = 255
        photographs = np.zeros((count, 3, 32, 32), np.uint8)
        photographs[np.arange(count), :, 3 * labels] = 255
        records = np.column_stack([labels, photographs.reshape(count, -1)])
        (folder / f"{split}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(digits)))
        (folder / f"{split}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels)))
        (folder / f"{part}.bin.gz").write_bytes(gzip.compress(records.tobytes()))
    return folder
