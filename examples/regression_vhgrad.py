"""A curve with its uncertainty: the network says what it expects and how sure it is.

    python examples/regression_vhgrad.py [--out FOLDER]

The noise grows from left to right. The network gives a mean and the logarithm of a variance, and
learns by the likelihood of what was seen (Nix and Weigend, ICNN 1994, eq. 3).
"""

import argparse
from pathlib import Path

import numpy as np

from vhgrad import MLP, Adam, CosineAnnealingLR, DataLoader, exp, fit, plot, predict

epochs = 150


def noisy_sine(n, seed):
    """Points of a sine from -3 to 3, noisier to the right."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-3, 3, size=(n, 1)).astype(np.float32)
    return x, (np.sin(2 * x[:, 0]) + spread(x[:, 0]) * rng.normal(size=n)).astype(np.float32)


def spread(x):
    """The standard deviation of the noise."""
    return 0.05 + 0.075 * (x + 3)


def gaussian(targets, outputs):
    """Mean negative log-likelihood, in nats, without its constant."""
    mean, log_variance = outputs.T
    return (log_variance + (targets - mean) ** 2 * exp(-log_variance)).mean() / 2


def train(seed=0):
    """Learn 1,000 points."""
    model = MLP(1, [64, 64, 2], seed=seed)
    optimizer = Adam(model.parameters(), lr=0.01)
    batches = DataLoader(noisy_sine(1000, seed), batch_size=50, shuffle=True, generator=seed)
    schedule = CosineAnnealingLR(optimizer, epochs)
    fit(model, batches, loss=gaussian, optimizer=optimizer, scheduler=schedule, epochs=epochs)
    return model


def draw(x, y, mean, error, folder):
    """The points, the curve and the band of two standard deviations around it."""
    from matplotlib.figure import Figure

    order = np.argsort(x)
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(x, y, ".", color="0.6", markersize=2, label="new points")
    axes.fill_between(x[order], (mean - 2 * error)[order], (mean + 2 * error)[order], alpha=0.3)
    axes.plot(x[order], mean[order], label="mean, and two standard deviations around it")
    axes.legend()
    print("wrote", plot.save(figure, folder / "regression_vhgrad.png", dpi=150))


def main():
    """Train, print how often the truth lies within the stated error, draw it and check it."""
    parser = argparse.ArgumentParser(description="Fit a curve and its uncertainty.")
    parser.add_argument("--out", type=Path, default=Path("runs/examples"), help="for the picture")
    options = parser.parse_args()

    X, y = noisy_sine(2000, seed=1000)
    mean, log_variance = predict(train(), X).T
    error = np.exp(log_variance / 2)
    inside = np.mean(np.abs(y - mean) < 2 * error)
    off = np.mean(np.abs(error / spread(X[:, 0]) - 1))
    print(f"regression: {inside:.1%} of new points within two deviations, off by {off:.0%}")

    draw(X[:, 0], y, mean, error, options.out)
    assert 0.92 <= inside <= 0.98  # of a normal distribution, 95.4 % lie within two deviations
    assert off < 0.2


if __name__ == "__main__":
    main()
