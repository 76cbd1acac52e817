"""`vhgrad evaluate`, `predict` and `inspect`: using what `train` wrote."""

import gzip
import io
import struct
import subprocess
import sys
import tracemalloc
import zlib

import numpy as np
import pytest

from vhgrad import MLP, load_checkpoint, save, save_checkpoint
from vhgrad.cli import main
from vhgrad.cli.inputs import examples
from vhgrad.cli.tasks import TASKS
from vhgrad.data import DatasetError


@pytest.fixture(scope="module")
def spiral(tmp_path_factory):
    """A trained network."""
    out = tmp_path_factory.mktemp("spiral")
    main(["train", "spiral", "--epochs", "30", "--quiet", "--overwrite", "--out", str(out)])
    return out / "checkpoint.safetensors"


def ran(capsys, *words):
    """Exit code, standard output and standard error."""
    code = main([str(word) for word in words])
    return code, *capsys.readouterr()


def npy(array):
    """The bytes of an `.npy` file."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def idx(images):
    """The bytes of an IDX file of images."""
    return (
        b"\x00\x00\x08\x03"
        + b"".join(n.to_bytes(4, "big") for n in images.shape)
        + images.tobytes()
    )


def test_evaluate_gives_what_train_gave(spiral, capsys):
    """The same test points, made again from the seed."""
    code, out, _ = ran(capsys, "evaluate", spiral)
    said = out.splitlines()

    assert 0 == code
    assert float(said[0].split()[2]) > 95
    assert said[1].startswith("test loss: ")


@pytest.mark.parametrize("command", ["evaluate", "inspect"])
def test_the_folder_of_a_run_stands_for_its_checkpoint(command, spiral, capsys):
    """What `--out` named can be named again."""
    by_file, by_folder = ran(capsys, command, spiral), ran(capsys, command, spiral.parent)

    assert 0 == by_file[0]
    assert by_file == by_folder


def test_predict_reads_csv_and_npy(spiral, tmp_path, capsys):
    """Both formats give the same classes, in the order of the files."""
    points = np.random.default_rng(0).uniform(-1, 1, (7, 2)).round(3)
    csv = tmp_path / "points.csv"
    np.savetxt(csv, points, delimiter=",", header="x,y", comments="")
    (tmp_path / "points.npy").write_bytes(npy(points))
    _, from_csv, _ = ran(capsys, "predict", spiral, csv)
    _, from_npy, _ = ran(capsys, "predict", spiral, tmp_path / "points.npy")
    _, both, _ = ran(capsys, "predict", spiral, csv, tmp_path / "points.npy")

    assert 7 == len(from_csv.splitlines())
    assert set(from_csv.split()) <= {"0", "1", "2"}
    assert from_csv == from_npy
    assert from_csv + from_npy == both


def test_predict_reads_standard_input(spiral):
    """H27: `-` is standard input, packed or not."""
    command = [sys.executable, "-m", "vhgrad", "predict", str(spiral), "-"]
    for data in (b"0.1,0.2\n", gzip.compress(npy(np.array([[0.1, 0.2]])))):
        done = subprocess.run(command, input=data, capture_output=True, check=True)
        assert done.stdout.decode().strip() in {"0", "1", "2"}


def test_an_example_alone_is_predicted_as_among_others(spiral, tmp_path, capsys):
    """H28: to the last digit that is printed, whatever the batch."""
    points = np.random.default_rng(1).uniform(-1, 1, (150, 2))
    path = tmp_path / "points.npy"
    path.write_bytes(npy(points))
    _, together, _ = ran(capsys, "predict", spiral, path, "--probabilities")
    alone = []
    for point in points[:5]:
        path.write_bytes(npy(point[None]))
        alone.append(ran(capsys, "predict", spiral, path, "--probabilities")[1].strip())

    assert together.splitlines()[:5] == alone


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"1,2,3\n", r"needs examples of shape (n, 2), got (1, 3)."),
        (b"1,2\n3\n", "line 2"),
        (b"1,2\n3,nan\n", "line 2"),
        (b"1,2\nx,3\n", "line 2"),
        (b"", "is empty"),
        (b"x,y\n", "no rows"),
        (npy(np.zeros((2, 5))), "needs examples of shape (n, 2), got (2, 5)."),
        (npy(np.array([[0.0, np.inf]])), "not finite in row 1"),
        (npy(np.array([[0.0, 1.0], [1e300, 0.0]])), "not finite in row 2"),  # as float32
        (npy(np.zeros((0, 2))), "has no examples"),
        (npy(np.array([[1, 2]], object)), "bad.npy"),
        (b"PK\x03\x04", "bad.npy"),
        (b"\x89PNG\r\n\x1a\n", "is a picture, and this network takes 2 numbers"),
    ],
)
def test_a_file_that_holds_something_else_is_one_sentence(
    spiral, tmp_path, capsys, content, message
):
    """H27: what is wrong, and where; nothing is printed as a result."""
    path = tmp_path / "bad.npy"
    path.write_bytes(content)
    code, out, err = ran(capsys, "predict", spiral, path)

    assert (1, "") == (code, out)
    assert 1 == len(err.splitlines())
    assert message in err


def test_a_missing_file_is_named(spiral, tmp_path, capsys):
    """Before anything is printed, also if other files are fine."""
    good = tmp_path / "good.csv"
    good.write_text("1,2\n")
    code, out, err = ran(capsys, "predict", spiral, good, tmp_path / "missing.csv")

    assert (1, "") == (code, out)
    assert "missing.csv: No such file" in err


def test_images_are_read_as_bytes_or_shares(make_mnist, tmp_path, capsys):
    """IDX, bytes in `.npy`, shares of 1, CSV and rows of 784 numbers give the same classes."""
    folder = make_mnist()
    words = ("mnist", "--data-dir", folder, "--samples", "100", "--epochs", "2", "--quiet")
    ran(capsys, "train", *words, "--out", tmp_path / "run")
    checkpoint = tmp_path / "run" / "checkpoint.safetensors"
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28)).astype(np.uint8)
    rows = "\n".join(",".join(map(str, image.ravel())) for image in images)
    contents = {
        "images.idx": idx(images),
        "packed.gz": gzip.compress(idx(images)),
        "bytes.npy": npy(images),
        "shares.npy": npy(images / 255),
        "rows.npy": npy((images / 255).reshape(3, 784).astype(np.float32)),
        "whole.csv": rows.encode(),
    }
    seen = set()
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        code, out, err = ran(capsys, "predict", checkpoint, tmp_path / name)
        assert (0, 3, "") == (code, len(out.splitlines()), err)
        seen.add(out)

    assert 1 == len(seen)


def test_a_png_is_one_image(make_mnist, tmp_path, capsys):
    """With matplotlib; of a wrong size it is refused."""
    image = pytest.importorskip("matplotlib.image")
    words = ("mnist", "--data-dir", make_mnist(), "--samples", "50", "--epochs", "1", "--quiet")
    ran(capsys, "train", *words, "--out", tmp_path / "run")
    checkpoint = tmp_path / "run" / "checkpoint.safetensors"
    pixels = np.random.default_rng(0).random((28, 28))
    image.imsave(tmp_path / "digit.png", pixels, cmap="gray", vmin=0, vmax=1)
    image.imsave(tmp_path / "large.png", np.zeros((30, 28)), cmap="gray")
    code, out, _ = ran(capsys, "predict", checkpoint, tmp_path / "digit.png")
    wrong, _, err = ran(capsys, "predict", checkpoint, tmp_path / "large.png")

    assert 0 == code
    assert out.strip() in set("0123456789")
    assert 1 == wrong
    assert "needs 28 x 28 pixels, got 30 x 28" in err
    whole = (tmp_path / "digit.png").read_bytes()
    for length in range(len(whole)):  # every place where it may be cut
        (tmp_path / "digit.png").write_bytes(whole[:length])
        with pytest.raises(DatasetError, match=r"digit\.png"):
            examples(str(tmp_path / "digit.png"), TASKS["mnist"])


def test_a_picture_that_unpacks_to_gigabytes_is_refused(tmp_path):
    """A PNG of 57 bytes that says it has 10 to the 12 pixels, and one that has 144 million."""
    pytest.importorskip("matplotlib")

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    for side, data in ((10**6, b""), (12_000, zlib.compress(bytes(12_001 * 12_000)))):
        header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
        parts = (chunk(b"IHDR", header), chunk(b"IDAT", data), chunk(b"IEND", b""))
        (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
        tracemalloc.start()
        with pytest.raises(DatasetError, match="needs 28 x 28 pixels"):
            examples(str(tmp_path / "bomb.png"), TASKS["mnist"])
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert peak < 2_000_000


def png(pixels, damaged=False):
    """A file of the PNG format: grey with shape `(height, width)`, or with an axis of colours."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    height, width = pixels.shape[:2]
    kind = 0 if pixels.ndim == 2 else 2
    rows = b"".join(b"\0" + row.astype(np.uint8).tobytes() for row in pixels)
    packed = zlib.compress(rows)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)),
            chunk(b"IDAT", packed[:10] if damaged else packed),
            chunk(b"IEND", b""),
        ]
    )


def test_grey_pictures_serve_networks_of_colours_and_the_other_way_round(tmp_path):
    """Grey is the same in all colours; of colours, grey is the mean."""
    grey = np.arange(28 * 28).reshape(28, 28) % 256
    (tmp_path / "grey.png").write_bytes(png(grey))
    [[digit]] = examples(str(tmp_path / "grey.png"), TASKS["mnist"])
    colours = np.stack([grey, 255 - grey, 0 * grey], axis=-1)
    (tmp_path / "colours.png").write_bytes(png(colours))
    [[mean]] = examples(str(tmp_path / "colours.png"), TASKS["mnist"])
    small = np.arange(32 * 32).reshape(32, 32) % 256
    (tmp_path / "small.png").write_bytes(png(small))
    [photograph] = examples(str(tmp_path / "small.png"), TASKS["cifar10"])

    np.testing.assert_allclose(digit, grey / 255, atol=1e-6)
    np.testing.assert_allclose(mean, np.full((28, 28), 1 / 3), atol=1e-6)
    np.testing.assert_allclose(photograph, np.stack([small / 255] * 3), atol=1e-6)


def test_a_damaged_picture_is_an_error_of_one_sentence(tmp_path):
    """Of the right size, and whole to look at, but the pixels cannot be unpacked."""
    (tmp_path / "bad.png").write_bytes(png(np.zeros((28, 28)), damaged=True))
    with pytest.raises(DatasetError, match=r"bad\.png is no picture that can be read"):
        examples(str(tmp_path / "bad.png"), TASKS["mnist"])


def test_one_example_needs_no_axis_for_examples(tmp_path):
    """An image, or a point, by itself."""
    (tmp_path / "image.npy").write_bytes(npy(np.zeros((28, 28))))
    (tmp_path / "point.npy").write_bytes(npy(np.array([0.5, 0.25])))

    assert (1, *TASKS["mnist"].shape) == examples(str(tmp_path / "image.npy"), TASKS["mnist"]).shape
    assert [[0.5, 0.25]] == examples(str(tmp_path / "point.npy"), TASKS["spiral"]).tolist()


def test_a_closed_standard_input_is_named(monkeypatch):
    """As under a service that gives its programs none."""
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(DatasetError, match="standard input is closed"):
        examples("-", TASKS["spiral"])


def test_no_images_are_no_examples(tmp_path):
    """An empty array is named, not summed up."""
    for shape in ((0, 28, 28), (0, 784), (0, 0)):
        (tmp_path / "none.npy").write_bytes(npy(np.zeros(shape)))
        with pytest.raises(DatasetError, match=r"has no examples|needs examples"):
            examples(str(tmp_path / "none.npy"), TASKS["mnist"])


def test_pixels_out_of_range_are_refused(make_mnist, tmp_path, capsys):
    """Neither shares nor bytes: nobody knows what they mean."""
    words = ("mnist", "--data-dir", make_mnist(), "--samples", "50", "--epochs", "0", "--quiet")
    ran(capsys, "train", *words, "--out", tmp_path / "run")
    (tmp_path / "wrong.npy").write_bytes(npy(np.full((1, 28, 28), 1.5)))
    checkpoint = tmp_path / "run" / "checkpoint.safetensors"
    code, _, err = ran(capsys, "predict", checkpoint, tmp_path / "wrong.npy")

    assert 1 == code
    assert "needs pixels from 0 to 1" in err


@pytest.mark.parametrize("command", ["evaluate", "predict", "inspect"])
@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "it is empty"), (b"\x80\x04pickle", "a pickle"), (b"PK\x03\x04zip", "a zip archive")],
)
def test_what_is_no_checkpoint_is_refused(tmp_path, capsys, command, content, message):
    """H9: by name, with an exit code of its own."""
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    more = ["-"] if command == "predict" else []
    code, out, err = ran(capsys, command, path, *more)

    assert (3, "") == (code, out)
    assert message in err


def test_a_checkpoint_of_another_program_is_refused(tmp_path, capsys):
    """Only what `vhgrad train` wrote says how to build the network."""
    save_checkpoint(tmp_path / "own", model=MLP(2, [3, 1], seed=1), metadata={"task": "spiral"})
    code, _, err = ran(capsys, "evaluate", tmp_path / "own")

    assert 3 == code
    assert "vhgrad train did not write it" in err


@pytest.mark.parametrize(
    "change", [{"task": "../../etc"}, {"task": 3}, {"epochs": "x"}, {"seed": -1}, {"more": 1}]
)
def test_settings_in_a_checkpoint_are_checked(spiral, tmp_path, capsys, change):
    """A task that is not in the table builds nothing."""
    metadata = load_checkpoint(spiral)
    metadata["settings"] |= change
    save_checkpoint(tmp_path / "changed", metadata=metadata)
    code, _, err = ran(capsys, "evaluate", tmp_path / "changed")

    assert 3 == code
    assert 1 == len(err.splitlines())


def test_another_network_in_the_file_is_refused(spiral, tmp_path, capsys):
    """H9: the table builds the network; weights of another do not fit."""
    metadata = load_checkpoint(spiral)
    save_checkpoint(tmp_path / "changed", model=MLP(2, [5, 3], seed=1), metadata=metadata)
    code, _, err = ran(capsys, "evaluate", tmp_path / "changed")

    assert 3 == code
    assert "layers.0.weight" in err


def test_inspect_lists_what_is_in_a_file(spiral, capsys):
    """H43: that it is whole, its settings and every tensor."""
    code, out, _ = ran(capsys, "inspect", spiral)

    assert 0 == code
    assert "whole" in out.splitlines()[0]
    assert "model/layers.0.weight: float32, 32 x 2" in out.splitlines()
    assert '"task": "spiral"' in out


def test_inspect_reads_files_of_other_programs(tmp_path, capsys):
    """Weights alone are tensors without a checksum of ours."""
    from safetensors.numpy import save_file

    save_file({"a.weight": np.zeros((2, 3), np.float32)}, tmp_path / "other.safetensors")
    code, out, _ = ran(capsys, "inspect", tmp_path / "other.safetensors")

    assert 0 == code
    assert "a.weight: float32, 2 x 3" in out.splitlines()


def test_inspect_never_speaks_to_the_terminal(tmp_path, capsys):
    """G40, H43: escape sequences in names and texts come out as text."""
    evil = "\x1b]0;title\x07\x1b[31m\x9b\x7f\r\n\u202e"
    save(tmp_path / "evil.safetensors", {f"w{evil}": np.zeros(1)})
    save_checkpoint(tmp_path / "evil2", metadata={f"k{evil}": evil, "list": [evil]})
    for name in ("evil.safetensors", "evil2"):
        code, out, _ = ran(capsys, "inspect", tmp_path / name)

        assert 0 == code
        assert all(" " <= character <= "~" or character == "\n" for character in out)
        assert "\\u001b" in out


def test_debug_shows_the_traceback(tmp_path):
    """H40: only then."""
    with pytest.raises(FileNotFoundError):
        main(["inspect", str(tmp_path / "missing"), "--debug"])
