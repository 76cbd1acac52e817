"""Colour photographs of ten kinds with stage 4: what convolutions are worth.

    python examples/cifar10_vhgrad.py [mlp|cnn] [--samples 10000] [--epochs 8] [--data-dir FOLDER]

Without a folder the files are downloaded once, or found by the variable VHGRAD_DATA_DIR. The CNN
takes some minutes and is right about 2 of 3 times, the MLP 1 of 2.
"""

import argparse
from pathlib import Path

import numpy as np

from vhgrad import (
    CIFAR10_CLASSES,
    Adam,
    Compose,
    Conv2d,
    DataLoader,
    Flatten,
    Linear,
    MaxPool2d,
    Normalize,
    OneCycleLR,
    RandomCrop,
    RandomHorizontalFlip,
    ReLU,
    Sequential,
    accuracy,
    cross_entropy,
    evaluate,
    fit,
    load_cifar10,
    manual_seed,
    plot,
    predict,
)


def load(folder, samples, seed):
    """So many training images, drawn by the seed, and all test images: `(n, 3, 32, 32)`."""
    (X, y), test = load_cifar10(folder)
    chosen = np.random.default_rng(seed).permutation(len(X))[:samples]
    return (X[chosen], y[chosen]), test


def network(kind):
    """Two layers of filters and one of neurons; or neurons only."""
    if kind == "mlp":
        return Sequential(
            Flatten(), Linear(3072, 512), ReLU(), Linear(512, 256), ReLU(), Linear(256, 10)
        )
    return Sequential(
        Conv2d(3, 32, 3, padding=1), MaxPool2d(2), ReLU(),
        Conv2d(32, 64, 3, padding=1), MaxPool2d(2), ReLU(),
        Flatten(), Linear(64 * 8 * 8, 128), ReLU(), Linear(128, 10),
    )  # fmt: skip


def train(kind, data, epochs, seed):
    """Returns the model, and the share of test images that is right."""
    (X, y), (X_test, y_test) = data
    manual_seed(seed)
    model, rate = network(kind), {"mlp": 0.001, "cnn": 0.002}[kind]
    scale = Normalize.of(X)
    changed = Compose([RandomHorizontalFlip(), scale, RandomCrop(32, padding=2)])
    batches = DataLoader((X, y), 64, shuffle=True, generator=seed, transform=changed)
    optimizer = Adam(model.parameters(), lr=rate)
    schedule = OneCycleLR(optimizer, max_lr=rate, epochs=epochs, steps_per_epoch=len(batches))
    fit(model, batches, loss=cross_entropy, optimizer=optimizer, scheduler=schedule, epochs=epochs)
    test = DataLoader((X_test, y_test), batch_size=500, transform=scale)
    return model, evaluate(model, test, metrics={"accuracy": accuracy})["accuracy"]


def main():
    """Train, print the result, draw what is taken for what and check the result."""
    parser = argparse.ArgumentParser(description="Learn small photographs.")
    parser.add_argument("network", nargs="?", choices=["mlp", "cnn"], default="cnn")
    parser.add_argument("--samples", type=int, default=10_000, help="training images")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data-dir", help="folder of the CIFAR-10 files")
    parser.add_argument("--out", type=Path, default=Path("runs/examples"), help="for the picture")
    options = parser.parse_args()

    data = load(options.data_dir, options.samples, options.seed)
    model, share = train(options.network, data, options.epochs, options.seed)
    (X, _), (images, labels) = data
    print(f"CIFAR-10, {options.network.upper()}: {share:.1%} of {len(labels):,} test images right")

    found = predict(model, Normalize.of(X)(images)).argmax(axis=1)
    picture = plot.confusion_matrix(labels, found, labels=range(10), names=CIFAR10_CLASSES)
    print("wrote", plot.save(picture, options.out / f"cifar10_{options.network}_vhgrad.png"))
    if options.samples >= 10_000 and options.epochs >= 8:  # less promises nothing
        assert share >= {"mlp": 0.46, "cnn": 0.62}[options.network]


if __name__ == "__main__":
    main()
