"""One training step of the moons demo, in the environment that this process runs in.

`original.py` starts one of these with the original micrograd and one with ours: both have the
import name `micrograd`, so they cannot live in one process. Requests and answers are lines of JSON.
Needs Python and the one package only.
"""

from __future__ import annotations

import gc
import importlib
import json
import platform
import sys
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

NIN, NOUTS, RATE, ALPHA = 2, [16, 16, 1], 0.1, 1e-4


class Contestant:
    """A model, its data and a training step.

    How ours takes the step: "values" wraps the inputs as the original does, "numbers" leaves them
    plain, "compiled" compiles the loss of one example and the penalty.
    """

    def __init__(self, package: str, points: list[list[float]], labels: list[float]) -> None:
        self.original = package == "micrograd"
        self.value = importlib.import_module(f"{package}.engine").Value
        if self.original and not hasattr(self.value(0.0), "_prev"):
            sys.exit("the micrograd of this environment is not the original")
        nn = importlib.import_module(f"{package}.nn")
        self.model = nn.MLP(NIN, NOUTS) if self.original else nn.MLP(NIN, NOUTS, activation="relu")
        self.parameters = self.model.parameters()
        self.points, self.labels = points, labels
        self.how = "values"
        if not self.original:
            compile = importlib.import_module(package).compile
            share = 1.0 / len(points)
            self.example = compile(lambda x, y: (1 + -y * self.model(x)).relu() * share)
            self.penalty = compile(lambda: ALPHA * sum(p * p for p in self.parameters))

    def loss(self) -> Any:
        """Margin loss and L2, written as in the demo of the original."""
        rows: Any = self.points
        if self.original or self.how == "values":
            rows = [[self.value(x) for x in row] for row in rows]
        scores = [self.model(row) for row in rows]
        losses = [(1 + -y * score).relu() for y, score in zip(self.labels, scores)]
        data_loss = sum(losses) * (1.0 / len(losses))
        return data_loss + ALPHA * sum(p * p for p in self.parameters)

    def step(self) -> float:
        """Forward pass, backward pass, step of gradient descent."""
        if self.how == "compiled" and not self.original:
            self.model.zero_grad()
            examples = zip(self.points, self.labels)
            loss = sum(self.example.backward(x, y) for x, y in examples) + self.penalty.backward()
        else:
            root = self.loss()
            self.model.zero_grad()
            root.backward()
            loss = root.data
        for p in self.parameters:
            p.data -= RATE * p.grad
        return loss

    def inputs(self, node: Any) -> Iterator[Any]:
        """The nodes that a node was made from."""
        found = node._prev if self.original else node.inputs
        return (x for x in found if isinstance(x, self.value))

    def operations(self, root: Any) -> int:
        """How many nodes of a graph were computed."""
        seen, pending, count = {id(root)}, [root], 0
        while pending:
            node = pending.pop()
            count += bool(node._op if self.original else node.op)
            fresh = {id(x): x for x in self.inputs(node) if id(x) not in seen}
            seen.update(fresh)
            pending.extend(fresh.values())
        return count


def answer(contestant: Contestant, request: dict[str, Any]) -> Any:
    """Do what is asked for."""
    match request:
        case {"how": how}:
            contestant.how = how
        case {"weights": weights}:
            if weights is None:
                return [p.data for p in contestant.parameters]
            for p, weight in zip(contestant.parameters, weights, strict=True):
                p.data = weight
        case {"losses": steps}:
            return [contestant.step() for _ in range(steps)]
        case {"seconds": steps}:
            start = time.perf_counter()
            for _ in range(steps):
                contestant.step()
            return time.perf_counter() - start
        case {"memory": _}:
            gc.collect()
            tracemalloc.start()
            before = tracemalloc.get_traced_memory()[0]
            loss = contestant.loss()
            size = tracemalloc.get_traced_memory()[0] - before
            tracemalloc.stop()
            return {"bytes": size, "operations": contestant.operations(loss)}
    return None


def main() -> None:
    """Answer requests until there are no more; the first names the package and brings the data."""
    contestant = Contestant(**json.loads(sys.stdin.readline()))
    print(json.dumps({"python": platform.python_version()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(contestant, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
