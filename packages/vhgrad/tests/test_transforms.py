"""Transforms: what they do to a batch, that they repeat, and what they refuse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhgrad.data import (
    Compose,
    DataLoader,
    Normalize,
    RandomCrop,
    RandomHorizontalFlip,
    RandomShift,
    Transform,
)
from vhgrad.random import manual_seed

RANDOM = [RandomCrop(6, 1), RandomCrop((3, 5)), RandomShift(2), RandomHorizontalFlip()]


def images(count=5, seed=0):
    """Images of 3 x 7 x 6 pixels, all different and none zero."""
    return np.random.default_rng(seed).uniform(1, 2, (count, 3, 7, 6)).astype(np.float32)


@pytest.mark.parametrize("transform", [*RANDOM, Compose(RANDOM[2:]), Normalize(1.5, 0.3)], ids=repr)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_yours_stay_as_they_are(transform, dtype):
    """New arrays of the same dtype; the ones handed in are not written to or shared."""
    X = images().astype(dtype)
    before = X.copy()
    result = transform(X, 0)

    np.testing.assert_array_equal(before, X)
    assert not np.shares_memory(X, result)
    assert dtype == result.dtype


@pytest.mark.parametrize("transform", RANDOM, ids=repr)
def test_a_seed_repeats_and_images_differ(transform):
    """The same seed gives the same batch; within a batch every image is drawn for itself."""
    X = np.repeat(images(1), 40, axis=0)
    first = transform(X, 3)
    manual_seed(3)

    np.testing.assert_array_equal(first, transform(X, np.random.default_rng(3)))
    np.testing.assert_array_equal(first, transform(X))
    assert len({image.tobytes() for image in first}) > 1


@pytest.mark.parametrize("transform", RANDOM, ids=repr)
def test_one_image_is_treated_as_a_batch_of_one(transform):
    """Without a first axis the result has none either."""
    X = images(1)

    np.testing.assert_array_equal(transform(X, 4)[0], transform(X[0], 4))


@pytest.mark.parametrize("transform", RANDOM, ids=repr)
def test_an_empty_batch_stays_empty(transform):
    """No images in, no images out."""
    assert 0 == len(transform(images(0), 0))


@given(
    padding=st.integers(0, 3),
    height=st.integers(1, 7),
    width=st.integers(1, 6),
    seed=st.integers(0),
)
def test_a_crop_is_a_window_of_the_padded_image(padding, height, width, seed):
    """Every image of the result is found in its own padded original."""
    X = images()
    around = ((0, 0), (padding, padding), (padding, padding))
    for image, part in zip(X, RandomCrop((height, width), padding)(X, seed)):
        padded = np.pad(image, around)
        windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(1, 2))
        same = (windows.transpose(1, 2, 0, 3, 4) == part).all(axis=(2, 3, 4))

        assert same.any()


def test_every_place_of_a_crop_is_as_likely():
    """4 x 3 places, 12,000 images: each comes about 1,000 times."""
    X = np.broadcast_to(np.arange(42).reshape(1, 1, 7, 6), (12_000, 1, 7, 6))
    counts = np.unique(RandomCrop(4)(X, 0)[:, 0, 0, 0], return_counts=True)[1]

    assert 12 == len(counts)
    assert abs(counts - 1000).max() < 150  # five standard deviations of 30


def test_a_shift_moves_by_up_to_its_pixels():
    """One bright pixel in the middle reaches all 25 places, and the rest is zero."""
    X = np.zeros((2000, 1, 7, 7))
    X[:, 0, 3, 3] = 1
    moved = RandomShift(2)(X, 0)[:, 0]

    assert np.all(moved.sum(axis=(1, 2)) == 1)
    assert {(i, j) for i in range(1, 6) for j in range(1, 6)} == set(zip(*np.nonzero(moved.sum(0))))


def test_a_flip_mirrors_rows_with_its_probability():
    """Each image is as it was or mirrored, about half of them; never with p=0, always with p=1."""
    X = images(4000)
    flipped = RandomHorizontalFlip()(X, 0)
    same, mirrored = ((flipped == other).all(axis=(1, 2, 3)) for other in (X, X[..., ::-1]))

    assert np.all(same ^ mirrored)
    assert abs(mirrored.mean() - 0.5) < 0.04  # five standard deviations of 0.008
    np.testing.assert_array_equal(X, RandomHorizontalFlip(0.0)(X, 0))
    np.testing.assert_array_equal(X[..., ::-1], RandomHorizontalFlip(1.0)(X, 0))


@pytest.mark.parametrize("shape", [(3000, 3, 4, 5), (3000, 7)])
def test_normalized_inputs_have_mean_0_and_spread_1(shape):
    """Per channel of images, per column of rows."""
    X = np.random.default_rng(0).normal(5, 3, shape) + np.arange(shape[1]).reshape(
        (-1, 1, 1) if len(shape) == 4 else -1
    )
    axes = (0, 2, 3) if len(shape) == 4 else 0
    Z = Normalize.of(X)(X)

    np.testing.assert_allclose(Z.mean(axes), 0, atol=1e-12)  # sums of 3,000 numbers of size 1
    np.testing.assert_allclose(Z.std(axes), 1, rtol=1e-12)


def test_statistics_are_numpys_in_float64():
    """Also of float32 inputs with a mean far from zero, block by block."""
    X = (np.random.default_rng(1).random((2500, 2, 3, 3)) + 1000).astype(np.float32)
    found = Normalize.of(X)

    np.testing.assert_allclose(found.mean, X.mean((0, 2, 3), dtype=float), rtol=1e-13)
    np.testing.assert_allclose(found.std, X.astype(float).std((0, 2, 3)), rtol=1e-12)


def test_statistics_of_the_training_set_are_used_for_the_test_set():
    """F25: what is normalised later does not change them."""
    train, test = images(seed=1), images(seed=2) + 1
    normalize = Normalize.of(train)
    normalize(test)

    assert normalize(test).mean() > 1
    np.testing.assert_array_equal(Normalize.of(train).mean, normalize.mean)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", [0.0, 0.1, 1e30, -7.0])
def test_a_constant_column_is_only_shifted(value, dtype):
    """F24: it becomes zero: no 0/0, and no rounding noise blown up."""
    X = np.full((1000, 2), value, dtype)
    X[:, 1] = np.arange(1000)
    normalize = Normalize.of(X)

    assert 0.0 == normalize.std[0]
    np.testing.assert_array_equal(0.0, normalize(X)[:, 0])
    assert pytest.approx(1.0, rel=1e-5) == normalize(X)[:, 1].std()  # float32


def test_bytes_become_float32():
    """Raw pixels can be normalised as they are."""
    X = np.random.default_rng(0).integers(0, 256, (9, 3, 4, 4), np.uint8)
    Z = Normalize.of(X)(X)

    assert np.float32 == Z.dtype
    np.testing.assert_allclose(Normalize.of(X / 255)(X / 255), Z, atol=1e-6)  # float32


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: RandomCrop(0), "size of 1 or more, got 0"),
        (lambda: RandomCrop((4, 4, 4)), "size of 1 or more"),
        (lambda: RandomCrop(2.0), "size of 1 or more"),
        (lambda: RandomCrop(4, -1), "padding of 0 or more"),
        (
            lambda: RandomCrop(9)(images(), 0),
            "at least 9 x 9 pixels, got 7 x 6",
        ),
        (lambda: RandomShift(-1), "0 or more, got -1"),
        (lambda: RandomHorizontalFlip(1.5), "from 0 to 1, got p=1.5"),
        (lambda: RandomHorizontalFlip(float("nan")), "from 0 to 1"),
        (lambda: RandomShift(1)(np.zeros((5, 784)), 0), r"got \(5, 784\); .* 1, 28, 28"),
        (lambda: Normalize([0.0, 1.0], 1.0), "one of each per channel"),
        (lambda: Normalize(0.0, -1.0), "deviations of 0 or more"),
        (lambda: Normalize(np.inf, 1.0), "finite means"),
        (lambda: Normalize([0.0] * 4, [1.0] * 4)(images()), "for 4 channels .* shape .5, 3, 7, 6"),
        (lambda: Normalize.of(np.zeros((0, 3))), "one or more, got"),
        (lambda: Normalize.of(np.zeros(3)), "one or more, got"),
        (lambda: Normalize.of(np.array([[1.0], [np.nan]])), "finite inputs; channel or column 0"),
        (lambda: Normalize.of(np.array([[1.0], [np.inf]])), "finite inputs"),
        (lambda: Transform()(np.zeros(3)), "needs a method apply"),
    ],
)
def test_what_does_not_fit_is_named(call, message):
    """The error says what was expected and what came."""
    with pytest.raises((ValueError, NotImplementedError), match=message):
        call()


def test_compose_takes_a_list_of_functions():
    """Something that cannot be called is named where it enters."""
    with pytest.raises(TypeError, match="list of transforms, got 3"):
        Compose([RandomShift(1), 3])


def test_an_augmented_epoch_is_resumed_bit_for_bit():
    """Broken off after two batches and loaded elsewhere, the rest has the same crops and flips."""
    augment = Compose([RandomCrop((7, 6), 2), RandomHorizontalFlip(), Normalize(1.5, 0.3)])

    def loader(seed):
        data = (images(20), np.arange(20))
        return DataLoader(data, 4, shuffle=True, generator=seed, transform=augment)

    first, other = loader(1), loader(2)
    batches = iter(first)
    next(batches), next(batches)
    other.load_state_dict(first.state_dict())
    rest = [*batches, *first]

    assert 8 == len(rest)
    for (x, y), (again, labels) in zip(rest, [*other, *other]):
        np.testing.assert_array_equal(x, again)
        np.testing.assert_array_equal(y, labels)
