"""What a training step is made of, and what each of our shortcuts buys.

    python benchmarks/anatomy.py [--short]

First the machine's limits: how fast it multiplies matrices, how fast it moves memory, and what a
call costs that does nothing. Then the parts of a step, each timed by itself at the shapes that it
has in the step. Last the step without one shortcut at a time, in turn with the step as it is.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import timing
from handwritten import Handwritten

from microgradx import MLP, Adam, cross_entropy
from microgradx.compiling import compile
from microgradx.nn import Layer

STEPS = {
    "S": (2, [16, 16, 2], 100),
    "M": (784, [128, 10], 64),
    "L": (784, [1024, 1024, 10], 256),
}
DOCS = Path(__file__).resolve().parents[1] / "docs" / "results"


class PlainAdam(Adam):
    """Adam's formula parameter by parameter, as it is written: its own `update` is not known."""

    def update(self, data: Any, g: Any, state: Any, group: Any) -> Any:
        """The same."""
        return super().update(data, g, state, group)


class ThreeOperations(Layer):
    """A layer that turns the weight around, multiplies, and adds: three nodes instead of one."""

    def __call__(self, x: Any) -> Any:
        """The same sums."""
        return self.activation(x @ self.weight.transpose() + self.bias)


class Unfused(MLP):
    """The network made of such layers."""

    layer = ThreeOperations


def operation_by_operation(labels: Any, logits: Any) -> Any:
    """The cross-entropy as it is taught: log-softmax, the shares of all classes, a mean."""
    shares = (labels[:, None] == np.arange(logits.shape[1])).astype(logits.dtype)
    return -(logits.log_softmax() * shares).sum() / len(labels)


def step_of(
    network: tuple[int, list[int], int],
    mlp: type[MLP] = MLP,
    adam: type[Adam] = Adam,
    loss_of: Callable[[Any, Any], Any] = cross_entropy,
    repeated: bool = False,
) -> Callable[[], float]:
    """A training step of the yardstick, with other parts in place of ours."""
    nin, nouts, batch = network
    rng = np.random.default_rng(0)
    x = rng.standard_normal((batch, nin)).astype(np.float32)
    y = rng.integers(0, nouts[-1], batch)
    model = mlp(nin, nouts, seed=1, dtype=np.float32)
    optimizer = adam(model.parameters(), lr=1e-3)

    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = loss_of(y, model(x))
        loss.backward()
        optimizer.step()
        return loss

    do = compile(step) if repeated else step
    for _ in range(5):  # some of them are recorded
        do(x, y)
    return lambda: float(do(x, y).item())


SHORTCUTS: dict[str, dict[str, Any]] = {  # the name of each, and the step without it
    "a layer is one operation": {"mlp": Unfused},
    "a loss of labels is one operation": {"loss_of": operation_by_operation},
    "Adam moves all small parameters at once, large ones in blocks": {"adam": PlainAdam},
}


def fastest(work: Callable[[], object], budget: float) -> float:
    """Seconds of a call: the median of the fastest tenth, where nobody else was at work."""
    work()
    calls = timing.calibrated(timing.stopwatch(work), min(budget / 50, 0.01))
    times = []
    end = time.perf_counter() + budget
    while time.perf_counter() < end or len(times) < 10:
        times.append(timing.stopwatch(work)(calls) / calls)
    return statistics.median(sorted(times)[: max(1, len(times) // 10)])


def limits(budget: float) -> dict[str, float]:
    """What the machine can do at most."""
    n = 1024
    a, out = np.ones((n, n), np.float32), np.empty((n, n), np.float32)
    big, other = np.ones(2**24, np.float32), np.empty(2**24, np.float32)
    small = np.ones(1, np.float32)
    return {
        "matrix products, billion multiplications and additions per second": 2
        * n**3
        / fastest(lambda: np.matmul(a, a, out), budget)
        / 1e9,
        "memory, billion bytes read and written per second": 2
        * big.nbytes
        / fastest(lambda: np.copyto(other, big), budget)
        / 1e9,
        "a call of NumPy on one number, ns": 1e9
        * fastest(lambda: np.multiply(small, small, small), budget),
        "a call of a Python function, ns": 1e9 * fastest(lambda: None, budget),
    }


def parts(network: tuple[int, list[int], int], budget: float) -> dict[str, float]:
    """Seconds of each part of a step."""
    nin, nouts, batch = network
    sizes = [nin, *nouts]
    rng = np.random.default_rng(0)
    arrays = [
        (rng.standard_normal((batch, a)).astype(np.float32), np.ones((b, a), np.float32))
        for a, b in pairwise(sizes)
    ]
    outs = [np.ones((batch, n), np.float32) for n in nouts]
    deltas = [np.ones_like(out) for out in outs]
    grads = [np.empty_like(w) for _, w in arrays]
    back = [np.empty_like(x) for x, _ in arrays]

    def products() -> None:
        for k, ((x, w), out, delta, grad) in enumerate(zip(arrays, outs, deltas, grads)):
            np.matmul(x, w.T, out)
            np.matmul(delta.T, x, grad)
            if k:
                np.matmul(delta, w, back[k])

    by_hand = Handwritten(
        [p.data for p in MLP(nin, nouts, seed=1, dtype=np.float32).parameters()], batch
    )
    x, y = arrays[0][0], rng.integers(0, nouts[-1], batch)
    whole = fastest(lambda: by_hand.step(x, y), budget)
    multiplied = fastest(products, budget)
    adam = fastest(by_hand.adam, budget)
    eager = fastest(step_of(network), budget)
    repeated = fastest(step_of(network, repeated=True), budget)
    return {
        "matrix products": multiplied,
        "Adam": adam,
        "all else that is computed": max(whole - multiplied - adam, 0.0),
        "NumPy by hand": whole,
        "vhgrad, compiled": repeated,
        "the engine: nodes, checks, fresh memory": eager - whole,
        "vhgrad": eager,
    }


def work_of(network: tuple[int, list[int], int]) -> tuple[int, int]:
    """Multiplications and additions of all products, and bytes that Adam has to move."""
    nin, nouts, batch = network
    sizes = [nin, *nouts]
    pairs = list(pairwise(sizes))
    flops = sum(2 * batch * a * b * (3 if k else 2) for k, (a, b) in enumerate(pairs))
    count = sum((a + 1) * b for a, b in pairs)
    return flops, count * 4 * 7  # reads weight, gradient and two means; writes three of them


def shortcuts(network: tuple[int, list[int], int], rounds: int) -> dict[str, timing.Timing]:
    """How much slower the step is without each shortcut; and how much faster if it is repeated."""
    ours = step_of(network)
    found = {}
    for name, other in SHORTCUTS.items():
        without = step_of(network, **other)
        timing.same([step_of(network)()], [step_of(network, **other)()], 1e-4)
        found[name] = timing.compare(
            timing.stopwatch(without), timing.stopwatch(ours), rounds=rounds, budget=0.05
        )
    found["the step is recorded and repeated (compile)"] = timing.compare(
        timing.stopwatch(ours),
        timing.stopwatch(step_of(network, repeated=True)),
        rounds=rounds,
        budget=0.05,
    )
    return found


def microseconds(seconds: float) -> str:
    """As a person reads it."""
    return f"{1e6 * seconds:,.0f}"


def main() -> None:
    """Measure, print, record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="fewer rounds, nothing recorded")
    options = parser.parse_args()
    budget, rounds = (0.2, 5) if options.short else (1.0, 31)
    with timing.one_thread() as threads:
        where = timing.machine(threads)
        can = limits(budget)
        found = {name: parts(network, budget) for name, network in STEPS.items()}
        bought = {name: shortcuts(network, rounds) for name, network in STEPS.items()}
    rate, bandwidth = list(can.values())[:2]
    print(timing.table(["limit", "measured"], [[k, f"{v:,.1f}"] for k, v in can.items()]), "\n")

    header = ["part of a step, µs", *STEPS]
    rows = [[part, *(microseconds(found[n][part]) for n in STEPS)] for part in found["S"]]
    flops = [work_of(STEPS[n]) for n in STEPS]
    least = ["products at the measured rate", *(microseconds(f / rate / 1e9) for f, _ in flops)]
    moved = [
        "Adam's numbers through memory",
        *(microseconds(b / bandwidth / 1e9) for _, b in flops),
    ]
    rows += [least, moved]
    print(timing.table(header, rows), "\n")

    wins = ["what it buys", *(f"{name}, times faster" for name in STEPS)]
    gains = [[what, *(str(bought[name][what].faster) for name in STEPS)] for what in bought["S"]]
    gains.append(
        ["noise (A/A)", *(str(bought[n]["a layer is one operation"].noise) for n in STEPS)]
    )
    print(timing.table(wins, gains))
    if not options.short:
        record = {
            "machine": where,
            "limits": can,
            "parts_seconds": found,
            "shortcuts": {
                name: {what: t.record() for what, t in some.items()}
                for name, some in bought.items()
            },
        }
        timing.write_json(timing.RESULTS / "anatomy.json", timing.rounded(record))
        timing.write_markdown(
            DOCS / "limits.md",
            ["limit", "measured"],
            [[k, f"{v:,.0f}"] for k, v in can.items()],
            where,
        )
        timing.write_markdown(DOCS / "anatomy.md", header, rows, where)
        timing.write_markdown(DOCS / "shortcuts.md", wins, gains, where)


if __name__ == "__main__":
    main()
