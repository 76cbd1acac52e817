"""Handwritten digits with stage 4: two hidden layers, and images that move a little.

    python examples/mnist_vhgrad.py [--samples 10000] [--epochs 20] [--data-dir FOLDER]

Without a folder the files are downloaded once, or found by the variable VHGRAD_DATA_DIR.
"""

import argparse
from pathlib import Path

import numpy as np

from vhgrad import (
    Adam,
    Compose,
    DataLoader,
    Flatten,
    Linear,
    Normalize,
    OneCycleLR,
    RandomShift,
    ReLU,
    Sequential,
    accuracy,
    cross_entropy,
    evaluate,
    fit,
    load_mnist,
    manual_seed,
    plot,
)


def load(folder, samples, seed):
    """So many training images, drawn by the seed, and all test images: `(n, 1, 28, 28)`."""
    (X, y), (X_test, y_test) = load_mnist(folder)
    chosen = np.random.default_rng(seed).permutation(len(X))[:samples]
    return (X[chosen].reshape(-1, 1, 28, 28), y[chosen]), (X_test.reshape(-1, 1, 28, 28), y_test)


def train(data, epochs, seed, *, batch_size=64, rate=0.002):
    """Returns the model and the share of test images that is right."""
    (X, y), (X_test, y_test) = data
    manual_seed(seed)
    model = Sequential(
        Flatten(), Linear(784, 256), ReLU(), Linear(256, 128), ReLU(), Linear(128, 10)
    )
    scale = Normalize(X.mean(), X.std())
    moved = Compose([RandomShift(1), scale])  # a digit that moves by a pixel is the same digit
    batches = DataLoader((X, y), batch_size, shuffle=True, generator=seed, transform=moved)
    optimizer = Adam(model.parameters(), lr=rate)
    schedule = OneCycleLR(optimizer, max_lr=rate, epochs=epochs, steps_per_epoch=len(batches))
    fit(model, batches, loss=cross_entropy, optimizer=optimizer, scheduler=schedule, epochs=epochs)
    test = DataLoader((X_test, y_test), batch_size=500, transform=scale)
    return model, evaluate(model, test, metrics={"accuracy": accuracy})["accuracy"]


def main():
    """Train, print the result, draw what the first layer looks for and check the result."""
    parser = argparse.ArgumentParser(description="Learn handwritten digits.")
    parser.add_argument("--samples", type=int, default=10_000, help="training images")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data-dir", help="folder of the MNIST files")
    parser.add_argument("--out", type=Path, default=Path("runs/examples"), help="for the picture")
    options = parser.parse_args()

    data = load(options.data_dir, options.samples, options.seed)
    model, share = train(data, options.epochs, options.seed)
    print(f"MNIST: {share:.2%} of {len(data[1][1]):,} test images right")
    print("wrote", plot.save(plot.first_layer(model), options.out / "mnist_vhgrad.png"))
    if options.samples >= 10_000 and options.epochs >= 20:  # less promises nothing
        assert share >= 0.968


if __name__ == "__main__":
    main()
