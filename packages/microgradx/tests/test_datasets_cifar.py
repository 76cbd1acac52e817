"""CIFAR-10 in the binary version: from files, from the archive, and what is no such thing."""

import gzip
import io
import os
import tarfile
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest

from microgradx.datasets import CIFAR10_CLASSES, DatasetError, cifar, download, load_cifar10

RECORD = 3073


def batch(labels, seed=0):
    """Records with these labels and some pixels."""
    pixels = np.random.default_rng(seed).integers(0, 256, (len(labels), RECORD - 1), np.uint8)
    return np.column_stack([np.array(labels, np.uint8), pixels]).tobytes()


def write(folder, *, packed=False, **files):
    """Files of these names, `.bin` or `.bin.gz`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        path = folder / f"{name}.bin{'.gz' if packed else ''}"
        path.write_bytes(gzip.compress(data, mtime=0) if packed else data)
    return folder


def write_archive(folder, files, prefix="cifar-10-batches-bin/"):
    """The archive with these files, packed as the official one is."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / "cifar-10-binary.tar.gz", "w:gz", compresslevel=1) as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(prefix + name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return folder


@pytest.fixture
def real(tmp_path):
    """The folder of the real files if `VHGRAD_DATA_DIR` has them, else of small ones."""
    folder = Path(os.environ.get("VHGRAD_DATA_DIR", ""), "cifar-10")
    if (folder / "data_batch_1.bin.gz").is_file():
        return folder
    labels = np.arange(400) % 10
    return write(
        tmp_path / "real", data_batch_1=batch(labels), test_batch=batch(labels[:50]), packed=True
    )


def test_images_have_the_promised_form(real):
    """Images are channels, rows, columns from 0 to 1; each of the ten labels has a name."""
    for X, y in load_cifar10(real):
        assert (len(y), 3, 32, 32) == X.shape
        assert (np.float32, np.int64) == (X.dtype, y.dtype)
        assert (0.0, 1.0) == (X.min(), X.max())
        assert set(range(10)) == set(y.tolist())
    assert 10 == len(set(CIFAR10_CLASSES))


def test_a_record_is_a_label_and_three_planes(tmp_path):
    """Byte 1 is the first red pixel, 1,025 the first green, 2,049 the first blue."""
    record = bytes([7]) + b"".join(bytes([plane]) * 1024 for plane in (255, 0, 51))
    (X, y), _ = load_cifar10(write(tmp_path, data_batch_1=record, test_batch=record))

    assert [7] == y.tolist()
    np.testing.assert_array_equal(np.float32([1, 0, 0.2]), X[0, :, 5, 9])


def test_raw_images_are_the_bytes_of_the_file(tmp_path):
    """`raw=True` leaves the pixels as they are."""
    data = batch([1, 2])
    (X, _), _ = load_cifar10(write(tmp_path, data_batch_1=data, test_batch=data), raw=True)

    assert np.uint8 == X.dtype
    assert data[1:RECORD] + data[RECORD + 1 :] == X.tobytes()


def test_any_number_of_batches_is_read_in_order(tmp_path):
    """Batch 10 comes after batch 9, packed or not; other files are left alone."""
    write(tmp_path, data_batch_10=batch([1]), data_batch_2=batch([2, 3]), test_batch=batch([0]))
    write(tmp_path, data_batch_9=batch([4]), packed=True)
    (tmp_path / "batches.meta.txt").write_text("airplane\n")
    (tmp_path / "data_batch_3.txt").write_text("no batch")

    assert [2, 3, 4, 1] == load_cifar10(tmp_path)[0][1].tolist()


@pytest.mark.parametrize("prefix", ["cifar-10-batches-bin/", "", "./cifar-10-batches-bin/"])
def test_the_archive_is_read_as_its_files_are(tmp_path, prefix):
    """Nothing is unpacked: the folder has the archive and nothing else, before and after."""
    files = {
        "batches.meta.txt": b"airplane\n",
        "test_batch.bin": batch([5, 6]),
        "data_batch_2.bin": batch([2], seed=2),
        "data_batch_1.bin": batch([1, 0], seed=1),
        "readme.html": b"",
    }
    folder = write_archive(tmp_path / "archive", files, prefix)
    plain = write(tmp_path / "files", **{n[:-4]: d for n, d in files.items() if n.endswith(".bin")})

    for one, other in zip(load_cifar10(folder), load_cifar10(plain)):
        np.testing.assert_array_equal(one[0], other[0])
        np.testing.assert_array_equal(one[1], other[1])
    assert ["cifar-10-binary.tar.gz"] == os.listdir(folder)


@pytest.mark.parametrize("sub", ["", "cifar-10", "cifar-10-batches-bin"])
def test_the_files_may_be_in_a_subfolder(tmp_path, monkeypatch, sub):
    """`VHGRAD_DATA_DIR` may be above the files, also where the archive was unpacked."""
    write(tmp_path / sub, data_batch_1=batch([3]), test_batch=batch([4]))
    monkeypatch.setenv("VHGRAD_DATA_DIR", str(tmp_path))

    assert [3] == load_cifar10()[0][1].tolist()


def test_what_is_downloaded_is_the_archive(tmp_path, monkeypatch):
    """Without a folder the official archive is fetched, with its sum of 64 digits."""
    asked = []

    def fetch(name, mirrors, sha256):
        asked.append((name, [mirror[:8] for mirror in mirrors], [*map(len, sha256.values())]))
        return write_archive(
            tmp_path, {"data_batch_1.bin": batch([1]), "test_batch.bin": batch([2])}
        )

    monkeypatch.delenv("VHGRAD_DATA_DIR", raising=False)
    monkeypatch.setattr(cifar, "download", fetch)

    assert [1] == load_cifar10()[0][1].tolist()
    assert [("cifar-10", ["https://"] * 2, [64])] == asked
    assert download.LARGEST > 170_052_171  # the size of the official archive


@pytest.mark.parametrize("name", ["cifar-10-python.tar.gz", "cifar-10-batches-py/data_batch_1"])
def test_the_pickled_version_is_refused_by_name(tmp_path, name):
    """It is never opened: this one would raise if it were read as anything."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"cos\nsystem\n(S'false'\ntR.")

    with pytest.raises(DatasetError, match=r"is a pickle, which can run code.*refused"):
        load_cifar10(tmp_path)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"data_batch_1": batch([1, 2, 10])}, r"data_batch_1.* has the label 10 in record 2"),
        ({"data_batch_1": batch([1]) + b"x"}, r"has 1 and 1 bytes over"),
        ({"data_batch_1": b""}, r"it has 0 and 0 bytes over"),
        ({"test_batch": batch([255])}, r"test_batch.* label 255 in record 0"),
        ({"data_batch_1": None}, r"has no data_batch_\*"),
        ({"test_batch": None}, r"has the files of cifar-10: test_batch"),
    ],
)
def test_files_that_are_not_records_are_named(tmp_path, files, message):
    """The message names the file, and the record where one is wrong."""
    good = {"data_batch_1": batch([1]), "test_batch": batch([2])}
    write(tmp_path, **{name: data for name, data in {**good, **files}.items() if data is not None})

    with pytest.raises(DatasetError, match=message):
        load_cifar10(tmp_path)


def test_an_archive_of_something_else_is_named(tmp_path):
    """An archive without batches, such as the pickled one under another name."""
    write_archive(tmp_path, {"data_batch_1": b"cos\n", "test_batch": b"cos\n"})

    with pytest.raises(DatasetError, match=r"tar\.gz has no test_batch\.bin"):
        load_cifar10(tmp_path)


def test_files_cut_at_any_byte_are_refused(tmp_path):
    """F26: a record, plain and packed: however much is missing, nothing is returned."""
    data = bytes([3]) + bytes(RECORD - 1)
    for packed in (False, True):
        folder = write(tmp_path / str(packed), data_batch_1=data, test_batch=data, packed=packed)
        path = folder / f"test_batch.bin{'.gz' if packed else ''}"
        for length in reversed(range(path.stat().st_size)):
            os.truncate(path, length)

            with pytest.raises(DatasetError, match="test_batch"):
                load_cifar10(folder)


def test_an_archive_cut_at_any_byte_is_refused(tmp_path):
    """F26: also where the last member is whole and only the check sum is missing."""
    data = bytes([3]) + bytes(RECORD - 1)
    write_archive(tmp_path, {"data_batch_1.bin": data, "test_batch.bin": data})
    path = tmp_path / "cifar-10-binary.tar.gz"
    for length in reversed(range(path.stat().st_size)):
        os.truncate(path, length)

        with pytest.raises(DatasetError, match=r"tar\.gz"):
            load_cifar10(tmp_path)


def test_a_large_file_cut_at_twenty_places_is_refused(tmp_path, real):
    """The real file where it is, else one made here, each time shorter."""
    data = (real / "data_batch_1.bin.gz").read_bytes()
    path = tmp_path / "data_batch_1.bin.gz"
    path.write_bytes(data)
    write(tmp_path, test_batch=batch([1]))
    for part in reversed(range(20)):
        os.truncate(path, len(data) * part // 20)

        with pytest.raises(DatasetError, match="data_batch_1"):
            load_cifar10(tmp_path, raw=True)


def test_a_gzip_bomb_costs_no_more_than_the_cap(tmp_path, monkeypatch):
    """Zeros are valid records, so only their number tells that something is wrong."""
    monkeypatch.setattr(cifar, "MOST_BYTES", 100 * RECORD)
    write(tmp_path, test_batch=batch([1]))
    packer = zlib.compressobj(9, wbits=31)
    parts = [packer.compress(bytes(2**20)) for _ in range(100)]
    (tmp_path / "data_batch_1.bin.gz").write_bytes(b"".join([*parts, packer.flush()]))
    tracemalloc.start()
    with pytest.raises(DatasetError, match="holds more than 307,300 bytes"):
        load_cifar10(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 5_000_000
