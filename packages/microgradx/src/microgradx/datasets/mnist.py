"""MNIST: 70,000 handwritten digits, 28 by 28 pixels, the first thing to try a network on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from microgradx.datasets.download import download
from microgradx.datasets.files import find, local_folder
from microgradx.datasets.idx import read_idx
from microgradx.datasets.opening import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["load_mnist"]

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
SHA256 = {
    "train-images-idx3-ubyte.gz": (
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
    ),
    "train-labels-idx1-ubyte.gz": (
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
    ),
    "t10k-images-idx3-ubyte.gz": (
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
    ),
}
FILES = tuple(name.removesuffix(".gz") for name in SHA256)

Split = tuple[NDArray[Any], NDArray[np.int64]]


def load_mnist(
    data_dir: str | os.PathLike[str] | None = None, *, raw: bool = False
) -> tuple[Split, Split]:
    """Training and test set, from files of yours or downloaded once (extra `microgradx[data]`).

    Args:
        data_dir: folder of the four original files, plain or `.gz`, or one with a subfolder `mnist`
            that has them. None takes the environment variable `VHGRAD_DATA_DIR`; where that is not
            set either, the files are downloaded, checked by SHA-256 and kept for the next time.
        raw: whether images come as in the files, uint8 of shape `(n, 28, 28)`. Otherwise they are
            float32 from 0 to 1, one row each: `(n, 784)`.

    Returns:
        `(X_train, y_train), (X_test, y_test)`, labels as int64 of shape `(n,)`.

    Raises:
        DatasetError: if the files are not to be had, or not what they should be.

    Source:
        LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition
        (1998).

    Example:
        ```python
        (X_train, y_train), (X_test, y_test) = load_mnist()  # (60000, 784) and (10000, 784)
        ```
    """
    folder = local_folder(data_dir, "mnist", FILES)
    if folder is None:
        folder = download("mnist", MIRRORS, SHA256)
    return read_split(folder, "train", raw), read_split(folder, "t10k", raw)


def read_split(folder: Path, name: str, raw: bool) -> Split:
    """Images and labels of one of the two sets, checked against each other."""
    images_file = path_of(folder, f"{name}-images-idx3-ubyte")
    labels_file = path_of(folder, f"{name}-labels-idx1-ubyte")
    labels = read_idx(labels_file, ndim=1)
    if len(labels) == 0:
        raise DatasetError(f"{labels_file} holds no labels.")
    wrong = np.flatnonzero(labels > 9)
    if len(wrong):
        row = wrong[0]
        raise DatasetError(f"{labels_file} has the label {labels[row]} in row {row}, not 0 to 9.")
    images = read_idx(images_file, ndim=3)
    if images.shape[1:] != (28, 28):
        rows, columns = images.shape[1:]
        raise DatasetError(f"{images_file} has images of {rows} x {columns} pixels, not 28 x 28.")
    if len(images) != len(labels):
        raise DatasetError(
            f"{images_file} has {len(images):,} images, but {labels_file.name} has "
            f"{len(labels):,} labels."
        )
    return (images if raw else pixels(images)), labels.astype(np.int64)


def path_of(folder: Path, file: str) -> Path:
    """Where a file is, plain or packed."""
    path = find(folder, file)
    if path is None:
        raise DatasetError(f"{folder} has no {file}, neither plain nor with .gz.")
    return path


def pixels(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Images as rows of numbers from 0 to 1."""
    return np.divide(images.reshape(len(images), -1), 255, dtype=np.float32)
