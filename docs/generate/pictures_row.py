"""Draws the neuron of every stage, small, without numbers: `python docs/generate/pictures_row.py`.

Four examples go through a neuron of three inputs, the same at every stage; or through the network
of the XOR examples. What is drawn is the graph that the stage makes: a value is a box, an operation
a circle. Needs the program `dot`.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import micrograd
import micrograd_plus
import microgradx
import vhgrad

FOLDER = Path(__file__).resolve().parents[1] / "images" / "row"
FOUR = [[1.0, -2.0, 0.5], [0.0, 1.0, 1.0], [2.0, 0.5, -1.0], [-1.0, 0.0, 0.5]]
XS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
YS = [-1.0, 1.0, 1.0, -1.0]
LOOK = """
  graph [rankdir=LR nodesep=0.09 ranksep=0.22 bgcolor=transparent]
  node [label="" color="#010101" penwidth=0.9]
  edge [color="#010101" arrowhead=none penwidth=0.6]"""
BOX = "shape=box width=0.2 height=0.13"
CIRCLE = 'shape=circle width=0.13 style=filled fillcolor="#020202"'


def stage_1() -> list[Any]:
    """Every product and every sum, for each example."""
    neuron = micrograd.Neuron(3, seed=1)
    return [neuron(x) for x in FOUR]


def stage_2() -> list[Any]:
    """One weighted sum and one bend, for each example."""
    neuron = micrograd_plus.Neuron(3, seed=1)
    return [neuron(x) for x in FOUR]


def stage_3() -> list[Any]:
    """All examples at once: two operations, and one that takes away an axis."""
    return [microgradx.Neuron(3, seed=1)(microgradx.TensorValue(FOUR))]


def stage_4() -> list[Any]:
    """A layer is one box, with its parameters inside."""
    layer = vhgrad.Layer(3, 1, seed=1)
    return [vhgrad.folded(layer(vhgrad.TensorValue(FOUR)), {"Layer": layer})]


def xor(package: Any, predict: Callable[[Any], Any]) -> Any:
    """The loss of a network of 2, 4 and 1 on the four rows of XOR, and the network."""
    model = package.MLP(2, [4, 1], seed=1)
    return package.mse(YS, predict(model)), model


def xor_1() -> list[Any]:
    """The loss as `examples/xor_micrograd.py` writes it."""
    model = micrograd.MLP(2, [4, 1], seed=1)
    errors = [model(x) + -1.0 * y for x, y in zip(XS, YS)]
    loss: Any = 0.0
    for error in errors:
        loss = loss + 0.25 * error * error
    return [loss]


def xor_2() -> list[Any]:
    """A sum and a bend for each neuron and row."""
    return [xor(micrograd_plus, lambda model: [model(x) for x in XS])[0]]


def xor_3() -> list[Any]:
    """All rows at once."""
    return [xor(microgradx, lambda model: model(XS))[0]]


def xor_4() -> list[Any]:
    """Every layer one operation."""
    loss, model = xor(vhgrad, lambda model: model(vhgrad.TensorValue(XS)))
    return [vhgrad.folded(loss, {f"Layer {i}": part for i, part in enumerate(model.layers)})]


PICTURES: dict[str, Callable[[], list[Any]]] = {
    "micrograd": stage_1,
    "micrograd-plus": stage_2,
    "microgradx": stage_3,
    "vhgrad": stage_4,
    "xor-micrograd": xor_1,
    "xor-micrograd-plus": xor_2,
    "xor-microgradx": xor_3,
    "xor-vhgrad": xor_4,
}


def dot(roots: list[Any]) -> tuple[str, int]:
    """The graph of some results in DOT, and how many values and operations it has."""
    names: dict[Any, str] = {}
    lines = []
    for root in roots:
        for node in micrograd.topological_order(root):
            if node in names:
                continue
            name = names[node] = f"n{len(names)}"
            lines.append(f"{name} [{BOX}]")
            if node.op is not None:
                lines += [f"{name}o [{CIRCLE}]", f"{name}o -> {name}"]
                inputs = [names[x] for x in node.inputs if isinstance(x, micrograd.Node)]
                lines += [f"{source} -> {name}o" for source in inputs]
    parts = sum("[" in line for line in lines)
    return "\n  ".join(["digraph {" + LOOK, *lines]) + "\n}\n", parts


def heading(name: str) -> str:
    """What a picture says of the drawing that it was made of, and of its size."""
    text, parts = dot(PICTURES[name]())
    return f"<!-- {parts} parts, drawn of {hashlib.sha256(text.encode()).hexdigest()} -->"


def main() -> None:
    """Draw all of them anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, roots in PICTURES.items():
        text, parts = dot(roots())
        done = subprocess.run(
            ["dot", "-Tsvg"], input=text, capture_output=True, text=True, check=True
        )
        svg = done.stdout[done.stdout.index("<svg") :]
        svg = re.sub(
            r"<title>.*?</title>\n|<!--.*?-->\n| (?:id|class)=\"[^\"]*\"", "", svg, flags=re.DOTALL
        )
        width, height = (
            0.9 * float(n) for n in re.search(r'width="(\d+)pt" height="(\d+)pt"', svg).groups()
        )
        svg = re.sub(
            r'width="\d+pt" height="\d+pt"', f'width="{width:.0f}" height="{height:.0f}"', svg
        )
        svg = svg.replace("#010101", "currentColor").replace("#020202", "var(--node)")
        (FOLDER / f"{name}.svg").write_text(f"{heading(name)}\n{svg}", encoding="utf-8")
        print(name, parts, len(svg))


if __name__ == "__main__":
    main()
