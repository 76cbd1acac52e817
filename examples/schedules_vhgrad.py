"""Learning-rate schedules compared: the same network, 40 epochs, `examples/schedules_vhgrad.py`."""

import argparse
from pathlib import Path

import numpy as np

from vhgrad import MLP, SGD, accuracy, cross_entropy, fit, plot
from vhgrad.data import DataLoader, make_spiral
from vhgrad.optim import lr_scheduler as lr

epochs, batch_size, rate = 40, 20, 0.2


def warm_up_then_cosine(optimizer):
    """Five epochs up, the rest down."""
    up = lr.LinearLR(optimizer, start_factor=0.1, total_iters=5)
    return lr.SequentialLR(optimizer, [up, lr.CosineAnnealingLR(optimizer, epochs - 5)], [5])


SCHEDULES = {
    "constant": lambda optimizer: None,
    "step": lambda optimizer: lr.StepLR(optimizer, step_size=15, gamma=0.3),
    "exponential": lambda optimizer: lr.ExponentialLR(optimizer, gamma=0.93),
    "cosine": lambda optimizer: lr.CosineAnnealingLR(optimizer, epochs),
    "warm-up, cosine": warm_up_then_cosine,
    "one cycle": lambda optimizer: lr.OneCycleLR(optimizer, rate, epochs * 600 // batch_size),
}


def train(schedule, seed):
    """Train once; returns the rate of every epoch, the losses and the final test accuracy."""
    model = MLP(2, [32, 32, 3], activation="relu", seed=seed)
    optimizer = SGD(model.parameters(), lr=rate, momentum=0.9)
    points, others = make_spiral(600, seed=seed), make_spiral(1000, seed=seed + 1000)
    rates = []
    history = fit(
        model, DataLoader(points, batch_size, shuffle=True, generator=seed), epochs=epochs,
        loss=cross_entropy, optimizer=optimizer, scheduler=SCHEDULES[schedule](optimizer),
        validation=DataLoader(others, batch_size=1000), metrics={"accuracy": accuracy},
        callbacks=[lambda epoch, logs: rates.append(optimizer.param_groups[0]["lr"])],
    )  # fmt: skip
    return rates, history["validation_loss"], history["accuracy"][-1]


def draw(curves, folder):
    """Rates above, losses below."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 6), layout="constrained")
    above, below = figure.subplots(2, sharex=True)
    for name, (rates, losses, _) in curves.items():
        above.plot(rates, label=name)
        below.plot(losses, label=name)
    above.set(ylabel="learning rate after the epoch")
    below.set(ylabel="test loss", xlabel="epoch", yscale="log")
    above.legend(ncols=2)
    print("wrote", plot.save(figure, folder / "schedules_vhgrad.png", dpi=150))


def main():
    """Train with every schedule, print a table, draw it and check it."""
    parser = argparse.ArgumentParser(description="Compare learning-rate schedules.")
    parser.add_argument("--out", type=Path, default=Path("runs/examples"), help="for the picture")
    options = parser.parse_args()

    curves, means = {}, {}
    for name in SCHEDULES:
        runs = [train(name, seed) for seed in range(3)]
        curves[name], means[name] = runs[0], np.mean([share for _, _, share in runs])
        print(f"{name:16} {means[name]:7.2%}")
    draw(curves, options.out)
    best = max(means, key=means.get)
    print(f"schedules: best is {best}, {means[best]:.1%} of 1,000 new points right, three seeds")
    assert means[best] >= 0.99


if __name__ == "__main__":
    main()
