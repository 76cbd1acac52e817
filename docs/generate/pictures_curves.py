"""Draws the curves of chapters 1 and 2, and what chapter 3 learns.

    VHGRAD_DATA_DIR=... python docs/generate/pictures_curves.py

The numbers come from the packages, and from the code of chapter 3 where it is drawn.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from micrograd_plus import MLP, SGD, Value, mse
from microgradx.datasets import load_mnist
from vhgrad import plot

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).resolve().parents[2] / "examples")]
of_the_page = importlib.import_module("pictures_arrays").of_the_page
moved = importlib.import_module("mnist_microgradx").moved

IMAGES = Path(__file__).resolve().parents[1] / "images"
XS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
YS = [-1.0, 1.0, 1.0, -1.0]


def curve(name: str, numbers: np.ndarray) -> tuple[list[float], list[float]]:
    """Values and slopes of a method of `Value`."""
    values, slopes = [], []
    for number in numbers:
        x = Value(float(number))
        y = getattr(x, name)()
        y.backward()
        values.append(y.data)
        slopes.append(x.grad)
    return values, slopes


def bends(*names: str) -> Figure:
    """Functions beside one another, each with its slope."""
    figure = Figure(figsize=(2.6 * len(names) + 0.6, 2.4), layout="constrained")
    numbers = np.linspace(-4, 4, 321)
    for name, axes in zip(names, np.ravel(figure.subplots(1, len(names)))):
        values, slopes = curve(name, numbers)
        axes.plot(numbers, values, linewidth=2, label=name)
        axes.plot(numbers, slopes, "--", linewidth=2, label="its slope")
        axes.set_ylim(-1.2, 1.6)
        axes.grid(alpha=0.3)
        axes.legend(loc="upper left", fontsize=8)
    return figure


def learning(runs: dict[str, tuple[float, float]]) -> Figure:
    """The loss on XOR over 200 steps, for some rates and values of momentum."""
    figure = Figure(figsize=(6.4, 2.8), layout="constrained")
    axes = figure.subplots()
    for name, (rate, momentum) in runs.items():
        model = MLP(2, [4, 1], last_activation="tanh", seed=1)
        optimizer = SGD(model.parameters(), lr=rate, momentum=momentum)
        losses = []
        for _ in range(200):
            loss = mse(YS, [model(x) for x in XS])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.data)
        axes.plot(losses, linewidth=2, label=name)
    axes.set(xlabel="step", ylabel="loss", ylim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def digits() -> Any:
    """Eight training digits, and the same moved as the example moves them."""
    (X, y), _ = load_mnist()
    both = np.concatenate([X[:8], moved(X[:8], np.random.default_rng(1))])
    return plot.image_grid(both.reshape(-1, 28, 28), np.tile(y[:8], 2), columns=8)


def spiral() -> Figure:
    """What the network of chapter 3 says at every place of the plane, and new points."""
    names = of_the_page("model = MLP(2, [32, 32, 3]", "3-arrays.md")
    X, y, model = names["X_new"], names["y_new"], names["model"]
    across = np.linspace(-1.15, 1.15, 400)
    grid = np.stack(np.meshgrid(across, across), axis=-1).reshape(-1, 2)
    figure = Figure(figsize=(4.2, 4.2), layout="constrained")
    axes = figure.subplots()
    colours = ["#4477aa", "#ee6677", "#228833"]
    kinds = model(grid).data.argmax(axis=1).reshape(400, 400)
    axes.contourf(across, across, kinds, levels=[-0.5, 0.5, 1.5, 2.5], colors=colours, alpha=0.35)
    for k, colour in enumerate(colours):
        axes.plot(*X[y == k].T, ".", color=colour, markersize=4)
    axes.set_aspect("equal")
    return figure


def main() -> None:
    """Draw all of them anew."""
    drawn = {
        "tanh": bends("tanh"),
        "bends": bends("tanh", "relu", "sigmoid"),
        "learning": learning({"0.5 per unit of gradient": (0.5, 0.0)}),
        "momentum": learning(
            {f"momentum {m}, rate {r}": (r, m) for r, m in ((0.5, 0), (0.1, 0), (0.1, 0.9))}
        ),
        "digits": digits(),
        "spiral-3": spiral(),
    }
    for name, figure in drawn.items():
        print(plot.save(figure, IMAGES / "chapters" / f"{name}.png", dpi=150))


if __name__ == "__main__":
    main()
