"""Archives from someone who means no good: refused, with nothing written and little memory used."""

import gc
import gzip
import io
import os
import tarfile
import tracemalloc

import numpy as np
import pytest

from microgradx.datasets import archive
from microgradx.datasets.archive import members
from microgradx.datasets.opening import DatasetError


def member(name="data.bin", data=b"content", **settings):
    """A member and its content."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in settings.items():
        setattr(info, key, value)
    return info, data


@pytest.fixture
def read(tmp_path):
    """A function that packs members and reads them again."""

    def pack_and_read(*parts, wanted=lambda name: True):
        path = tmp_path / "set.tar.gz"
        with tarfile.open(path, "w:gz") as tar:
            for info, data in parts:
                tar.addfile(info, io.BytesIO(data))
        return [(name, bytes(data)) for name, data in members(path, wanted)]

    return pack_and_read


def test_wanted_files_come_in_order(read):
    """Folders and unwanted files are passed over, whatever their size."""
    parts = [
        member("folder", b"", type=tarfile.DIRTYPE),
        member("folder/b", b"2"),
        member("large", bytes(3_000_000)),
        member("./a", b""),
        member("x" * 200, b"3"),  # a long name has a header of its own
    ]

    assert [("folder/b", b"2"), ("a", b""), ("x" * 200, b"3")] == read(
        *parts, wanted=lambda name: name != "large"
    )


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (member("../x"), "leads out of it"),
        (member("a/../../x"), "leads out of it"),
        (member("/etc/passwd"), "leads out of it"),
        (member("..\\x"), "leads out of it"),
        (member("C:/x"), "leads out of it"),
        (member(data=b"", type=tarfile.SYMTYPE, linkname="/etc/passwd"), "a link or a device"),
        (member(data=b"", type=tarfile.LNKTYPE, linkname="other"), "a link or a device"),
        (member(data=b"", type=tarfile.CHRTYPE), "a link or a device"),
        (member(data=b"", type=tarfile.BLKTYPE), "a link or a device"),
        (member(data=b"", type=tarfile.FIFOTYPE), "a link or a device"),
    ],
)
@pytest.mark.parametrize("wanted", [True, False])
def test_members_with_a_purpose_of_their_own_are_refused(read, part, message, wanted):
    """F34: also where nobody wanted that member: the archive is not to be trusted."""
    with pytest.raises(DatasetError, match=message):
        read(member("good"), part, wanted=lambda name: wanted)


def test_a_sparse_member_is_refused(read):
    """F34: a few bytes that stand for gigabytes of zeros."""
    headers = {"GNU.sparse.map": "0,1", "GNU.sparse.size": str(10**10), "GNU.sparse.numblocks": "1"}

    with pytest.raises(DatasetError, match="neither a file nor a folder"):
        read(member(data=b"x", pax_headers=headers))


def test_too_many_members_are_refused(read):
    """A data set has a handful of files."""
    with pytest.raises(DatasetError, match="more than 100 members"):
        read(*[member(str(number), b"") for number in range(101)])


@pytest.mark.parametrize(
    ("kind", "size", "message"),
    [
        (tarfile.XHDTYPE, 2**33, "has a header of 8,589,934,592 bytes"),
        (tarfile.XGLTYPE, 2**33, "has a header of 8,589,934,592 bytes"),
        (tarfile.GNUTYPE_LONGNAME, 2**33, "has a header of 8,589,934,592 bytes"),
        (tarfile.REGTYPE, 2**33, "of 8,589,934,592 bytes, more than"),
    ],
)
def test_a_size_is_not_believed(tmp_path, kind, size, message):
    """F34: a header may claim ten gigabytes of itself or of a file: they are never asked for."""
    info = member(data=b"", type=kind)[0]
    info.size = size
    path = tmp_path / "set.tar.gz"
    path.write_bytes(gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + bytes(2**23)))
    tracemalloc.start()
    with pytest.raises(DatasetError, match=message):
        list(members(path, lambda name: False))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 5_000_000


def test_all_members_together_have_a_cap(read, monkeypatch):
    """F34: each may be small enough, and nobody may want them: they are unpacked all the same."""
    monkeypatch.setattr(archive, "MOST_BYTES", 4_000_000)

    with pytest.raises(DatasetError, match="unpacks to more than 4,000,000 bytes"):
        read(member("a", bytes(3_000_000)), member("b", bytes(3_000_000)), wanted=lambda _: False)


def test_a_long_chain_of_headers_is_refused(tmp_path):
    """Each header announces the next: reading them goes deeper and deeper."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2
    block = info.tobuf(tarfile.GNU_FORMAT) + b"a".ljust(512, b"\0")
    path = tmp_path / "set.tar.gz"
    path.write_bytes(gzip.compress(block * 3000))
    gc.collect()  # nobody's finaliser should be called where no more calls are possible

    with pytest.raises(DatasetError, match="damaged"):
        list(members(path, lambda name: True))


@pytest.mark.parametrize(
    "data", [b"", b"no tar at all", bytes(600), b"\x1f\x8b", gzip.compress(b"no tar" * 99)]
)
def test_what_is_no_archive_is_named(tmp_path, data):
    """One kind of error, with the name of the file."""
    path = tmp_path / "set.tar.gz"
    path.write_bytes(data)

    with pytest.raises(DatasetError, match=r"set\.tar\.gz"):
        list(members(path, lambda name: True))


def test_an_archive_that_is_not_packed_is_refused(tmp_path):
    """Cut after a member it would look whole."""
    path = tmp_path / "set.tar.gz"
    with tarfile.open(path, "w") as tar:
        tar.addfile(member(data=b"")[0])

    with pytest.raises(DatasetError, match="not packed with gzip"):
        list(members(path, lambda name: True))


def test_damaged_archives_give_one_kind_of_error(tmp_path):
    """1,000 archives with some bytes changed before packing: read, or refused with one error."""
    rng = np.random.default_rng(0)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for info, data in (member("é" * 120, b"1", mtime=0.5), member("b", bytes(600))):
            tar.addfile(info, io.BytesIO(data))
    good = np.frombuffer(buffer.getvalue()[: 512 * 9], np.uint8)
    path = tmp_path / "set.tar.gz"
    outcomes = set()
    for _ in range(1000):
        data = good.copy()
        where = rng.integers(0, len(data), rng.integers(1, 9))
        data[where] = rng.choice(np.frombuffer(b"\0 019=xgLK\xff/.", np.uint8), len(where))
        path.write_bytes(gzip.compress(data.tobytes(), 1))
        try:
            outcomes.add(len(list(members(path, lambda name: True))))
        except DatasetError:
            outcomes.add("refused")

    assert {"refused", 2} <= outcomes
    assert ["set.tar.gz"] == os.listdir(tmp_path)
