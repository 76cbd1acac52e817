"""CIFAR-10: photographs of ten kinds of things, 32 by 32 pixels in colour, in the binary version.

One record is one byte for the label, then 3,072 for the pixels: the red plane, the green, the blue.
The version for Python is a pickle, which can run code when it is read, and is refused.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from microgradx.datasets.download import download
from microgradx.datasets.files import find, local_folder
from microgradx.datasets.opening import DatasetError, opened, read_all

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CIFAR10_CLASSES", "load_cifar10"]

CIFAR10_CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
ARCHIVE = "cifar-10-binary.tar.gz"
UNPACKED = "cifar-10-batches-bin"  # the folder in the archive
TEST = "test_batch.bin"
PICKLED = ("cifar-10-python.tar.gz", "cifar-10-batches-py", "data_batch_1")  # never read
BATCH = re.compile(rf"(?:{UNPACKED}/)?(?:data_batch_\w+|test_batch)\.bin")
MIRRORS = ("https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/")
SHA256 = {ARCHIVE: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"}
RECORD = 1 + 3 * 32 * 32
MOST_BYTES = 50_000 * RECORD  # in one file: the whole training set

Records = NDArray[np.uint8]
Split = tuple[NDArray[Any], NDArray[np.int64]]


def load_cifar10(
    data_dir: str | os.PathLike[str] | None = None, *, raw: bool = False
) -> tuple[Split, Split]:
    """Training and test set, from files of yours or downloaded once (extra `microgradx[data]`).

    Args:
        data_dir: folder of `test_batch.bin` and any number of `data_batch_*.bin`, each plain or
            `.gz`, or of the archive `cifar-10-binary.tar.gz`, which is read as it is; or one with a
            subfolder `cifar-10` or `cifar-10-batches-bin` that has them. None takes the environment
            variable `VHGRAD_DATA_DIR`; where that is not set either, the archive (170 MB) is
            downloaded, checked by SHA-256 and kept for the next time.
        raw: whether images come as in the files, uint8. Otherwise they are float32 from 0 to 1,
            which takes four times the memory: 737 MB for all 60,000.

    Returns:
        `(X_train, y_train), (X_test, y_test)`, images of shape `(n, 3, 32, 32)`, labels as int64 of
        shape `(n,)`; `CIFAR10_CLASSES[label]` is the name of a label.

    Raises:
        DatasetError: if the files are not to be had, or not what they should be.

    Source:
        Krizhevsky, Learning multiple layers of features from tiny images (2009).

    Example:
        ```python
        (X_train, y_train), (X_test, y_test) = load_cifar10()  # 50,000 and 10,000 images
        ```
    """
    folder = local_folder(
        data_dir, "cifar-10", (TEST, ARCHIVE), subfolders=(UNPACKED,), pickled=PICKLED
    )
    if folder is None:
        folder = download("cifar-10", MIRRORS, SHA256)
    place = folder if find(folder, TEST) else folder / ARCHIVE
    batches = from_files(place) if place is folder else from_archive(place)
    test = batches.pop(TEST, None)
    if test is None or not batches:
        missing = TEST if test is None else "data_batch_*.bin"
        raise DatasetError(f"{place} has no {missing}.")
    return split(list(batches.values()), raw), split([test], raw)


def from_files(folder: Path) -> dict[str, Records]:
    """The records of every batch in a folder, training batches in the order of their numbers."""
    names = {path.name.removesuffix(".gz") for path in folder.iterdir()}
    batches = {}
    for name in sorted(filter(is_batch, names), key=in_order):
        path = find(folder, name)
        if path is not None:
            with opened(path) as file:
                batches[name] = records(read_all(file.stream, file.name, MOST_BYTES), file.name)
    return batches


def from_archive(path: Path) -> dict[str, Records]:
    """The records of every batch in the archive."""
    from microgradx.datasets.archive import members  # tarfile takes 3 ms

    batches = {
        name.rpartition("/")[2]: records(data, f"{path}, member {name},")
        for name, data in members(path, is_batch)
    }
    return {name: batches[name] for name in sorted(batches, key=in_order)}


def is_batch(name: str) -> bool:
    """Whether a file of that name holds records."""
    return BATCH.fullmatch(name) is not None


def in_order(name: str) -> tuple[int, str]:
    """Batch 10 after batch 9."""
    return len(name), name


def records(data: bytearray, name: str) -> Records:
    """The content of a file as records, shape `(n, 3073)`; `name` is for the messages."""
    count, rest = divmod(len(data), RECORD)
    if rest or not count:
        raise DatasetError(
            f"{name} needs whole records of {RECORD:,} bytes, one or more; it has {count:,} and "
            f"{rest:,} bytes over."
        )
    result = np.frombuffer(data, np.uint8).reshape(count, RECORD)
    wrong = np.flatnonzero(result[:, 0] > 9)
    if len(wrong):
        raise DatasetError(
            f"{name} has the label {result[wrong[0], 0]} in record {wrong[0]}, not 0 to 9."
        )
    return result


def split(batches: list[Records], raw: bool) -> Split:
    """Images and labels of some batches, one after the other."""
    labels = np.concatenate([batch[:, 0] for batch in batches]).astype(np.int64)
    images = np.empty((len(labels), 3, 32, 32), np.uint8 if raw else np.float32)
    start = 0
    for batch in batches:
        part = images[start : start + len(batch)]
        pixels = batch[:, 1:].reshape(part.shape)
        if raw:
            part[...] = pixels
        else:
            np.divide(pixels, np.float32(255), out=part)
        start += len(batch)
    return images, labels
