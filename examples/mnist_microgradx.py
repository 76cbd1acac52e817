"""Handwritten digits with stage 3, from no more than 1,000 of the 60,000 training images.

    python examples/mnist_microgradx.py [FOLDER OF THE MNIST FILES]

Without a folder the files are downloaded once, or found by the variable VHGRAD_DATA_DIR. What helps
with so few images is to move each by up to a pixel every time it is seen: it is the same digit.
"""

import sys

import numpy as np

from microgradx import MLP, Adam, cross_entropy
from microgradx.data import DataLoader
from microgradx.datasets import load_mnist

images, epochs, rate = 1000, 10, 0.002
seeds = range(5)


def moved(X, rng):
    """Each image by -1, 0 or 1 pixels down and to the right; the margins of MNIST are blank."""
    steps = rng.integers(-1, 2, size=(len(X), 2))
    pictures = X.reshape(-1, 28, 28)
    return np.stack([np.roll(x, step, (0, 1)) for x, step in zip(pictures, steps)]).reshape(X.shape)


def train(seed, train_set, test_set):
    """Learn from 1,000 images that the seed chooses; returns the share of test images right."""
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(train_set[1]))[:images]
    X, y = train_set[0][chosen], train_set[1][chosen]
    mean, spread = X.mean(), X.std()

    model = MLP(784, [256, 10], activation="relu", init="he", seed=seed, dtype="float32")
    optimizer = Adam(model.parameters(), lr=rate)
    batches = DataLoader((X, y), batch_size=10, shuffle=True, generator=seed)
    for epoch in range(epochs):
        optimizer.param_groups[0]["lr"] = rate * (1 - epoch / epochs)
        for digits, labels in batches:
            loss = cross_entropy(labels, model((moved(digits, rng) - mean) / spread))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    X_test, y_test = test_set
    return (model((X_test - mean) / spread).data.argmax(axis=1) == y_test).mean()


def main(folder=None):
    """Train five times, print the results and check their mean."""
    train_set, test_set = load_mnist(folder)
    accuracies = []
    for seed in seeds:
        accuracies.append(train(seed, train_set, test_set))
        print(f"seed {seed}: {accuracies[-1]:.2%} of {len(test_set[1]):,} test images right")
    mean = np.mean(accuracies)
    print(f"MNIST, {images:,} training images, {epochs} epochs: {mean:.2%} right on average")
    assert mean >= 0.9


if __name__ == "__main__":
    main(*sys.argv[1:2])
