"""Reading CSV and `.npy` files: exactly what is there, or an error that says where it is not."""

import contextlib
import gzip
import io
import os
import pickle
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from microgradx.datasets import DatasetError, csv, load_csv, read_idx, read_npy


def table(text, **settings):
    """The table in a text."""
    data = text.encode() if isinstance(text, str) else text
    return load_csv(io.BytesIO(data), **settings)


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n3,4.5\n",
        "1,2\n3,4.5",
        "\ufeffa,b\r\n1,2\r\n3,4.5\r\n",
        '"a, really","b\n""two"""\n"1",2\n3,"4.5"\n',
        " a , b \n 1 , 2 \n3,+4.5e0\n\n\r\n\n",
        gzip.compress(b"a,b\n1,2\n3,4.5\n"),
    ],
)
def test_all_usual_forms_give_the_same_table(text):
    """F28: names or none, byte order mark, both line ends, quotes, blank lines at the end."""
    X = table(text)

    assert [[1.0, 2.0], [3.0, 4.5]] == X.tolist()
    assert np.float64 == X.dtype


@pytest.mark.parametrize("target", ["kind", 1, -2])
def test_the_target_column_is_set_apart(target):
    """By name or by number; whole numbers are labels."""
    X, y = table("a,kind,b\n1,0,2\n3,1,4\n", target=target)

    assert [[1.0, 2.0], [3.0, 4.0]] == X.tolist()
    assert [0, 1] == y.tolist()
    assert np.int64 == y.dtype


def test_a_target_that_is_measured_stays_a_float():
    """Half a label is no label."""
    assert np.float64 == table("1,2\n3,4.5\n", target=1)[1].dtype


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no rows of numbers"),
        ("a,b\n", "no rows of numbers"),
        ("\n\n", "no rows of numbers"),
        ("a,b\n1,2\n3\n", "line 3: 2 fields were expected, as in the first line, got 1"),
        ("a,b\n1,2\n3,4,\n", "line 3: 2 fields .* got 3"),
        ("a,b\n1,\n", "line 2, column 'b': the value is missing"),
        ("1,2\n3, \n", "line 2, column 2: the value is missing"),
        ("1,,2\n", "line 1, column 2: the value is missing"),
        ("1,x\n2,3\n", "line 1, column 2: 'x' is no finite number"),
        ("nan,nan\n", "line 1, column 1: 'nan' is no finite number"),
        ("a\n1e999\n", "line 2, column 'a': '1e999' is no finite number"),
        ("a\n1_000\n", "'1_000' is no finite number"),
        ("a\n١\n", "'١' is no finite number"),
        ("a,b\n1,2\n\n3,4\n", "line 3 is blank, but more follows"),
        ('a\n"b\nc"\n', "line 3, column 'a': 'b..c' is no finite"),
        ('a\n"1\n', "line 2: unexpected end of data"),
        ('a\n"1"2\n', "line 2: ',' expected after '\"'"),
        ("a\n" + "1" * 200_000 + "\n", "line 2: field larger than field limit"),
        (b"a\n\xff\n", "not a CSV file in UTF-8"),
        ("1,2\n".encode("utf-16"), "UTF-8|NUL|no finite"),
        (b"a\n1\x00\n", "no finite number|NUL"),
    ],
)
def test_a_table_with_a_fault_is_refused_with_its_line(text, message):
    """F28: nothing is guessed, skipped or filled in."""
    with pytest.raises(DatasetError, match=f"(?s){message}"):
        table(text)


@pytest.mark.parametrize(
    ("text", "target", "message"),
    [
        ("a,b\n1,2\n", "c", r"needs one column 'c'; it has \['a', 'b'\]"),
        ("a,a\n1,2\n", "a", "needs one column 'a'"),
        ("1,2\n", "a", "has no line of names"),
        ("1,2\n", 2, "has 2 columns, there is no column 2"),
        ("1,2\n", -3, "no column -3"),
    ],
)
def test_a_target_that_is_not_there_is_named(text, target, message):
    """The error lists the names that there are."""
    with pytest.raises(DatasetError, match=message):
        table(text, target=target)


def test_a_packed_table_cut_at_any_byte_is_refused(tmp_path):
    """F26: only a packed table can tell that something is missing."""
    data = gzip.compress(b"a,b\n1,2\n3,4\n")
    for length in range(len(data)):
        (tmp_path / "t.csv.gz").write_bytes(data[:length])

        with pytest.raises(DatasetError, match=r"t\.csv\.gz"):
            load_csv(tmp_path / "t.csv.gz")


def test_a_table_that_unpacks_to_too_much_is_refused(monkeypatch):
    """Memory is capped, whatever a small file unpacks to."""
    monkeypatch.setattr(csv, "MOST_BYTES", 1_000_000)
    data = gzip.compress(b"1,2\n" * 10_000_000, 1)
    tracemalloc.start()
    with pytest.raises(DatasetError, match="holds more than 1,000,000 bytes"):
        table(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 10_000_000


def npy(array, **settings):
    """An array as `numpy.save` writes it."""
    file = io.BytesIO()
    np.save(file, array, **settings)
    return file.getvalue()


@given(
    arrays(
        st.sampled_from(["f4", "f8", "f2", "u1", "i8", ">f4", ">i2", "?"]),
        array_shapes(min_dims=0, min_side=0),
    ),
    st.sampled_from("CF"),
)
@settings(deadline=None)
def test_what_numpy_saves_is_read(array, order):
    """Any array of numbers, in both orders and both byte orders, bit for bit."""
    result = read_npy(io.BytesIO(npy(np.asarray(array, order=order))))

    assert array.dtype.newbyteorder("=") == result.dtype
    np.testing.assert_array_equal(array, result)


@pytest.mark.parametrize("packed", [False, True])
def test_an_array_cut_at_any_byte_is_refused(tmp_path, packed):
    """F26: the header declares how many bytes there have to be."""
    data = npy(np.arange(9.0).reshape(3, 3))
    data = gzip.compress(data) if packed else data
    for length in range(len(data)):
        (tmp_path / "a.npy").write_bytes(data[:length])

        with pytest.raises(DatasetError, match=r"a\.npy"):
            read_npy(tmp_path / "a.npy")


class Trap:
    """A pickle that would leave a trace."""

    def __reduce__(self):
        return os.mkdir, ("trapped",)


def with_header(text, data=b""):
    """An `.npy` file with a header of one's own."""
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + data


def header(descr="'<f8'", shape="(1,)"):
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (npy(np.array([Trap()]), allow_pickle=True), "holds objects, which are a pickle: refused"),
        (pickle.dumps(Trap()), "is a pickle, which is refused"),
        (b"PK\x03\x04 and more", r"an \.npz archive"),
        (b"\x93NUMPY\x02\x00" + bytes(8), "not an .npy file of version 1.0"),
        (npy(np.array(["a"])), "holds <U1, no numbers"),
        (npy(np.zeros(2, "c16")), "holds complex128, no numbers"),
        (npy(np.zeros(2, [("a", "f8")])), "no numbers"),
        (npy(np.zeros(2)) + b"x", "goes on after the 16 bytes"),
        (with_header(header(shape="(-1,)")), "which no array has"),
        (with_header(header(shape="(2**31, 8)")), "damaged header"),
        (with_header(header(shape="(900000000000, 9)")), "more than it can hold"),
        (with_header(header(shape="(0, 9000000000000000000000)")), "which no array has"),
        (with_header(header(shape="(" + "1," * 40 + ")"), bytes(8)), "which no array has"),
        (with_header(header(shape="(True,)"), bytes(8)), "which no array has"),
        (with_header(header(descr="'|V0'")), "no numbers"),
        (with_header(header(descr="__import__('os').mkdir('trapped')")), "damaged header"),
        (with_header("(" * 9000), "damaged header"),
        (with_header("[" * 60_000), "damaged header"),
        (with_header("{'descr': '<f8'}"), "damaged header"),
        (b"", "at its start"),
    ],
)
def test_what_is_no_array_of_numbers_is_refused(tmp_path, monkeypatch, data, message):
    """By name, and nothing in it is ever run."""
    monkeypatch.chdir(tmp_path)

    with pytest.raises(DatasetError, match=message):
        read_npy(io.BytesIO(data))
    assert [] == os.listdir()


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_damaged_header_gives_one_kind_of_error(data):
    """Some bytes of the header changed: an array, or a DatasetError."""
    content = bytearray(npy(np.arange(4.0)))
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, 127))
        content[position] = data.draw(st.sampled_from(b"\0 019'(){}[],:-+fiO<>|\\L#\n\xff"))
    with contextlib.suppress(DatasetError):
        read_npy(io.BytesIO(bytes(content)))


def test_a_file_that_python_2_wrote_is_read_without_a_warning():
    """Its whole numbers end with an L; NumPy would advise to save it again."""
    content = npy(np.arange(4.0)).replace(b"(4,), } ", b"(4L,), }")

    assert [0.0, 1.0, 2.0, 3.0] == read_npy(io.BytesIO(content)).tolist()


def test_a_pipe_is_read_as_a_file_is(to_idx):
    """What cannot be asked for its size is taken in whole, up to a cap."""
    images = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as file:
        file.write(gzip.compress(to_idx(images)))
    with os.fdopen(reader, "rb") as file:
        np.testing.assert_array_equal(images, read_idx(file))

        assert not file.closed


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="names of open files are a Unix thing")
def test_a_pipe_may_have_a_path():
    """As a shell gives for `<(command)`."""
    reader, writer = os.pipe()
    os.write(writer, b"1,2\n")
    os.close(writer)

    assert [[1.0, 2.0]] == load_csv(f"/dev/fd/{reader}").tolist()
    os.close(reader)


def test_any_number_of_axes_is_read_where_none_is_asked_for(to_idx):
    """Without `ndim` the file says how many axes it has."""
    for shape in [(3,), (2, 3), (2, 1, 3, 2)]:
        assert shape == read_idx(io.BytesIO(to_idx(np.zeros(shape)))).shape
    with pytest.raises(DatasetError, match="starts with 00 00 08 09"):
        read_idx(io.BytesIO(bytes([0, 0, 8, 9])))


READERS = [load_csv, read_idx, read_npy]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("source", [5, None, [[1.0, 2.0]], np.ones(2)], ids=repr)
def test_what_is_neither_path_nor_file_is_refused(read, source):
    """An array is data already; the error says what to pass."""
    kind = type(source).__name__
    with pytest.raises(TypeError, match=f"a path or a file opened with mode 'rb', got {kind}"):
        read(source)


@pytest.mark.parametrize("read", READERS)
def test_a_file_opened_for_text_says_how_to_open_it(read):
    """`open(path)` for `open(path, "rb")`."""
    with pytest.raises(TypeError, match="the input gives text, not bytes; open it with mode 'rb'"):
        read(io.StringIO("1,2\n"))


def test_paths_of_every_form(tmp_path, monkeypatch):
    """Text, bytes, a Path; `~` is the home folder, as it is for `save` and `load`."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "ü b.csv").write_text("1,2\n")
    for path in (tmp_path / "ü b.csv", os.fsencode(tmp_path / "ü b.csv"), "~/ü b.csv"):
        assert [[1.0, 2.0]] == load_csv(path).tolist()
    with pytest.raises(DatasetError, match=r"^'' cannot be read: "):
        load_csv("")


@pytest.mark.parametrize("target", [1.5, True, [0], b"a"])
def test_a_target_is_a_name_or_a_number(target):
    """NumPy would take True for 1."""
    with pytest.raises(TypeError, match="`target` needs to be a name or a number of a column"):
        table("a,b\n1,2\n", target=target)
    assert [1] == table("a,b\n1,2\n", target=np.int64(0))[1].tolist()
