"""The IDX reader: exactly the declared bytes, or an error that names the file."""

import gzip
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from microgradx.datasets.idx import read_idx
from microgradx.datasets.opening import DatasetError

SAME_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def file(tmp_path):
    """Where a test puts its bytes."""
    return tmp_path / "some-idx3-ubyte"


def header(*shape, magic=(0, 0, 8)):
    return struct.pack(f">BBBB{len(shape)}I", *magic, len(shape), *shape)


@SAME_FOLDER
@given(array=arrays(np.uint8, st.tuples(*[st.integers(0, 5)] * 3)), packed=st.booleans())
def test_what_is_written_is_read(file, to_idx, array, packed):
    """Any array of bytes comes back with its shape, empty ones too."""
    data = to_idx(array)
    file.write_bytes(gzip.compress(data) if packed else data)

    np.testing.assert_array_equal(array, read_idx(file, 3))


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_cut_at_any_byte_is_refused(file, to_idx, packed):
    """F26: however much is missing, from one byte to all of them, nothing is returned."""
    data = to_idx(np.arange(24).reshape(2, 3, 4))
    data = gzip.compress(data) if packed else data
    for length in range(len(data)):
        file.write_bytes(data[:length])

        with pytest.raises(DatasetError, match="some-idx3-ubyte"):
            read_idx(file, 3)


@SAME_FOLDER
@given(position=st.integers(0, 60), bit=st.integers(0, 7))
def test_a_flipped_bit_is_found_or_harmless(file, to_idx, position, bit):
    """A packed file is protected by its check sum: a damaged one never gives other data."""
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    data = bytearray(gzip.compress(to_idx(array), mtime=0))
    data[position % len(data)] ^= 1 << bit
    file.write_bytes(data)
    try:
        result = read_idx(file, 3)
    except DatasetError:
        return  # found

    np.testing.assert_array_equal(array, result)  # in a field of the header that means nothing


@SAME_FOLDER
@given(data=st.binary(max_size=60))
def test_other_files_are_refused(file, data):
    """Bytes that are no IDX file of three axes give one kind of error, never another."""
    file.write_bytes(data)
    if data[:4] != bytes([0, 0, 8, 3]):
        with pytest.raises(DatasetError):
            read_idx(file, 3)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (header(2, 3, 4) + bytes(25), "goes on after the 24 bytes"),
        (header(2, 3, 4) + bytes(23), "ends after 23 of the 24 bytes|more than it can hold"),
        (header(2, 3) + bytes(6), "starts with 00 00 08 02, not 00 00 08 03"),
        (header(1, 1, 1, magic=(0, 0, 13)) + bytes(4), "00 00 0d 03"),
        (header(2**31, 2**31, 2**31), "more than it can hold"),
        (header(2**32 - 1, 28, 28) + bytes(9), "more than it can hold"),
        (header(1, 1, 1)[:9], "within its header, after 9 bytes"),
        (b"", "is empty"),
    ],
)
def test_wrong_structure_is_named(file, data, message, packed):
    """F27: the message says what the file declares and what it holds."""
    file.write_bytes(gzip.compress(data) if packed else data)

    with pytest.raises(DatasetError, match=message):
        read_idx(file, 3)


def test_a_gzip_bomb_is_not_unpacked(file):
    """A small file that unpacks to 300 MB costs no more memory than its header declares."""
    packer = zlib.compressobj(9, wbits=31)
    parts = [packer.compress(header(10, 28, 28))]
    parts += [packer.compress(bytes(2**20)) for _ in range(300)]
    file.write_bytes(b"".join([*parts, packer.flush()]))
    tracemalloc.start()
    with pytest.raises(DatasetError, match="goes on after the 7,840 bytes"):
        read_idx(file, 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 1_000_000


def test_a_header_alone_takes_no_memory(file):
    """F27: a file of a few bytes that declares a gigabyte is refused before memory is taken."""
    file.write_bytes(gzip.compress(header(2**20, 32, 32)))
    tracemalloc.start()
    with pytest.raises(DatasetError, match="more than it can hold"):
        read_idx(file, 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 1_000_000


def test_a_folder_in_place_of_a_file_is_named(tmp_path):
    """What the system says is passed on in one sentence."""
    with pytest.raises(DatasetError, match="cannot be read"):
        read_idx(tmp_path, 3)
