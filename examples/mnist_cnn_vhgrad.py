"""Handwritten digits with stage 4 and two convolutions: more than 99 of 100 right.

    python examples/mnist_cnn_vhgrad.py [--samples 60000] [--epochs 5] [--data-dir FOLDER]

Without a folder the files are downloaded once, or found by the variable VHGRAD_DATA_DIR. All images
take some minutes; `--samples 5000` takes half a minute.
"""

import argparse
from pathlib import Path

import numpy as np

from vhgrad import evaluate, fit, manual_seed, metrics, nn, optim, plot, predict
from vhgrad.data import Compose, DataLoader, Normalize, RandomShift, load_mnist


def load(folder, samples, seed):
    """So many training images, drawn by the seed, and all test images: `(n, 1, 28, 28)`."""
    (X, y), (X_test, y_test) = load_mnist(folder)
    chosen = np.random.default_rng(seed).permutation(len(X))[:samples]
    return (X[chosen].reshape(-1, 1, 28, 28), y[chosen]), (X_test.reshape(-1, 1, 28, 28), y_test)


def network():
    """Two layers of filters, each followed by halving: 28, 14, 7 pixels. Then two of neurons."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.MaxPool2d(2), nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1), nn.MaxPool2d(2), nn.ReLU(),
        nn.Flatten(), nn.Linear(32 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip


def train(data, epochs, seed, *, batch_size=64, rate=0.003):
    """Returns the model and the share of test images that is right."""
    (X, y), (X_test, y_test) = data
    manual_seed(seed)
    model = network()
    scale = Normalize(X.mean(), X.std())
    moved = Compose([RandomShift(1), scale])
    batches = DataLoader((X, y), batch_size, shuffle=True, generator=seed, transform=moved)
    optimizer = optim.Adam(model.parameters(), lr=rate)
    schedule = optim.lr_scheduler.OneCycleLR(optimizer, rate, epochs * len(batches))
    loss = nn.CrossEntropyLoss()
    fit(model, batches, loss=loss, optimizer=optimizer, scheduler=schedule, epochs=epochs)
    test = DataLoader((X_test, y_test), batch_size=500, transform=scale)
    return model, evaluate(model, test, metrics={"accuracy": metrics.accuracy})["accuracy"]


def main():
    """Train, print the result, draw some mistakes and check the result."""
    parser = argparse.ArgumentParser(description="Learn handwritten digits with a CNN.")
    parser.add_argument("--samples", type=int, default=60_000, help="training images")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data-dir", help="folder of the MNIST files")
    parser.add_argument("--out", type=Path, default=Path("runs/examples"), help="for the picture")
    options = parser.parse_args()

    data = load(options.data_dir, options.samples, options.seed)
    model, share = train(data, options.epochs, options.seed)
    print(f"MNIST, CNN: {share:.2%} of {len(data[1][1]):,} test images right")

    (X, _), (images, labels) = data
    found = predict(model, Normalize(X.mean(), X.std())(images)).argmax(axis=1)
    wrong = np.flatnonzero(found != labels)[:24]
    picture = plot.image_grid(images[wrong], labels[wrong], found[wrong], columns=8)
    print("wrote", plot.save(picture, options.out / "mnist_cnn_vhgrad.png"))
    if options.samples >= 60_000 and options.epochs >= 5:  # less promises nothing
        assert share >= 0.99


if __name__ == "__main__":
    main()
