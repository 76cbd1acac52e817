"""The file of a checkpoint: every bit comes back, in the same bytes, and others can read it."""

import hashlib
import json
import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vhgrad import TensorValue
from vhgrad.checkpoint import load, load_checkpoint, save, save_checkpoint
from vhgrad.training import History

FLOATS = [np.float16, np.float32, np.float64]
DTYPES = [np.bool_, *FLOATS, *(np.dtype(f"{kind}{size}") for kind in "iu" for size in (1, 2, 4, 8))]
SPECIAL = [-0.0, 0.0, np.inf, -np.inf, np.nan, 1.0]


def awkward(dtype):
    """Arrays of one dtype in all layouts."""
    dtype = np.dtype(dtype)
    base = (np.arange(24) % 2 if dtype.kind == "b" else np.arange(24)).astype(dtype).reshape(4, 6)
    yield from (base, base.T, np.asfortranarray(base), base[::-1], base[:, ::-2], base[1:3, 1:4])
    yield from (np.array(base[0, 1]), base[:0], base[:, :0].T, np.broadcast_to(base[0], (3, 6)))
    frozen = base.copy()
    frozen.flags.writeable = False
    yield frozen
    if dtype.itemsize > 1:
        yield base.astype(dtype.newbyteorder(">"))
        yield np.frombuffer(b"x" + base.tobytes(), dtype, offset=1)  # not aligned
    if dtype.kind == "f":
        bits = np.dtype(f"u{dtype.itemsize}")
        yield np.array(SPECIAL, dtype)
        yield np.arange(1, 9, dtype=bits).view(dtype)  # the smallest subnormals
        yield (np.array(np.nan, dtype).view(bits) + np.arange(8, dtype=bits)).view(dtype)


def bits_of(array):
    """Shape, dtype and bytes, as they are in this machine's order."""
    native = array.astype(array.dtype.newbyteorder("="))
    return native.shape, native.dtype, native.tobytes()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_arrays_of_every_layout_come_back_bit_by_bit(dtype, tmp_path):
    """G19: also reversed, of other byte order, empty, of no dimension, -0.0, nan and subnormals."""
    arrays = {f"{k}": array for k, array in enumerate(awkward(dtype))}
    save(tmp_path / "a", arrays)
    loaded = load(tmp_path / "a")
    by_library = safetensors.numpy.load_file(tmp_path / "a")

    assert list(arrays) == list(loaded)
    assert {k: bits_of(v) for k, v in arrays.items()} == {k: bits_of(v) for k, v in loaded.items()}
    assert {k: bits_of(v) for k, v in loaded.items()} == {
        k: bits_of(v) for k, v in by_library.items()
    }
    assert all(array.flags.aligned and array.flags.writeable for array in loaded.values())


def test_g18_arrays_of_nothing_share_a_place(tmp_path):
    """G18: they begin and end at one byte, between others and at the end; their shapes differ."""
    arrays = {f"{k}": np.full((k % 3, 2, k % 2), k, np.float32) for k in range(12)}
    save(tmp_path / "a", arrays)
    back = load(tmp_path / "a")

    assert [x.shape for x in arrays.values()] == [back[name].shape for name in arrays]
    assert all((arrays[name] == back[name]).all() for name in arrays)
    assert 2 <= sum(x.size == 0 for x in back.values()) < len(back)


def test_a_file_of_unaligned_tensors_is_read_aligned(tmp_path):
    """Other writers need not put tensors of 8 bytes at multiples of 8."""
    tensors = {
        "a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]},
        "b": {"dtype": "F64", "shape": [1], "data_offsets": [1, 9]},
    }
    header = json.dumps(tensors).encode()  # with spaces, as JSON allows
    data = len(header).to_bytes(8, "little") + header + b"\x07" + np.float64(0.5).tobytes()
    (tmp_path / "a").write_bytes(data)
    loaded = load(tmp_path / "a")

    assert 7 == loaded["a"][0]
    assert 0.5 == loaded["b"][0]
    assert loaded["b"].flags.aligned


@pytest.mark.parametrize(
    "array",
    [
        np.array([1 + 2j]),
        np.array(["text"]),
        np.array([object()]),
        np.array(["2026-01-01"], "M8[D]"),
        np.zeros(2, [("a", "f4")]),
        np.ma.array([1.0, 2.0], mask=[True, False]),
        np.zeros(1, np.longdouble),
    ],
    ids=lambda array: str(array.dtype) + type(array).__name__,
)
def test_arrays_of_other_dtypes_are_refused_by_name(array, tmp_path):
    """G20: an array that would come back as something else is not saved."""
    with pytest.raises(TypeError, match=r"weights\.0 is .*float64"):
        save(tmp_path / "a", {"weights.0": array})
    assert not list(tmp_path.iterdir())


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**53, 2**130)
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from(["$", "$array:x", "$float:7ff0000000000000", "$text:"])
    | hnp.arrays(st.sampled_from(DTYPES), hnp.array_shapes(min_dims=0, min_side=0, max_side=3)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(st.characters()) | st.sampled_from(["$tuple", "a/b", "a"]), inner)
    ),
    max_leaves=12,
)


def same(a, b):
    """Equal in value and type, to the bit; dicts also in order."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and bits_of(a) == bits_of(b)
    if isinstance(a, float) and a != a:
        return isinstance(b, float) and b != b
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and repr(a) == repr(b)


@settings(max_examples=150, deadline=None)
@given(metadata=st.dictionaries(st.text(st.characters()), plain, max_size=5))
def test_plain_data_come_back_as_they_were(metadata, tmp_path_factory):
    """G29: whole numbers of any size, nan, tuples, texts that look like marks, arrays anywhere."""
    path = tmp_path_factory.mktemp("data") / "a"
    save_checkpoint(path, metadata=metadata)
    with safetensors.safe_open(path, "np") as file:
        names = list(file.keys())

    assert same(metadata, load_checkpoint(path))
    assert len(names) == len(set(names))


def test_nan_keeps_its_bits_in_the_json_too(tmp_path):
    """A float that is nan comes back with its sign."""
    save_checkpoint(tmp_path / "a", metadata={"nan": -np.nan + 0.0, "inf": float("-inf")})
    metadata = load_checkpoint(tmp_path / "a")

    assert np.float64(-np.nan + 0.0).tobytes() == np.float64(metadata["nan"]).tobytes()
    assert float("-inf") == metadata["inf"]


def test_numpy_numbers_become_pythons(tmp_path):
    """What comes out of a computation need not be converted by hand."""
    given = {"accuracy": np.float32(0.1), "step": np.int64(2**62), "done": np.True_}
    save_checkpoint(tmp_path / "a", metadata={**given, "name": np.array(["cat", "dog"])[1]})
    found = load_checkpoint(tmp_path / "a")

    assert {**given, "accuracy": float(np.float32(0.1)), "name": "dog"} == found
    assert [float, int, bool, str] == [type(found[name]) for name in (*given, "name")]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({1}, r"metadata\.x\.y\[1\] is of type set; a checkpoint holds dicts"),
        (1j, r"metadata\.x\.y\[1\] is of type complex"),
        ({2: "b"}, r"metadata\.x\.y\[1\] has the key 2; a checkpoint needs names"),
        (np.longdouble(1), r"metadata\.x\.y\[1\] is of type longdouble"),
    ],
    ids=["set", "complex", "key", "longdouble"],
)
def test_other_data_are_refused_by_place(value, message, tmp_path):
    """The error says where in the metadata the culprit is."""
    with pytest.raises(TypeError, match=message):
        save_checkpoint(tmp_path / "a", metadata={"x": {"y": [0, value]}})
    assert not list(tmp_path.iterdir())


def test_data_within_themselves_and_endless_numbers_are_refused(tmp_path):
    """Neither a stack that runs out nor a file that cannot be read again."""
    circle = []
    circle.append(circle)
    deep = []
    for _ in range(2000):
        deep = [deep]
    for value in (circle, deep):
        with pytest.raises(ValueError, match=r"^.{,43} nests more than 100 deep, or within itself"):
            save_checkpoint(tmp_path / "a", metadata={"x": value})
    with pytest.raises(ValueError, match="more than 640 digits"):
        save_checkpoint(tmp_path / "a", metadata={"x": 10**640})
    save_checkpoint(tmp_path / "a", metadata={"x": -(10**640) + 1})

    assert {"x": -(10**640) + 1} == load_checkpoint(tmp_path / "a")


def test_a_long_history_is_saved_and_a_monstrous_list_refused(tmp_path):
    """What a reader would refuse is not written."""
    losses = (np.random.default_rng(0).random(50_000)).tolist()
    save_checkpoint(tmp_path / "a", metadata={"losses": losses})
    with pytest.raises(ValueError, match="long lists of numbers belong into arrays"):
        save_checkpoint(tmp_path / "b", metadata={"x": [[]] * 100_000})

    assert losses == load_checkpoint(tmp_path / "a")["losses"]
    assert ["a"] == [path.name for path in tmp_path.iterdir()]


def test_a_history_of_many_epochs_is_saved_and_loaded(tmp_path):
    """To the bit, within three times the size of the file while it is read."""
    rng = np.random.default_rng(0)
    columns = {name: rng.random(100_000).tolist() for name in ("loss", "accuracy")}
    columns["seconds"] = [float("nan"), -0.0, float("-inf"), 5e-324] * 25_000
    history, other = History(**columns), History()
    save_checkpoint(tmp_path / "a", history=history)
    size = (tmp_path / "a").stat().st_size
    tracemalloc.start()
    load_checkpoint(tmp_path / "a", history=other)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    expected, found = (np.array([*h.values()]).tobytes() for h in (history, other))

    assert expected == found
    assert peak < 3 * size


PROGRAM = """
import sys, numpy as np
from vhgrad.checkpoint import save_checkpoint
class Part:
    def state_dict(self):
        names = [f"w{k}" for k in range(50)]
        return {name: np.full(k % 5, k, f"f{2 ** (1 + k % 3)}") for k, name in enumerate(names)}
save_checkpoint(sys.argv[1], model=Part(), metadata={"b": [1, {"z": 2.5, "a": None}], "a": "ä"})
"""


def test_same_content_gives_same_bytes_in_every_process(tmp_path):
    """G39: nothing depends on hashing, time or names of temporary files."""
    digests = set()
    for seed in ("0", "1", "2"):
        path = tmp_path / seed
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", PROGRAM, str(path)], check=True, env=environment)
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())

    assert 1 == len(digests)


def test_the_sum_is_that_of_the_file_with_zeros_in_its_place(tmp_path):
    """Anyone can check a file with the format's description and a SHA-256."""
    save(tmp_path / "a", {"w": np.arange(5.0)})
    data = (tmp_path / "a").read_bytes()
    with safetensors.safe_open(tmp_path / "a", "np") as file:
        document = json.loads(file.metadata()["vhgrad"])
    zeroed = data.replace(document["sha256"].encode(), b"0" * 64)

    assert 1 == document["format"]
    assert {"model": {"w": "$array:w"}} == document["state"]
    assert hashlib.sha256(zeroed).hexdigest() == document["sha256"]


@pytest.mark.parametrize("name", ["", "$text:", "$tuple", "$dict", "$floats", "a/b", "\ud800"])
def test_a_single_name_may_look_like_a_mark(name, tmp_path):
    """A dict of one item whose name begins with `$` is still a dict."""
    save(tmp_path / "a", {name: np.arange(3)})

    assert [0, 1, 2] == load(tmp_path / "a")[name].tolist()


NAMES = ["", "a/b", "../../x", "a\0b", "line\nbreak", "\x1b[2J", '"', "\\", "ü€😀", "n" * 1_000_000]


def test_names_are_opaque(tmp_path):
    """G21: no name is a path, and none is too strange."""
    arrays = {name: np.float32([k]) for k, name in enumerate(NAMES)}
    save(tmp_path / "a", arrays)
    loaded = load(tmp_path / "a")

    assert NAMES == list(loaded)
    assert all(loaded[name][0] == k for k, name in enumerate(NAMES))
    assert ["a"] == [path.name for path in tmp_path.iterdir()]


def test_weights_and_path_in_pytorchs_order(tmp_path):
    """`save(model, path)` is answered with the order to write, and no file appears."""
    with pytest.raises(TypeError, match="takes the path first: save"):
        save({"x": np.ones(2)}, tmp_path / "x")

    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["__metadata__", 3, None])
def test_names_that_the_format_cannot_hold_are_refused(name, tmp_path):
    """`__metadata__` is the format's own."""
    match = "keep the name" if name == "__metadata__" else "save needs arrays by name"
    with pytest.raises(TypeError, match=match):
        save(tmp_path / "a", {name: np.zeros(1)})


def test_a_hundred_thousand_tensors_take_seconds(tmp_path):
    """G22: time grows with the number of tensors, not with its square."""
    arrays = {f"layers.{k}.weight": np.array(k, np.int32) for k in range(100_000)}
    save(tmp_path / "a", arrays)
    loaded = load(tmp_path / "a")

    assert 99_999 == loaded["layers.99999.weight"]
    assert arrays.keys() == loaded.keys()


def test_a_tensor_is_told_how_to_become_an_array(tmp_path):
    """Ours and PyTorch's alike."""
    tensor = TensorValue([1.0])
    with pytest.raises(TypeError, match=r"got TensorValue under 'x'; take its \.numpy\(\)"):
        save(tmp_path / "a", {"x": tensor})
    with pytest.raises(TypeError, match=r"metadata\.x is of type TensorValue; .*x\.numpy\(\)\.$"):
        save_checkpoint(tmp_path / "a", metadata={"x": tensor})
