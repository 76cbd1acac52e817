"""The examples of stage 3 reach what they promise: spiral arms, and digits from 1,000 images."""

import os
import runpy
from pathlib import Path

import numpy as np
import pytest

from microgradx.datasets import load_mnist

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
FOLDER = os.environ.get("VHGRAD_DATA_DIR")  # of the real files, where they are at hand


def example(name):
    """What a script defines, without running it."""
    return runpy.run_path(str(EXAMPLES / name))


@pytest.mark.parametrize("name", ["spiral_microgradx.py", "mnist_microgradx.py"])
def test_examples_are_short(name):
    """One screen or two: 40 to 80 lines."""
    assert 40 <= len((EXAMPLES / name).read_text(encoding="utf-8").splitlines()) <= 80


def test_spiral_prints_its_result(capsys):
    """As a script, it prints and checks what it reached."""
    runpy.run_path(str(EXAMPLES / "spiral_microgradx.py"), run_name="__main__")
    *_, last = capsys.readouterr().out.splitlines()

    assert last.startswith(("spiral: 9", "spiral: 100.0%"))


@pytest.mark.parametrize("seed", range(2, 7))
def test_spiral_learns_from_every_seed(seed, capsys):
    """At least 97 % of points that were not there in training, for five more seeds."""
    assert 0.97 <= example("spiral_microgradx.py")["train"](seed)


def digits(count, rng):
    """Blank images in which a bright square stands at one of ten places, its number the label."""
    labels = rng.integers(10, size=count)
    images = np.zeros((count, 28, 28), np.float32)
    for image, label in zip(images, labels):
        row, column = divmod(int(label), 5)
        image[4 + 12 * row : 8 + 12 * row, 2 + 5 * column : 5 + 5 * column] = 1.0
    return images.reshape(count, 784), labels


def test_mnist_is_learned_from_1000_images():
    """The mean over five seeds: 90 % of the real test images, or nearly all made-up ones."""
    rng = np.random.default_rng(0)
    train_set, test_set = load_mnist(FOLDER) if FOLDER else (digits(1200, rng), digits(500, rng))
    script = example("mnist_microgradx.py")
    accuracies = [script["train"](seed, train_set, test_set) for seed in script["seeds"]]

    assert (5, 1000, 10) == (len(accuracies), script["images"], script["epochs"])
    assert (0.9 if FOLDER else 0.99) <= np.mean(accuracies)


def test_moved_images_are_the_same_images():
    """A move changes no brightness, and by no more than a pixel each way."""
    script = example("mnist_microgradx.py")
    X, _ = digits(20, np.random.default_rng(1))
    moved = script["moved"](X, np.random.default_rng(2))
    pictures, places = moved.reshape(-1, 28, 28), X.reshape(-1, 28, 28)
    nine = [np.roll(places, (down, right), (1, 2)) for down in (-1, 0, 1) for right in (-1, 0, 1)]

    assert all(any(np.array_equal(p, way[k]) for way in nine) for k, p in enumerate(pictures))
    assert not np.array_equal(X, moved)


def test_one_neuron_is_drawn_at_stage_1_and_at_stage_3(capsys):
    """The script checks that both compute the same, and counts the nodes."""
    runpy.run_path(str(EXAMPLES / "neuron_microgradx.py"), run_name="__main__")
    *_, last = capsys.readouterr().out.splitlines()

    assert "185 nodes at stage 1, 7 at stage 3, one of them the matrix product" == last
