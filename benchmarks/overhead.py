"""What does a node of the graph cost beside the NumPy call that it remembers?

The ten commonest operations on arrays so small, 8 by 8, that arithmetic takes next to no time.
Forward: the operation on tensors against NumPy's own call on arrays. Both ways: what one more such
operation adds to a graph that is made and walked back. All take turns, and the least time of all
rounds counts: what makes a call slower than that is the machine.

    python benchmarks/overhead.py
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import timing

SIZE, CHAIN = 8, 20

# On tensors and, where NumPy writes it the same way, on arrays. Adding a sum to a chain broadcasts
# it, which has to be undone on the way back: that is why its row is the dearest.
TENSOR: dict[str, Callable[[Any, Any], Any]] = {
    "a @ b": lambda a, b: a @ b,
    "a + b": lambda a, b: a + b,
    "a - b": lambda a, b: a - b,
    "a * b": lambda a, b: a * b,
    "a / b": lambda a, b: a / b,
    "relu": lambda a, b: a.relu(),
    "tanh": lambda a, b: a.tanh(),
    "exp": lambda a, b: a.exp(),
    "a.T": lambda a, b: a.T,
    "sum": lambda a, b: a.sum(axis=0, keepdims=True),
}


def numpy_calls() -> dict[str, Callable[[Any, Any], Any]]:
    """The same ten as a NumPy user writes them."""
    import numpy as np

    return {
        **TENSOR,
        "relu": lambda a, b: np.maximum(a, 0.0),
        "tanh": lambda a, b: np.tanh(a),
        "exp": lambda a, b: np.exp(a),
    }


def chain(operation: Callable[[Any, Any], Any], a: Any, b: Any, length: int) -> Callable[[], None]:
    """`length` times the operation on the same inputs, added up, and the way back."""
    import numpy as np

    gradient = np.ones((SIZE, SIZE))

    def work() -> None:
        total = a + b
        for _ in range(length):
            total = total + operation(a, b)
        total.backward(gradient)
        a.grad = b.grad = None

    return work


def contestants(name: str) -> list[Callable[[], object]]:
    """NumPy's call, the operation on tensors, a chain with the operation and one without."""
    import numpy as np

    from microgradx import TensorValue

    x, y = np.random.default_rng(0).uniform(0.5, 1.5, (2, SIZE, SIZE))
    a, b = TensorValue(x), TensorValue(y)
    on_tensors, on_arrays = TENSOR[name], numpy_calls()[name]
    return [
        lambda: on_arrays(x, y),
        lambda: on_tensors(a, b),
        chain(on_tensors, a, b, CHAIN),
        chain(lambda a, b: b, a, b, CHAIN),
    ]


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Nanoseconds of every operation: NumPy's, forward, the difference, and both ways."""
    runs = [timing.stopwatch(work) for name in TENSOR for work in contestants(name)]
    calls = [timing.calibrated(run, 0.005) for run in runs]
    least = [
        min(times)
        for times in zip(*([run(n) / n for run, n in zip(runs, calls)] for _ in range(rounds)))
    ]
    results = {}
    for k, name in enumerate(TENSOR):
        plain, forward, long, short = (1e9 * seconds for seconds in least[4 * k : 4 * k + 4])
        both = (long - short) / CHAIN
        overhead = forward - plain
        results[name] = {
            "numpy": plain,
            "forward": forward,
            "overhead": overhead,
            "both_ways": both,
        }
    return results


def main() -> None:
    """Measure, print the table, write the record."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--out", type=Path, default=timing.RESULTS / "overhead.json")
    options = parser.parse_args()
    with timing.one_thread() as threads:
        machine = timing.machine(threads)
        results = measure(options.rounds)
    rows = [[name, *[f"{ns:.0f}" for ns in found.values()]] for name, found in results.items()]
    header = [f"ns, {SIZE} by {SIZE}", "NumPy", "forward", "overhead", "forward and backward"]
    print(timing.table(header, rows))
    print(*(f"{name}: {value}" for name, value in machine.items()), sep="; ")
    record = {"machine": machine, "shape": [SIZE, SIZE], "unit": "ns"}
    timing.write_json(options.out, {**record, "results": timing.rounded(results)})


if __name__ == "__main__":
    main()
