"""Made-up sets and the MNIST reader: what is right is read, what is not is named."""

import os

import numpy as np
import pytest

from microgradx.datasets import (
    DatasetError,
    load_mnist,
    make_circles,
    make_moons,
    make_sine,
    make_spiral,
    make_xor,
)
from microgradx.datasets.mnist import read_split
from microgradx.random import manual_seed

MAKERS = [make_spiral, make_moons, make_circles]


def test_xor_has_its_four_rows():
    """Class 1 is where the inputs differ."""
    X, y = make_xor()

    assert [bool(a) != bool(b) for a, b in X] == [bool(label) for label in y]


@pytest.mark.parametrize("make", [make_xor, *MAKERS])
def test_sets_have_the_promised_types(make):
    """Points are float64 of shape (n, 2), classes int64 of shape (n,)."""
    X, y = make()

    assert (np.float64, np.int64) == (X.dtype, y.dtype)
    assert (len(X), 2) == X.shape
    assert (len(X),) == y.shape


@pytest.mark.parametrize("make", MAKERS)
def test_a_seed_repeats_a_set(make):
    """The same seed gives the same points, another seed others, no seed the default generator's."""
    manual_seed(2)
    first = make(50)[0]
    manual_seed(2)

    np.testing.assert_array_equal(first, make(50)[0])
    np.testing.assert_array_equal(make(50, seed=1)[0], make(50, seed=1)[0])
    assert not np.array_equal(make(50, seed=1)[0], make(50, seed=2)[0])


@pytest.mark.parametrize("make", MAKERS)
def test_the_global_random_state_is_left_alone(make):
    """Making data neither reads nor moves NumPy's global state."""
    np.random.seed(0)  # noqa: NPY002  (the global state is what is tested)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    make(50)

    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_sine_is_measured_with_noise():
    """Without noise the points are on the curve; the seed repeats them."""
    X, y = make_sine(1000, noise=0.2, seed=0)

    assert ((1000, 1), (1000,)) == (X.shape, y.shape)
    assert pytest.approx(0.2, rel=0.1) == (y - np.sin(X[:, 0])).std()  # 1000 draws: +- 0.0045
    np.testing.assert_array_equal(X, make_sine(1000, seed=0)[0])


@pytest.mark.parametrize("classes", [1, 2, 3, 5])
def test_spiral_shares_points_out_evenly(classes):
    """Every arm has as many points as the others, give or take one."""
    _, y = make_spiral(101, classes=classes, seed=0)
    sizes = np.bincount(y, minlength=classes)

    assert sizes.max() - sizes.min() <= 1
    assert classes == len(sizes)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: make_spiral(0), ValueError),
        (lambda: make_spiral(2.5), TypeError),
        (lambda: make_spiral(classes=0), ValueError),
        (lambda: make_moons(noise=-1.0), ValueError),
        (lambda: make_moons(noise=float("nan")), ValueError),
        (lambda: make_circles(factor=1.0), ValueError),
    ],
)
def test_wrong_settings_are_named(call, error):
    """The error names the setting."""
    with pytest.raises(error, match=r"`(samples|classes|noise|factor)` needs"):
        call()


def test_mnist_is_read(mnist_folder):
    """Images come as rows from 0 to 1, labels as whole numbers from 0 to 9."""
    for X, y in load_mnist(mnist_folder):
        assert (len(y), 784) == X.shape
        assert (np.float32, np.int64) == (X.dtype, y.dtype)
        assert (0.0, 1.0) == (X.min(), X.max())
        assert set(range(10)) == set(y.tolist())


def test_raw_images_are_the_bytes_of_the_file(make_mnist):
    """`raw=True` leaves pixels as they are, in rows and columns."""
    (X, y), _ = load_mnist(make_mnist(), raw=True)

    assert ((50, 28, 28), np.uint8) == (X.shape, X.dtype)
    assert [2 * label for label in y] == X[:, :, 0].argmax(axis=1).tolist()


def test_plain_files_are_read_as_packed_ones_are(make_mnist):
    """It does not matter whether the files are still packed."""
    packed, plain = load_mnist(make_mnist("a")), load_mnist(make_mnist("b", packed=False))

    np.testing.assert_array_equal(packed[0][0], plain[0][0])


def test_the_environment_variable_names_the_folder(make_mnist, monkeypatch):
    """`VHGRAD_DATA_DIR` may be the folder itself or the one above `mnist`."""
    folder = make_mnist("all/mnist")
    for value in (folder, folder.parent):
        monkeypatch.setenv("VHGRAD_DATA_DIR", str(value))

        assert 50 == len(load_mnist()[0][0])


def test_a_folder_that_is_not_there_is_named(tmp_path, monkeypatch):
    """A wrong folder is an error, not a download; the message says who named it."""
    monkeypatch.setenv("VHGRAD_DATA_DIR", str(tmp_path))
    (tmp_path / "file").touch()

    with pytest.raises(DatasetError, match=r"VHGRAD_DATA_DIR is .* train-images-idx3-ubyte"):
        load_mnist()
    with pytest.raises(DatasetError, match=r"data_dir .* does not exist"):
        load_mnist(tmp_path / "missing")
    with pytest.raises(DatasetError, match=r"data_dir .* is a file"):
        load_mnist(tmp_path / "file")


def test_a_missing_file_is_named(make_mnist):
    """Three files of four are not MNIST."""
    folder = make_mnist()
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()

    with pytest.raises(DatasetError, match="has no t10k-labels-idx1-ubyte"):
        load_mnist(folder)


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("labels-idx1", np.arange(50) % 11, r"label 10 in row 10, not 0 to 9"),
        ("labels-idx1", np.zeros(49), r"50 images, but .* has 49 labels"),
        ("labels-idx1", np.zeros(0), r"holds no labels"),
        ("images-idx3", np.zeros((50, 14, 14)), r"14 x 14 pixels, not 28 x 28"),
        ("images-idx3", np.zeros((50, 784)), r"with 3 axes"),
    ],
)
def test_files_that_do_not_fit_are_named(make_mnist, to_idx, name, array, message):
    """F29: right format, wrong content: labels out of range, other counts, other sizes."""
    folder = make_mnist(packed=False)
    (folder / f"train-{name}-ubyte").write_bytes(to_idx(array))

    with pytest.raises(DatasetError, match=message):
        load_mnist(folder)


def test_a_real_file_cut_at_twenty_places_is_refused(mnist_folder, tmp_path):
    """F26: packed images, each time shorter; made for this where there are no real ones."""
    folder = mnist_folder / "mnist" if (mnist_folder / "mnist").is_dir() else mnist_folder
    for path in folder.glob("*ubyte.gz"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    size = path.stat().st_size
    for part in reversed(range(20)):
        os.truncate(path, size * part // 20)

        with pytest.raises(DatasetError, match="t10k-images"):
            read_split(tmp_path, "t10k", raw=True)
