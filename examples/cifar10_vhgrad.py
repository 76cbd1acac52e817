"""Colour photographs of ten kinds with stage 4: what convolutions are worth.

    python examples/cifar10_vhgrad.py [mlp|cnn] [--samples 10000] [--epochs 8] [--data-dir FOLDER]

Without a folder the files are downloaded once, or found by the variable VHGRAD_DATA_DIR. The CNN
takes some minutes and is right about 2 of 3 times, the MLP 1 of 2.
"""

import argparse
from pathlib import Path

import numpy as np

from vhgrad import data, evaluate, fit, manual_seed, metrics, nn, optim, plot, predict


def load(folder, samples, seed):
    """So many training images, drawn by the seed, and all test images: `(n, 3, 32, 32)`."""
    (X, y), test = data.load_cifar10(folder)
    chosen = np.random.default_rng(seed).permutation(len(X))[:samples]
    return (X[chosen], y[chosen]), test


def network(kind):
    """Two layers of filters and one of neurons; or neurons only."""
    if kind == "mlp":
        return nn.Sequential(
            nn.Flatten(), nn.Linear(3072, 512), nn.ReLU(),
            nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10),
        )  # fmt: skip
    return nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1), nn.MaxPool2d(2), nn.ReLU(),
        nn.Conv2d(32, 64, 3, padding=1), nn.MaxPool2d(2), nn.ReLU(),
        nn.Flatten(), nn.Linear(64 * 8 * 8, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip


def train(kind, images, epochs, seed):
    """Returns the model, and the share of test images that is right."""
    (X, y), (X_test, y_test) = images
    manual_seed(seed)
    model, rate = network(kind), {"mlp": 0.001, "cnn": 0.002}[kind]
    scale = data.Normalize.of(X)
    changed = data.Compose([data.RandomHorizontalFlip(), scale, data.RandomCrop(32, padding=2)])
    batches = data.DataLoader((X, y), 64, shuffle=True, generator=seed, transform=changed)
    optimizer = optim.Adam(model.parameters(), lr=rate)
    schedule = optim.lr_scheduler.OneCycleLR(optimizer, rate, epochs * len(batches))
    loss = nn.CrossEntropyLoss()
    fit(model, batches, loss=loss, optimizer=optimizer, scheduler=schedule, epochs=epochs)
    test = data.DataLoader((X_test, y_test), batch_size=500, transform=scale)
    return model, evaluate(model, test, metrics={"accuracy": metrics.accuracy})["accuracy"]


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

    both = load(options.data_dir, options.samples, options.seed)
    model, share = train(options.network, both, options.epochs, options.seed)
    (X, _), (images, labels) = both
    print(f"CIFAR-10, {options.network.upper()}: {share:.1%} of {len(labels):,} test images right")

    found = predict(model, data.Normalize.of(X)(images)).argmax(axis=1)
    picture = plot.confusion_matrix(labels, found, labels=range(10), names=data.CIFAR10_CLASSES)
    print("wrote", plot.save(picture, options.out / f"cifar10_{options.network}_vhgrad.png"))
    if options.samples >= 10_000 and options.epochs >= 8:  # less promises nothing
        assert share >= {"mlp": 0.46, "cnn": 0.62}[options.network]


if __name__ == "__main__":
    main()
