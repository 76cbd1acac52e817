"""What does it cost that nothing can change under a graph unseen?

The same training steps with and without the care: read-only arrays, copies of what comes in, stamps
and the check before the walk back. Both are asked in turn, in one process.

    python benchmarks/frozen.py
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import timing

from microgradx import MLP, Adam, TensorValue, cross_entropy, tensor

STEPS = {
    "2-16-16-2, batch 100": (2, [16, 16, 2], 100),
    "784-128-10, batch 64": (784, [128, 10], 64),
}


def result(cls: Any, data: Any, op: Any = None, inputs: tuple[Any, ...] = ()) -> Any:
    """`TensorValue.result` without freezing."""
    node = object.__new__(cls)
    if type(data) is not np.ndarray:
        data = np.asarray(data)
    tensor.set_data(node, data)
    node.stamp, node.grad, node.label = 0, None, ""
    node.op, node.inputs = op, inputs
    return node


@contextmanager
def careless() -> Iterator[None]:
    """Leave out everything that guards the arrays of a graph."""
    kept = TensorValue.__dict__["result"], tensor.frozen, tensor.check
    TensorValue.result = classmethod(result)
    tensor.frozen = lambda array, dtype=None: (
        array if dtype is None else array.astype(dtype, copy=False)
    )
    tensor.check = lambda order: None
    try:
        yield
    finally:
        TensorValue.result, tensor.frozen, tensor.check = kept


def step(nin: int, nouts: list[int], batch: int) -> Callable[[], None]:
    """One training step in float32."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(batch, nin)).astype(np.float32), rng.integers(nouts[-1], size=batch)
    model = MLP(nin, nouts, activation="relu", seed=1, dtype=np.float32)
    optimizer = Adam(model.parameters())

    def train() -> None:
        loss = cross_entropy(y, model(X))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return train


def seconds(train: Callable[[], None], calls: int) -> float:
    """A contestant for `timing.compare`."""
    start = time.perf_counter()
    for _ in range(calls):
        train()
    return time.perf_counter() - start


def main() -> None:
    """Measure, print the table, write the record."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=timing.RESULTS / "frozen.json")
    options = parser.parse_args()

    rows, results = [], {}
    with timing.one_thread() as threads:
        for name, sizes in STEPS.items():
            careful, bare = step(*sizes), step(*sizes)

            def guarded(calls: int, train: Callable[[], None] = careful) -> float:
                return seconds(train, calls)

            def unguarded(calls: int, train: Callable[[], None] = bare) -> float:
                with careless():
                    return seconds(train, calls)

            found = timing.compare(guarded, unguarded, rounds=41, budget=0.1)
            rows.append([name, *found.row()])
            results[name] = found.record()
    print(timing.table(["care against carelessness", *timing.Timing.header], rows))
    timing.write_json(options.out, {"machine": timing.machine(threads), "results": results})


if __name__ == "__main__":
    main()
