"""Damaged and malicious files: the same content, or one CheckpointError that says what is wrong."""

import hashlib
import inspect
import io
import json
import os
import pickle
import subprocess
import sys
import threading
import time
import tracemalloc
import zipfile

import numpy as np
import pytest

import vhgrad
from vhgrad.checkpoint import CheckpointError, files, load, load_checkpoint, save, save_checkpoint

GOOD = b'"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}'


def foreign(inside, payload=b"\0" * 8):
    """A safetensors file of another writer, from what stands between the header's braces."""
    header = b"{" + inside + b"}"
    return len(header).to_bytes(8, "little") + header + payload


def sealed(text, tensors=b"", payload=b""):
    """A file of ours around a JSON text, or its rest after the sum, with the right sum."""
    text = '{"sha256":"' + "0" * 64 + '",' + text
    inside = b'"__metadata__":{"vhgrad":' + json.dumps(text, ensure_ascii=False).encode() + b"}"
    data = foreign(inside + (b"," + tensors if tensors else b""), payload)
    return data.replace(b"0" * 64, hashlib.sha256(data).hexdigest().encode(), 1)


def problem(tmp_path, data, read=load):
    """What is said about a file of these bytes."""
    path = tmp_path / "a.safetensors"
    path.write_bytes(data)
    with pytest.raises(CheckpointError) as caught:
        read(path)
    return str(caught.value).removeprefix(f"cannot load {path}: ")


def small(tmp_path):
    """A checkpoint with all that there is in one, as bytes."""
    state = {"w": np.arange(3.0), "steps": [1, 2**60, float("nan")], "b": np.array([True, False])}

    class Part:
        def state_dict(self):
            return state

    save_checkpoint(tmp_path / "small", model=Part(), metadata={"epoch": 3, "note": "ü"})
    return (tmp_path / "small").read_bytes()


class Receiver:
    """A part that takes any state."""

    def state_dict(self):
        return None

    def load_state_dict(self, state):
        self.state = state


def outcome(path):
    """What loading gives, as bytes to compare, or None for a CheckpointError."""
    part = Receiver()
    try:
        metadata = load_checkpoint(path, model=part)
    except CheckpointError:
        return None
    return pickle.dumps((metadata, part.state))


def test_every_truncation_is_an_error(tmp_path):
    """G9: a file that lost its end at any byte does not load."""
    data, path = small(tmp_path), tmp_path / "a"
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(CheckpointError):
            load_checkpoint(path)
    path.write_bytes(data + b"\0")
    with pytest.raises(CheckpointError):
        load_checkpoint(path)


def test_every_flipped_bit_is_an_error(tmp_path):
    """G10: one bit is enough, wherever it is."""
    data, path = small(tmp_path), tmp_path / "a"
    path.write_bytes(data)
    good = outcome(path)
    changed = bytearray(data)
    loaded = []
    for k in range(8 * len(data)):
        changed[k // 8] ^= 1 << k % 8
        path.write_bytes(changed)
        if outcome(path) is not None:
            loaded.append(k)
        changed[k // 8] ^= 1 << k % 8

    assert good is not None
    assert not loaded


HEADERS = {
    "empty": (b"", "it is empty."),
    "four bytes": (b"\1\0\0\0", "it is 4 bytes long and says that its header has 1; it was cut"),
    "length 2**63": ((2**63).to_bytes(8, "little") + b"{}", "says that its header has 9,223,372,"),
    "length 0": (bytes(8), "says that its header has 0"),
    "no object": ((8).to_bytes(8, "little") + b"[       ", "header, byte 0: a header begins"),
    "unclosed": ((2).to_bytes(8, "little") + b"{ ", "header, byte 1: expected a name"),
    "after the end": (foreign(GOOD)[:8].replace(b"6", b"9") + b"{" + GOOD + b"} x ", "something"),
    "no comma": (foreign(GOOD + b" " + GOOD), "header, byte 53: expected a comma"),
    "twice": (foreign(GOOD + b"," + GOOD), "header, byte 54: the name 'w' stands there twice"),
    "escaped twin": (foreign(GOOD + b"," + GOOD.replace(b"w", b"\\u0077")), "'w' stands there"),
    "not UTF-8": (foreign(GOOD.replace(b"w", b"\xff")), "no valid UTF-8"),
    "surrogate": (foreign(GOOD.replace(b"w", b"\\ud800")), "no valid UTF-8 or has a wrong escape"),
    "wrong escape": (foreign(GOOD.replace(b"w", b"\\x41")), "no valid UTF-8 or has a wrong escape"),
    "raw NUL": (foreign(GOOD.replace(b"w", b"\0")), "byte 1: expected a name in quotes"),
    "bfloat16": (foreign(GOOD.replace(b"F32", b"BF16")), "has the dtype 'BF16', NumPy has BOOL"),
    "escape codes": (
        foreign(GOOD.replace(b"w", b"\\u001b[2J\\u0007" * 99), b""),
        "describes 8 bytes of tensors, 0 bytes",
    ),
    "escape codes in a name": (
        foreign(GOOD.replace(b"w", b"\\u001b[2J\\u0007" * 99).replace(b"32", b"31")),
        r"tensor '\x1b[2J\x07\x1b[2J\x07",
    ),
    "no dtype": (foreign(GOOD.replace(b'"dtype":"F32",', b"")), "tensor 'w' needs a dtype, a sha"),
    "a fourth": (foreign(GOOD[:-1] + b',"x":1}'), "tensor 'w' needs a dtype, a shape and data"),
    "shape twice": (foreign(GOOD[:-1] + b',"shape":[2]}'), "each once and valid"),
    "negative size": (foreign(GOOD.replace(b"[2]", b"[-2]")), "each once and valid"),
    "True as a size": (foreign(GOOD.replace(b"[2]", b"[true]")), "each once and valid"),
    "fraction": (foreign(GOOD.replace(b"[2]", b"[2.0]")), "each once and valid"),
    "NaN": (foreign(GOOD.replace(b"[2]", b"[NaN]")), "each once and valid"),
    "leading zero": (foreign(GOOD.replace(b"[2]", b"[02]")), "each once and valid"),
    "long number": (foreign(GOOD.replace(b"[2]", b"[" + b"9" * 2000 + b"]")), "each once and val"),
    "many digits": (foreign(GOOD.replace(b"[2]", b"[" + b"9" * 5000 + b"]")), "needs a dtype"),
    "deep": (foreign(GOOD.replace(b"[2]", b"[" * 3000)), "each once and valid"),
    "deeper": (foreign(b'"w":' + b"[" * 100_000), "tensor 'w' needs a dtype, a shape"),
    "no string": (foreign(GOOD.replace(b'"F32"', b"[]")), "each once and valid"),
    "three offsets": (foreign(GOOD.replace(b"[0,8]", b"[0,4,8]")), "each once and valid"),
    "backwards": (foreign(GOOD.replace(b"[0,8]", b"[8,0]")), "has -8 bytes for the shape (2,)"),
    "8 PiB": (
        foreign(GOOD.replace(b"[2]", b"[%d]" % 2**51).replace(b"[0,8]", b"[0,%d]" % 2**53)),
        "its header describes 9,007,199,254,740,992 bytes of tensors, 8 bytes follow",
    ),
    "product is 2**64": (
        foreign(GOOD.replace(b"[2]", b"[4294967296,4294967296]")),
        "has 8 bytes for the shape (4294967296, 4294967296)",
    ),
    "nothing of too much": (
        foreign(GOOD.replace(b"[2]", b"[0,9223372036854775807]").replace(b"8]", b"0]"), b""),
        "shape that NumPy does not take",
    ),
    "rank 65": (foreign(GOOD.replace(b"[2]", b"[" + b"1," * 64 + b"2]")), "65 dimensions, 64 are"),
    "gap": (foreign(GOOD.replace(b"[0,8]", b"[8,16]"), bytes(16)), "byte 8 leaves a gap before"),
    "overlap": (foreign(GOOD + b"," + GOOD.replace(b"w", b"v")), "at byte 0 overlaps another"),
    "bytes behind": (foreign(GOOD, bytes(9)), "describes 8 bytes of tensors, 9 bytes follow"),
    "bytes missing": (foreign(GOOD, bytes(7)), "describes 8 bytes of tensors, 7 bytes follow"),
    "strange bool": (
        foreign(b'"w":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}', b"\1\2"),
        "neither 0 nor 1",
    ),
    "metadata twice": (foreign(b'"__metadata__":{},"__metadata__":{}', b""), "stand there twice"),
    "metadata key twice": (foreign(b'"__metadata__":{"a":"","a":""}', b""), "'a' stands there tw"),
    "metadata number": (foreign(b'"__metadata__":{"a":1}', b""), "metadata are texts by name"),
    "metadata list": (foreign(b'"__metadata__":[]', b""), "metadata are texts by name"),
    "ours without a sum": (foreign(b'"__metadata__":{"vhgrad":"{}"}', b""), "does not begin with"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_wrong_header_is_refused_with_its_place(name, tmp_path):
    """G11, G13, G14, G15, G16, G17, G20: lengths, offsets, dtypes, shapes and names."""
    data, message = HEADERS[name]

    assert message in problem(tmp_path, data)


TEXTS = {
    "no JSON": ('"format":1,', "its text is no JSON"),
    "no state": ('"format":1}', "its text has no format or no state"),
    "newer": ('"format":2,"state":{}}', "it is of format 2, expected 1; a newer vhgrad wrote it"),
    "older": ('"format":0,"state":{}}', "it is of format 0, expected 1."),
    "format True": ('"format":true,"state":{}}', "it is of format 'true', expected 1."),
    "format twice": ('"format":1,"format":1,"state":{}}', "the name 'format' twice"),
    "state list": ('"format":1,"state":[]}', "its state is no object"),
    "NaN": ('"format":1,"state":{"metadata":{"x":NaN}}}', "the word NaN, which JSON does not have"),
    "1e999": ('"format":1,"state":{"metadata":{"x":1e999}}}', "the number '1e999', beyond all fl"),
    "digits": (f'"format":1,"state":{{"x":{"9" * 5000}}}}}', "a whole number of 5,000 digits"),
    "deep": ('"format":1,"state":' + "[" * 100_000, "nests lists and objects 256 deep or more"),
    "deep in text": ('"format":1,"state":{"x":"' + "[" * 999 + '"}}}', "its text is no JSON"),
    "wide": ('"format":1,"state":{"x":[' + "[]," * 60_000, "more lists, objects and numbers than"),
    "not ASCII": ('"format":1,"state":{"x":"ü"}}', "its text is not ASCII"),
    "no array": ('"format":1,"state":{"x":"$array:w"}}', "'$array:w', which does not fit"),
    "unknown mark": ('"format":1,"state":{"x":{"$code":"1"}}}', "'$code', which does not fit"),
    "unknown text": ('"format":1,"state":{"x":"$eval:1"}}', "'$eval:1', which does not fit"),
    "wrong float": ('"format":1,"state":{"x":"$float:7f"}}', "'$float:7f', which does not fit"),
    "plain float": ('"format":1,"state":{"x":"$float:3ff0000000000000"}}', "which does not fit"),
    "half a float": (
        '"format":1,"state":{"x":{"$floats":"3ff00000"}}}',
        "'$floats', which does not",
    ),
    "no digits": ('"format":1,"state":{"x":{"$floats":"one"}}}', "'$floats', which does not fit"),
    "no text": ('"format":1,"state":{"x":{"$floats":[1.0]}}}', "'$floats', which does not fit"),
    "metadata list": ('"format":1,"state":{"metadata":[]}}', "its metadata are no dict"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_wrong_text_is_refused_though_its_sum_is_right(name, tmp_path):
    """G14, G24: an attacker computes the sum as well as we do."""
    text, message = TEXTS[name]
    said = problem(tmp_path, sealed(text), load_checkpoint)

    assert message in said.replace("format '2'", "format 2").replace("format '0'", "format 0")


def test_every_tensor_belongs_to_one_place(tmp_path):
    """A tensor more than the text names, or one that it names twice."""
    more = sealed('"format":1,"state":{}}', GOOD, bytes(8))
    twice = sealed('"format":1,"state":{"a":"$array:w","b":"$array:w"}}', GOOD, bytes(8))

    assert "tensors that belong to no part: 'w'" in problem(tmp_path, more, load_checkpoint)
    assert "'$array:w', which does not fit" in problem(tmp_path, twice, load_checkpoint)


def test_a_changed_sum_is_told_from_other_damage(tmp_path):
    """What is whole in form but not in content."""
    data = small(tmp_path)

    assert "SHA-256 sum in its header: it is damaged" in problem(tmp_path, data[:-1] + b"\7")


def pickled():
    """What would run a command."""

    class Bomb:
        def __reduce__(self):
            return os.system, ("touch bombed",)

    return pickle.dumps(Bomb())


def zipped():
    """A file of NumPy's with an object in it."""
    file = io.BytesIO()
    np.savez(file, np.array([None], object))
    return file.getvalue()


KINDS = {
    "pickle": (pickled(), "it is a pickle, not a safetensors file"),
    "npz": (zipped(), "it is a zip archive, such as a .pt or .npz file"),
    "hdf5": (b"\x89HDF\r\n\x1a\n" + bytes(99), "it is an HDF5 file"),
    "gzip": (b"\x1f\x8b\x08\0\0\0\0\0\0\3", "it is a gzip file"),
    "npy": (b"\x93NUMPY\1\0" + bytes(99), "it is a .npy file"),
    "text": (b"once upon a time there was a file", "cut short or is not a safetensors file"),
}


@pytest.mark.parametrize("name", KINDS)
def test_other_kinds_of_files_are_named_and_never_run(name, tmp_path, monkeypatch):
    """G12: a pickle stays shut."""
    monkeypatch.chdir(tmp_path)
    data, message = KINDS[name]

    assert message in problem(tmp_path, data)
    assert not (tmp_path / "bombed").exists()
    assert name != "npz" or zipfile.is_zipfile(io.BytesIO(data))


def test_a_caller_who_is_deep_already_gets_one_error(tmp_path):
    """Whatever is left of the stack: all is loaded, or one error and nothing."""
    metadata = 1
    for _ in range(98):
        metadata = [metadata]
    save_checkpoint(tmp_path / "a", model=Receiver(), metadata={"x": metadata})

    def called_from(depth):
        if depth:
            return called_from(depth - 1)
        receiver = Receiver()
        receiver.state = "before"
        try:
            load_checkpoint(tmp_path / "a", model=receiver)
        except CheckpointError as error:
            return receiver.state == "before" and "what is left of the stack" in str(error)
        return receiver.state is None

    room = sys.getrecursionlimit() - len(inspect.stack())
    assert all(called_from(depth) for depth in range(room - 600, room - 40, 7))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda file: file.write(b"more"), "it grew while it was read"),
        (lambda file: file.truncate(2000), "it became shorter while it was read"),
        (lambda file: (file.seek(2000), file.write(b"\1")), "it is damaged"),
    ],
)
def test_g41_a_file_that_changes_while_it_is_read(tmp_path, monkeypatch, change, message):
    """G41: somebody writes into it, instead of replacing it."""
    save(tmp_path / "a", {"w": np.zeros(1000)})
    read, calls = files.read_into, []

    def read_and_change(file, view):
        calls.append(1)
        if len(calls) == 3:  # the length and the header are read, the tensors are next
            with (tmp_path / "a").open("r+b") as other:
                other.seek(0, os.SEEK_END)
                change(other)
        return read(file, view)

    monkeypatch.setattr(files, "read_into", read_and_change)
    with pytest.raises(CheckpointError, match=message):
        load(tmp_path / "a")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_what_is_no_file_is_refused_without_waiting(tmp_path):
    """A FIFO without a writer, a device without an end."""
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path / "fifo", "/dev/zero"):
        with pytest.raises(CheckpointError, match="it is no file"):
            load(path)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "missing")


ZERO = b'"%d":{"dtype":"F32","shape":[],"data_offsets":[0,4]},'
BOMBS = {  # large files that would need many times their size
    "brackets": lambda: foreign(b'"w":' + b"[" * 3_000_000),
    "shape": lambda: foreign(b'"w":{"dtype":"F32","shape":[' + b"0," * 1_500_000 + b"0]}"),
    "escapes": lambda: foreign(b'"' + b"\\n" * 1_500_000),
    "backslashes": lambda: foreign(b'"' + b"\\" * 3_000_001 + b'":'),
    "overlaps": lambda: foreign(b"".join(ZERO % k for k in range(20_000))[:-1], bytes(4)),
    "names": lambda: foreign(b'"__metadata__":{' + b'"a":"",' * 400_000),
    "lists": lambda: sealed('"format":1,"state":[' + "[]," * 1_000_000),
    "objects": lambda: sealed('"format":1,"state":[' + "{}," * 1_000_000),
    "numbers": lambda: sealed('"format":1,"state":[' + "0.5," * 1_000_000),
    "quotes": lambda: sealed('"format":1,"state":[' + '"\\"",' * 500_000),
    "digits": lambda: sealed('"format":1,"state":' + "9" * 3_000_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_cost_three_times_their_size_at_most(name, tmp_path):
    """G16, G42: a file of 1 to 6 MB is refused in about a second and without much memory."""
    data = BOMBS[name]()
    path = tmp_path / "bomb"
    path.write_bytes(data)
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(CheckpointError):
        load(path)
    seconds = time.perf_counter() - began
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 3 * len(data) + (8 << 20 if name == "overlaps" else 1 << 20)
    assert seconds < 60  # a hundredth of that on an idle machine; a bomb would take hours


AUDIT = """
import sys
from vhgrad.checkpoint import CheckpointError, load, load_checkpoint
seen = []
def watch(event, args):
    writing = event == "open" and (args[1] or args[2] & 3) not in ("r", "rb", 0, None)
    if writing or event.split(".")[0] in ("import", "exec", "compile", "subprocess", "ctypes",
                                          "socket", "marshal", "pickle") or event == "os.system":
        seen.append((event, args))
load(sys.argv[1])
sys.addaudithook(watch)
for path in sys.argv[1:]:
    for read in (load, load_checkpoint):
        try:
            read(path)
        except CheckpointError:
            pass
print(seen)
"""


def test_reading_imports_runs_and_writes_nothing(tmp_path):
    """G40: an audit hook sees no import, no code, no process and no file opened for writing."""
    save(tmp_path / "good", {"w": np.arange(3.0)})
    datas = [data for data, _ in (*HEADERS.values(), *KINDS.values())]
    datas += [sealed(text) for text, _ in TEXTS.values()]
    for k, data in enumerate(datas):
        (tmp_path / f"{k}").write_bytes(data)
    paths = [str(tmp_path / "good"), *(str(tmp_path / f"{k}") for k in range(len(datas)))]
    command = [sys.executable, "-c", AUDIT, *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert "[]\n" == done.stdout


def test_threads_may_load_the_same_file(tmp_path):
    """G41: loading shares nothing between threads."""
    arrays = {f"{k}": np.full(100, float(k)) for k in range(100)}
    save(tmp_path / "a", arrays)
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(load(tmp_path / "a"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 8 == len(results)
    assert all((result[name] == arrays[name]).all() for result in results for name in arrays)


@pytest.mark.parametrize("part", ["model", "optimizer"])
def test_g40_names_from_a_file_are_printed_with_escapes(tmp_path, part):
    """A misfit is named, and no terminal is told to do anything by its name."""
    path = tmp_path / "evil"
    model = vhgrad.Linear(2, 1)
    optimizer = vhgrad.Adam(model.parameters())

    class Evil:
        """Something that saved more than it should."""

        def state_dict(self):
            """With a name that clears screens and turns text around."""
            real = {"model": model, "optimizer": optimizer}[part].state_dict()
            place = real if part == "model" else real["state"].setdefault("0", {})
            place["\x1b[2J\u202e\x07"] = np.zeros(1)
            return real

        def load_state_dict(self, state):
            """Never called."""

    vhgrad.save_checkpoint(path, **{part: Evil()})
    with pytest.raises(vhgrad.CheckpointError, match=r"x1b\[2J.u202e.x07") as error:
        vhgrad.load_checkpoint(path, **{part: {"model": model, "optimizer": optimizer}[part]})

    assert str(error.value).replace("\n", "").isprintable()
