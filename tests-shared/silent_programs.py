"""Random programs that change things between forward and backward: right gradients, or an error.

    python tests-shared/silent_programs.py [--count 10000] [--graphs 10000] [--compiled 600]
                                           [--write FOLDER]

Each program computes with a few arrays at stage 3 or 4 and, in between, does what users do by
mistake: assigns data, changes arrays in place, steps an optimizer, loads a state, switches modes,
touches gradients. A second computation beside it keeps a copy of every number at the moment of its
use, and knows each rule in NumPy. After backward(), either an error was raised, and no gradient was
touched, or every gradient is that of the copies. Then eight threads compute graphs at once, and
`compiled_programs` train with and without `compile`.
"""

from __future__ import annotations

import argparse
import collections
import datetime
import json
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import compiled_programs
import numpy as np
import thread_graphs

import microgradx
import vhgrad

__all__ = ["Outcome", "run"]

STAGES: dict[str, Any] = {"microgradx": microgradx.TensorValue, "vhgrad": vhgrad.Parameter}
N = 3  # all arrays are N x N, or rows of N


@dataclass(eq=False)
class Copy:
    """A number's copy at the moment of its use, and how a gradient goes back from it."""

    value: np.ndarray
    parents: list[tuple[Copy, Callable[[np.ndarray], np.ndarray]]] = field(default_factory=list)
    grad: Any = 0.0


def softmax(x: np.ndarray) -> np.ndarray:
    """Along the last axis."""
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """As the textbook has it; numbers are small here."""
    return 1 / (1 + np.exp(-x))


def to(shape: tuple[int, ...], g: np.ndarray) -> np.ndarray:
    """A gradient for what was broadcast from a row."""
    return g.sum(0) if len(shape) < g.ndim else g


# name: (on tensors, on arrays, the way back of each input), for inputs a, b, result y, gradient g
RULES: dict[str, tuple[Any, Any, tuple[Any, ...]]] = {
    "add": (lambda a, b: a + b, np.add, (lambda g, y, a, b: g, lambda g, y, a, b: g)),
    "sub": (lambda a, b: a - b, np.subtract, (lambda g, y, a, b: g, lambda g, y, a, b: -g)),
    "mul": (lambda a, b: a * b, np.multiply, (lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)),
    "div": (
        lambda a, b: a / (b * b + 1.0),
        lambda a, b: a / (b * b + 1),
        (lambda g, y, a, b: g / (b * b + 1), lambda g, y, a, b: -2 * g * a * b / (b * b + 1) ** 2),
    ),
    "matmul": (
        lambda a, b: a @ b,
        np.matmul,
        (
            lambda g, y, a, b: g @ b.T if b.ndim > 1 else np.outer(g, b),
            lambda g, y, a, b: a.T @ g,
        ),
    ),
    "tanh": (lambda a: a.tanh(), np.tanh, (lambda g, y, a: g * (1 - y * y),)),
    "sigmoid": (lambda a: a.sigmoid(), sigmoid, (lambda g, y, a: g * y * (1 - y),)),
    "softmax": (
        lambda a: a.softmax(axis=-1),
        softmax,
        (lambda g, y, a: y * (g - (g * y).sum(-1, keepdims=True)),),
    ),
    "relu": (lambda a: a.relu(), lambda a: np.maximum(a, 0), (lambda g, y, a: g * (a > 0),)),
    "square": (lambda a: a**2, np.square, (lambda g, y, a: 2 * g * a,)),
    "turned": (lambda a: a.T, np.transpose, (lambda g, y, a: g.T,)),
    "scaled": (lambda a: a * 0.5 - 0.1, lambda a: a * 0.5 - 0.1, (lambda g, y, a: 0.5 * g,)),
}


@dataclass
class Outcome:
    """What became of one program.

    Attributes:
        verdict: "right", "error" or "wrong".
        told: the error, or what is wrong.
        done: the changes that were made on the way.
    """

    verdict: str
    told: str
    done: list[str]


class Program:
    """One random program, as it runs."""

    def __init__(self, stage: str, seed: int) -> None:
        self.stage, self.rng = stage, np.random.default_rng(seed)
        self.sources = [self.rng.normal(size=shape) for shape in [(N, N), (N, N), (N,)]]
        self.leaves = [STAGES[stage](source) for source in self.sources]
        self.copies: dict[Any, list[Copy]] = {leaf: [] for leaf in self.leaves}
        self.known: list[tuple[Any, Copy]] = []
        self.dropout = vhgrad.Dropout(0.5, generator=seed)
        self.done: list[str] = []

    def pick(self) -> tuple[Any, Copy]:
        """A leaf as it is now, or something computed before."""
        if self.known and self.rng.random() < 0.6:
            tensor, copy = self.known[-1 - int(self.rng.integers(min(3, len(self.known))))]
            # a constant is nobody's result: its data may be replaced, and it is read as it is now
            return (tensor, copy) if copy.parents else (tensor, Copy(np.array(tensor.data)))
        leaf = self.leaves[self.rng.integers(len(self.leaves))]
        copy = Copy(np.array(leaf.data))
        self.copies[leaf].append(copy)
        return leaf, copy

    def compute(self) -> None:
        """One operation, on both sides; sometimes under no_grad, which makes a constant."""
        name = list(RULES)[self.rng.integers(len(RULES))]
        tensors, arrays, ways = RULES[name]
        inputs = [self.pick() for _ in ways]
        a = inputs[0][1].value
        if (name == "matmul" and a.ndim < 2) or (name == "turned" and a.ndim < 2):
            return
        values = [copy.value for _, copy in inputs]
        y = arrays(*values)
        if not np.abs(y).max() < 50:
            return
        if self.rng.random() < 0.1:
            with microgradx.no_grad():
                self.known.append((tensors(*[t for t, _ in inputs]), Copy(y)))
            self.done.append("no_grad")
            return
        parents = [
            (copy, lambda g, way=way, shape=copy.value.shape: to(shape, way(g, y, *values)))
            for way, (_, copy) in zip(ways, inputs, strict=True)
        ]
        self.known.append((tensors(*[t for t, _ in inputs]), Copy(y, parents)))

    def drop(self) -> None:
        """Dropout in whatever mode; its mask is read from the result."""
        if not self.known or not self.known[-1][1].parents:
            return
        tensor, copy = self.known[-1]
        if (np.abs(copy.value) < 1e-9).any():  # nothing to read a mask from
            return
        self.dropout.train(bool(self.rng.random() < 0.5))
        out = self.dropout(tensor)
        mask = np.array(out.data) / copy.value
        self.known.append((out, Copy(np.array(out.data), [(copy, lambda g: g * mask)])))
        self.dropout.train(bool(self.rng.random() < 0.5))

    def change(self) -> None:
        """Something that a user does between forward and backward; what is refused is not done."""
        k = int(self.rng.integers(len(self.leaves)))
        leaf, fresh = self.leaves[k], self.rng.normal(size=self.sources[k].shape)
        changes: dict[str, Callable[[], object]] = {
            "assign": lambda: setattr(leaf, "data", fresh),
            "assign, then change what was assigned": lambda: self.assign_and_change(leaf, fresh),
            "in place": lambda: np.multiply(leaf.data, 2.0, out=leaf.data),
            "through a view": lambda: leaf.data.reshape(-1).__setitem__(0, 7.0),
            "the user's array": lambda: np.copyto(self.sources[k], fresh),
            "an interior result": lambda: np.add(
                self.known[-1][0].data, 1, out=self.known[-1][0].data
            ),
            "assign to a result": lambda: setattr(self.known[-1][0], "data", np.ones((N, N))),
            "optimizer": lambda: self.step(leaf, fresh),
            "load": lambda: self.load(),
            "gradient": lambda: setattr(leaf, "grad", np.array(fresh)),
            "gradient in place": lambda: np.add(leaf.grad, 1.0, out=leaf.grad),
            "zero_grad": lambda: setattr(leaf, "grad", None),
        }
        name = list(changes)[self.rng.integers(len(changes))]
        try:
            changes[name]()
        except (ValueError, TypeError, RuntimeError, IndexError) as error:
            name += f" (refused: {type(error).__name__})"
        self.done.append(name)

    def assign_and_change(self, leaf: Any, fresh: np.ndarray) -> None:
        """The array belongs to its maker, who goes on with it."""
        leaf.data = fresh
        fresh *= -3

    def step(self, leaf: Any, gradient: np.ndarray) -> None:
        """A step of an optimizer, which moves data in place where it may."""
        before, leaf.grad = leaf.grad, np.array(gradient)
        kinds = [microgradx.SGD, microgradx.Adam, vhgrad.RMSprop]
        kinds[self.rng.integers(len(kinds))]([leaf], lr=0.1).step()
        leaf.grad = before

    def load(self) -> None:
        """A module takes other weights; only stage 4's leaves can be in one."""
        if self.stage != "vhgrad":
            return
        model = vhgrad.Module()
        model.first, model.second = self.leaves[:2]
        model.load_state_dict({"first": np.eye(N), "second": np.full((N, N), 0.3)})


def run(stage: str, seed: int) -> Outcome:
    """Make a program, run it to its end and compare."""
    program = Program(stage, seed)
    rng = program.rng
    for _ in range(int(rng.integers(3, 15))):
        [program.compute, program.compute, program.drop, program.change][rng.integers(4)]()
    if not program.known:
        program.compute()
    if not program.known:
        return Outcome("right", "nothing computed", program.done)
    tensor, copy = program.known[-1]
    if copy.parents == []:
        return Outcome("right", "a constant", program.done)
    upstream = rng.normal(size=copy.value.shape)
    if not np.allclose(tensor.data, copy.value, rtol=1e-9, atol=1e-12):
        return Outcome("wrong", f"forward: {tensor.data} is not {copy.value}", program.done)
    loss = (tensor * upstream).sum()
    if rng.random() < 0.5:
        program.change()
    before = [None if leaf.grad is None else np.array(leaf.grad) for leaf in program.leaves]
    try:
        loss.backward()
    except (ValueError, TypeError, RuntimeError) as error:
        after = [leaf.grad for leaf in program.leaves]
        same = all(
            (a is None) == (b is None) and (a is None or np.array_equal(a, b))
            for a, b in zip(before, after, strict=True)
        )
        verdict = "error" if same else "wrong"
        return Outcome(verdict, f"{type(error).__name__}: {error}", program.done)
    back(copy, upstream)
    for leaf, old in zip(program.leaves, before, strict=True):
        expected = sum((c.grad for c in program.copies[leaf]), np.zeros(leaf.shape))
        expected = expected if old is None else expected + old
        actual = np.zeros(leaf.shape) if leaf.grad is None else np.asarray(leaf.grad)
        scale = 1 + np.abs(expected).max()
        if not np.abs(actual - expected).max() <= 1e-9 * scale:
            return Outcome("wrong", f"{actual} is not {expected}", program.done)
    return Outcome("right", "", program.done)


def back(last: Copy, gradient: np.ndarray) -> None:
    """Gradients of all copies, the last ones first: a copy is made after what it is made of."""
    order: list[Copy] = []
    seen: set[int] = set()

    def visit(copy: Copy) -> None:
        if id(copy) not in seen:
            seen.add(id(copy))
            for parent, _ in copy.parents:
                visit(parent)
            order.append(copy)

    visit(last)
    last.grad = gradient
    for copy in reversed(order):
        for parent, way in copy.parents:
            parent.grad = parent.grad + way(copy.grad)


def programs(count: int, seed: int) -> list[dict[str, Any]]:
    """A row for each stage: what became of so many programs; those that are wrong are printed."""
    rows = []
    for stage in STAGES:
        outcomes = {k: run(stage, k) for k in range(seed, seed + count)}
        found = collections.Counter(outcome.verdict for outcome in outcomes.values())
        changes = sum(len(outcome.done) for outcome in outcomes.values())
        row = {"stage": stage, "programs": count, "changes": changes}
        rows.append(row | {verdict: found[verdict] for verdict in ("right", "error", "wrong")})
        print(", ".join(f"{name}: {value}" for name, value in rows[-1].items()), flush=True)
        for k, outcome in outcomes.items():
            if outcome.verdict == "wrong":
                print(f"  run({stage!r}, {k}): {outcome.told}; {outcome.done}")
    return rows


def threads(graphs: int) -> list[dict[str, Any]]:
    """A row for each kind of graph: whether eight threads give what one gives."""
    rows = []
    for name, graph in thread_graphs.KINDS.items():
        wrong = thread_graphs.differing(graph, graphs)
        rows.append({"graphs": name, "each": graphs, "threads": thread_graphs.THREADS})
        rows[-1] |= {"equal": graphs * thread_graphs.THREADS - wrong, "wrong": wrong}
        print(", ".join(f"{name}: {value}" for name, value in rows[-1].items()), flush=True)
    return rows


def fragment(found: dict[str, Any]) -> str:
    """The tables for the documentation."""
    lines = ["| stage | programs | changes on the way | right gradients | an error | wrong |"]
    lines += ["|---|--:|--:|--:|--:|--:|"]
    for row in found["programs"]:
        cells = " | ".join(f"{value:,}" for value in list(row.values())[1:])
        lines.append(f"| {row['stage']} | {cells} |")
    lines += [
        "",
        "| what eight threads compute | graphs each | equal to one thread's | different |",
    ]
    lines += ["|---|--:|--:|--:|"]
    for row in found["threads"]:
        lines.append(f"| {row['graphs']} | {row['each']:,} | {row['equal']:,} | {row['wrong']} |")
    lines += [
        "",
        "| training programs, compiled and not | steps | changes between steps "
        "| equal to the last bit | refused | different |",
        "|--:|--:|--:|--:|--:|--:|",
        f"| {' | '.join(f'{value:,}' for value in found['compiled'].values())} |",
    ]
    where = f"Python {found['python']}, NumPy {found['numpy']}, {found['machine']}"
    lines += ["", f"Made on {found['date']} at commit `{found['commit']}` with {where}."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run many, count what became of them, print what is wrong, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=10_000, help="programs for each stage")
    parser.add_argument("--graphs", type=int, default=10_000, help="of each of eight threads")
    parser.add_argument("--compiled", type=int, default=600, help="programs that train")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="for silent.json and .md")
    options = parser.parse_args()
    git = ["git", "rev-parse", "--short", "HEAD"]
    found = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "commit": subprocess.run(git, capture_output=True, text=True).stdout.strip(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": f"{platform.system()} {platform.machine()}",
        "programs": programs(options.count, options.seed),
        "threads": threads(options.graphs),
        "compiled": compiled_programs.programs(options.compiled, options.seed),
    }
    if options.write is not None:
        text = json.dumps(found, indent=1) + "\n"
        (options.write / "silent.json").write_text(text, encoding="utf-8")
        (options.write / "silent.md").write_text(fragment(found), encoding="utf-8")
    wrong = sum(row["wrong"] for row in [*found["programs"], *found["threads"]])
    sys.exit(bool(wrong + found["compiled"]["different"]))


if __name__ == "__main__":
    main()
