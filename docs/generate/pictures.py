"""Draws the graphs on the pages into docs/images/graphs: `python docs/generate/pictures.py`.

Needs the program `dot` of Graphviz. Every picture says of which drawing it was made, so that a test
can see, without that program, whether it is still the drawing that the packages make.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import micrograd
import micrograd_plus
import microgradx
import vhgrad

FOLDER = Path(__file__).resolve().parents[1] / "images" / "graphs"
ONE = [1.0, -2.0, 0.5]
TWENTY = np.random.default_rng(0).uniform(-1, 1, (20, 3))


def product() -> Any:
    """Chapter 1: two numbers multiplied, a third added."""
    a, b, c = (micrograd.Value(x, name) for x, name in ((2.0, "a"), (-3.0, "b"), (10.0, "c")))
    out = a * b + c
    out.label = "out"
    out.backward()
    return out


def used_twice() -> Any:
    """Chapter 1: one number on two ways to the result."""
    x = micrograd.Value(3.0, "x")
    y = x * x + x
    y.backward()
    return y


def neuron_1() -> Any:
    """Stage 1: a neuron is products and sums."""
    y = micrograd.Neuron(3, seed=1)(ONE)
    y.backward()
    return y


def neuron_2() -> Any:
    """Stage 2: its sum is one operation."""
    y = micrograd_plus.Neuron(3, seed=1)(ONE)
    y.backward()
    return y


def neuron_3() -> Any:
    """Stage 3: twenty examples at once, the weights in one array."""
    out = microgradx.Neuron(3, seed=1)(TWENTY)
    out.backward(np.ones(20), keep=True)
    return out


def neuron_4() -> Any:
    """Stage 4: a module, drawn as one box."""
    layer = vhgrad.Layer(3, 1, seed=1, dtype=np.float64)
    out = layer(vhgrad.TensorValue(TWENTY, "x"))
    out.backward(np.ones((20, 1)), keep=True)
    return vhgrad.folded(out, {"Layer(3, 1)": layer})


def network() -> Any:
    """Chapter 2: a network with every layer as one operation."""
    model = micrograd_plus.MLP(2, [4, 1], seed=1)
    inputs = [micrograd_plus.Value(1.0, "x1"), micrograd_plus.Value(0.0, "x2")]
    loss = micrograd_plus.mse([1.0], [model(inputs)])
    loss.backward()
    return micrograd_plus.folded(loss, model.layers)


def broadcast() -> Any:
    """Chapter 3: a bias that is stretched over a batch."""
    x = microgradx.TensorValue(np.ones((4, 2)), "x")
    w = microgradx.TensorValue([[1.0, 2.0]], "weight")
    b = microgradx.TensorValue([0.5], "bias")
    loss = (x @ w.T + b).mean()
    loss.backward(keep=True)
    return loss


def classifier() -> Any:
    """Chapter 4: a classifier on a batch of eight, every module as one operation."""
    vhgrad.manual_seed(0)
    model = vhgrad.Sequential(vhgrad.Linear(2, 16), vhgrad.ReLU(), vhgrad.Linear(16, 3))
    points = vhgrad.TensorValue(np.zeros((8, 2), np.float32), "points")
    loss = vhgrad.cross_entropy(np.zeros(8, int), model(points))
    loss.backward(keep=True)
    return vhgrad.folded(
        loss, {repr(part).split("(")[0] + f" {i}": part for i, part in enumerate(model)}
    )


PICTURES: dict[str, Callable[[], Any]] = {
    "product": product,
    "used-twice": used_twice,
    "neuron-1": neuron_1,
    "neuron-2": neuron_2,
    "neuron-3": neuron_3,
    "neuron-4": neuron_4,
    "network": network,
    "broadcast": broadcast,
    "classifier": classifier,
}


def fingerprint(name: str) -> str:
    """What a picture says of the drawing that it was made of."""
    text = micrograd.to_dot(PICTURES[name]())
    return f"<!-- drawn of {hashlib.sha256(text.encode()).hexdigest()} -->"


def main() -> None:
    """Draw all pictures anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, graph in PICTURES.items():
        svg = micrograd.draw_dot(graph()).pipe(format="svg", encoding="utf-8")
        svg = svg[svg.index("<svg") :]
        text = "\n".join(line for line in svg.splitlines() if not line.startswith("<!--"))
        path = FOLDER / f"{name}.svg"
        path.write_text(f"{fingerprint(name)}\n{text}\n", encoding="utf-8")
        print(path.name, len(text))


if __name__ == "__main__":
    main()
