"""How good are the tests of stages 1 and 2? Plant one mistake at a time and see whether one fails.

    python tests-shared/mutants.py             all mistakes, some minutes
    python tests-shared/mutants.py graph.py    those in one file
    python tests-shared/mutants.py --list      only say what they are

Sources are copied and changed in the copy. Every rule `(g, out, ...)` gets four mistakes by itself:
the wrong sign, 1 % too much, nothing at all, and the gradient that arrives instead of the one that
leaves. The others are listed here. A mistake that fits nowhere any more is reported as stale.
"""

from __future__ import annotations

import argparse
import ast
import collections
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
STAGES = {"micrograd": "micrograd", "micrograd-plus": "micrograd_plus"}
# what takes long, and what only looks at pictures
SLOW = ["test_depth.py", "test_draw.py", "test_fold.py", "test_explain.py"]
SHARED = ["test_numpy_scalars.py", "test_scalar_edges_golden.py", "test_sgd_golden.py"]
RULES = ["micrograd/ops.py", "micrograd_plus/ops.py", "micrograd_plus/losses.py"]
SECONDS = 120  # a mistake may make the tests run for ever

# file, then what it says -> what it should not say
LISTED = """
micrograd/graph.py
    self.grad += g
->
    self.grad = g
---
    self.grad += g
->
    self.grad = self.grad + g * 1.01
---
            stack += (node, None)
->
            order.insert(0, node)
---
        elif node not in seen:
->
        else:
---
            for x in node.inputs:
->
            for x in node.inputs[:1]:
---
    for node in reversed(order):
->
    for node in order:
---
    for node in order:
        if node.op is not None:
            node.grad = node.initial_grad
->
    pass
---
    for node in order:
        if node.op is not None:
            node.grad
->
    for node in order:
        if True:
            node.grad
---
    for node in order:
        if node.op is not None:
            node.grad
->
    for node in order[:-1]:
        if node.op is not None:
            node.grad
---
    for node in order:
        if node.op is not None:
            node.grad
->
    for node in order[-1:]:
        if node.op is not None:
            node.grad
---
    order[-1].accumulate(gradient)
->
    order[-1].accumulate(1.0)
---
    order[-1].accumulate(gradient)
->
    order[-1].grad = gradient
---
            if rule is not None and isinstance(x, Node):
                x.accumulate(self.apply(rule, (node.grad, node.data, *raw)))
->
            if rule is not None and isinstance(x, Node):
                x.accumulate(self.apply(rule, (1.0, node.data, *raw)))
---
                x.accumulate(self.apply(rule, (node.grad, node.data, *raw)))
->
                x.grad = self.apply(rule, (node.grad, node.data, *raw))
---
zip(node.inputs, self.backward, strict=True)
->
zip(node.inputs, self.backward[::-1], strict=True)
---
            if rule is not None and isinstance(x, Node):
->
            if isinstance(x, Node):
---
        inputs = tuple(x if isinstance(x, Node) else cls.constant(x) for x in inputs)
->
        inputs = tuple(inputs)
---
        node.data, node.grad, node.label = data, cls.initial_grad, ""
->
        node.data, node.grad, node.label = data, 1.0, ""
---
        node.op, node.inputs = op, inputs
->
        node.op, node.inputs = op, inputs[::-1]
---
max(classes, key=lambda cls: len(cls.__mro__))
->
classes[0]
---
max(classes, key=lambda cls: len(cls.__mro__))
->
min(classes, key=lambda cls: len(cls.__mro__))
---
    if not all(issubclass(latest, cls) and latest.holds == cls.holds for cls in classes):
->
    if not all(issubclass(latest, cls) for cls in classes):
---
    if not all(issubclass(latest, cls) and latest.holds == cls.holds for cls in classes):
->
    if not all(latest.holds == cls.holds for cls in classes):
---
        if node.op is not None and node.grad is not None:
            node.op.push(node)
->
        if node.op is not None and node.grad is not None and len(node.inputs) > 1:
            node.op.push(node)
===
micrograd/value.py
        return self.ops.add(other, self)
->
        return self.ops.add(self, self)
---
        return self.ops.mul(other, self)
->
        return self.ops.add(other, self)
---
            return float(x)
->
            return x
---
        if not isinstance(x, numbers.Real):
->
        if isinstance(x, str):
---
        backward(topological_order(self), 1.0)
->
        backward(topological_order(self), self.data)
---
    __array_ufunc__ = None  #
->
    array_ufunc = None  #
===
micrograd/ops.py
    lambda g, out, x: g * (1 - out * out),
->
    lambda g, out, x: g * (1 - out),
---
    lambda g, out, x: g * (1 - out * out),
->
    lambda g, out, x: g * (1 - x * x),
---
    lambda g, out, a, b: g * b,
->
    lambda g, out, a, b: g * a,
===
micrograd/nn.py
1 / whole(nin, "nin") ** 0.5
->
1 / whole(nin, "nin")
---
        if len(x) != len(self.weights):
->
        if False:
---
zip(self.weights, x)), self.bias)
->
zip(self.weights, x)))
---
whole(seed, "seed", least=0)
->
whole(seed, "seed", least=-1)
---
outputs[0] if len(outputs) == 1 else outputs
->
outputs
===
micrograd/module.py
    if isinstance(whole, Node) and whole.op is None:
->
    if isinstance(whole, Node):
---
    if id(whole) in seen:
->
    if False:
===
micrograd_plus/copying.py
                twin.inputs = tuple(memo.get(id(x), x) for x in node.inputs)
->
                twin.inputs = node.inputs
---
            if id(node) not in memo:
->
            if True:
===
micrograd_plus/op.py
        return Op(self.name, forward, *self.backward)
->
        return Op(self.name, forward)
---
                data = self.forward(a.data) if len(inputs) == 1 else self.forward(a.data, b.data)
->
                data = self.forward(a.data) if len(inputs) == 1 else self.forward(b.data, a.data)
---
                return a.result(data, self, inputs)
->
                return a.result(data, self, (a,))
---
                to_b = rule_b(g, out, x, y) if y is not b and rule_b else None
->
                to_b = rule_a(g, out, x, y) if y is not b and rule_b else None
---
                to_a = rule_a(g, out, x, y) if x is not a and rule_a else None
->
                to_a = rule_a(g, out, y, x) if x is not a and rule_a else None
---
                to_a = rule_a(g, out, x, y) if x is not a and rule_a else None
->
                to_a = rule_a(1.0, out, x, y) if x is not a and rule_a else None
---
                    b.accumulate(to_b)
->
                    a.accumulate(to_b)
---
                    b.accumulate(to_b)
->
                    b.grad = to_b
---
            return self.at_edge(function, arguments)
->
            return 0.0
---
        careful = self.on(ieee)
->
        careful = self
---
self.backward.index(function)
->
0
===
micrograd_plus/ops.py
g * (n * f.power(x, n - 1))
->
g * (n * f.power(x, n))
---
g * (n * f.power(x, n - 1))
->
g * f.power(x, n - 1)
---
        if n == 0:
->
        if False:
---
f.where(b == 0, 0.0, g * (b * f.power(a, b - 1)))
->
g * (b * f.power(a, b - 1))
---
f.where((a == 0) & (b >= 0), 0.0, g * (out * f.log(a)))
->
g * (out * f.log(a))
---
(a == 0) & (b >= 0)
->
(a == 0) & (b > 0)
---
    lambda g, out, a, b: -g * out / b,
->
    lambda g, out, a, b: -g * a / b,
---
g / (2 * out)
->
g / out
---
-g * f.sin(x)
->
g * f.sin(x)
---
f.where(x <= 0, 0.0, g)
->
f.where(x < 0, 0.0, g)
---
f.where(x <= 0, 0.0, g)
->
f.where(x > 0, g, 0.0)
---
f.where(x > 0, g, slope * g)
->
f.where(x >= 0, g, slope * g)
---
f.where(x > 0, x, slope * x)
->
f.where(x > 0, x, x)
---
g * (out * (1 - out))
->
g * out
---
f.exp(-f.absolute(x))  # between 0 and 1
->
f.exp(-x)
---
f.maximum(x, 0.0) + f.log1p(f.exp(-f.absolute(x)))
->
f.maximum(x, 0.0) + f.log(1 + f.exp(-f.absolute(x)))
---
f.maximum(x, 0.0) + f.log1p(f.exp(-f.absolute(x)))
->
f.log1p(f.exp(x))
---
        f.maximum,
        lambda g, out, a, b: f.where(a == b, 0.5 * g,
->
        f.maximum,
        lambda g, out, a, b: f.where(a == b, g,
---
        f.minimum,
        lambda g, out, a, b: f.where(a == b, 0.5 * g, f.where(a > b, 0.0, g)),
->
        f.minimum,
        lambda g, out, a, b: f.where(a == b, 0.5 * g, f.where(a > b, g, 0.0)),
---
f.where((x >= low) & (x <= high), g, 0.0)
->
f.where((x > low) & (x < high), g, 0.0)
---
s + out * (1 - s)
->
s + out * s
---
1 + 3 * cubic * x * x
->
1 + cubic * x * x
===
micrograd_plus/value.py
        return self.ops.sub(other, self)
->
        return self.ops.sub(self, other)  #
---
        return self.ops.div(other, self)
->
        return self.ops.div(self, other)  #
---
        return self.ops.pow(base, self)
->
        return self.ops.pow(self, base)
---
        return looked_at(self.data) < plain(other)
->
        return looked_at(self.data) <= plain(other)
---
        return looked_at(self.data) >= plain(other)
->
        return looked_at(self.data) > plain(other)
===
micrograd_plus/functions.py
    return a if a > b or a != a else b
->
    return a if a > b else b
---
    return a if a < b or a != a else b
->
    return a if a < b else b
---
0.0 if x == 0 else nan
->
0.0
===
micrograd_plus/ieee.py
        if not self or self != self:
->
        if not self:
---
math.copysign(math.inf, self) * math.copysign(1.0, other)
->
math.copysign(math.inf, self)
---
-INF if x == 0 else NAN
->
NAN
---
        return -INF if a < 0 and odd else INF
->
        return INF
---
        return Number(math.copysign(math.inf, a)) if odd else INF
->
        return INF
---
        if a != 0:
            return NAN
->
        if a != 0:
            return INF
===
micrograd_plus/optim.py
g + group["weight_decay"] * data
->
g - group["weight_decay"] * data
---
(1 - group["dampening"]) * g
->
g
---
                state["velocity"] = +g
->
                state["velocity"] = (1 - group["dampening"]) * g
---
g + momentum * state["velocity"] if group["nesterov"]
->
state["velocity"] + momentum * g if group["nesterov"]
---
return data - group["lr"] * g
->
return data + group["lr"] * g
===
micrograd_plus/optimizer.py
            self.move([p for p in group["params"] if p.grad is not None], group)
->
            self.move(group["params"], group)
---
            p.grad = p.initial_grad
->
            pass
---
not 0 <= float(value) < float("inf")
->
value < 0
---
number[p] for p in group["params"]
->
0 for p in group["params"]
===
micrograd_plus/remembering.py
    return copy.deepcopy(x)
->
    return x
---
        missing = [name for name in optimizer.defaults if name not in settings]
->
        missing = []
===
micrograd_plus/gradcheck.py
        allowed = atol + rtol * abs(slope) + unseen
->
        allowed = atol + 0.02 * abs(slope) + unseen
---
abs(slope - analytic) <= allowed
->
slope - analytic <= allowed
---
        unseen = 4 * math.ulp(size) / step if math.isfinite(size) else 0.0
->
        unseen = 0.0
---
    for shorter in (1, 16, 256, 4096):
->
    for shorter in (1,):
---
    if len(bends) > 1 and bends[-1] < bends[-2] / 4:
->
    if False:
---
        node.grad = g
->
        pass
---
    h = eps * max(1.0, abs(x))
->
    h = eps
---
    up, down = x + h, x - h
->
    up, down = x + h, x
---
    for k, analytic in enumerate(gradients):
->
    for k, analytic in enumerate(gradients[:1]):
---
        if not (same(slope, analytic) or abs
->
        if not (same(analytic, 0.0) or abs
---
    if not same(middle, result):
->
    if False:
---
    if not 0 < eps < math.inf:
->
    if False:
===
micrograd_plus/losses.py
    return difference * difference
->
    return difference
---
total / len(errors) if reduction == "mean" else total
->
total / len(errors)
---
(1 - target * score).relu()
->
(1 + target * score).relu()
---
f.maximum(p * (1 - p), 1e-12)
->
(p * (1 - p))
---
        paid = f.where(wrong == 0, 0.0, wrong * f.absolute(x))
->
        paid = wrong * f.absolute(x)
---
    if len(ys) != len(ps):
->
    if False:
---
        if not 0 <= number <= 1:
->
        if number < 0 or number > 1:
"""


class Mutant(NamedTuple):
    """One mistake: in a file, at a place, instead of some text."""

    file: str
    start: int
    old: str
    new: str
    kind: str

    def of(self, text):
        """The text with the mistake in it."""
        assert self.old == text[self.start : self.start + len(self.old)]
        return text[: self.start] + self.new + text[self.start + len(self.old) :]


def source(file):
    """Where a file of a package is."""
    package = file.partition("/")[0]
    stage = next(stage for stage, name in STAGES.items() if name == package)
    return ROOT / "packages" / stage / "src" / file


def listed():
    """The mistakes of the list above, and what of it fits nowhere."""
    mutants, stale = [], []
    for part in LISTED.strip("\n").split("\n===\n"):
        file, _, changes = part.partition("\n")
        text = source(file).read_text(encoding="utf-8")
        for change in changes.split("\n---\n"):
            old, new = change.split("\n->\n")
            if old in text:
                mutants.append(Mutant(file, text.index(old), old, new, "listed"))
            else:
                stale.append((file, old))
    return mutants, stale


def rules():
    """Four mistakes for each rule of each operation."""
    for file in RULES:
        text = source(file).read_text(encoding="utf-8")
        starts = [0]
        for line in text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Lambda) or [a.arg for a in node.args.args[:1]] != ["g"]:
                continue
            body = ast.get_source_segment(text, node.body)
            start = starts[node.body.lineno - 1] + node.body.col_offset
            if body == "0.0 * g":
                continue  # nothing is still nothing
            wrong = {"sign": f"-({body})", "1 %": f"1.01 * ({body})", "nothing": f"0.0 * ({body})"}
            if body != "g":
                wrong["g alone"] = "g"
            for kind, new in wrong.items():
                yield Mutant(file, start, body, new, kind)


def copied(folder):
    """Copy sources and tests, so that work on them does not disturb the count."""
    for stage, name in STAGES.items():
        shutil.copytree(ROOT / "packages" / stage / "src" / name, folder / "src" / name)
        shutil.copytree(ROOT / "packages" / stage / "tests", folder / "tests" / stage)
    shutil.copytree(ROOT / "tests-shared" / "golden", folder / "tests" / "shared" / "golden")
    for name in SHARED:
        shutil.copy(ROOT / "tests-shared" / name, folder / "tests" / "shared")
    shutil.copy(ROOT / "pyproject.toml", folder)


def tests_for(mutant, folder):
    """The tests that could notice: those of the file first, those of a stage below not at all."""
    found = [path for path in sorted(folder.glob("tests/*/test_*.py")) if path.name not in SLOW]
    if mutant is None:
        return found
    stem = Path(mutant.file).stem
    if not mutant.file.startswith("micrograd/"):
        found = [path for path in found if path.parent.name != "micrograd"]
    return sorted(found, key=lambda path: path.name != f"test_{stem}.py")


def run(mutant, folder):
    """Whether a test fails when the mistake is made, and which."""
    changed = folder / "src" / mutant.file if mutant else None
    text = changed.read_text(encoding="utf-8") if mutant else ""
    if mutant:
        changed.write_text(mutant.of(text), encoding="utf-8")
    tests = [str(path) for path in tests_for(mutant, folder)]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=no", "-p", "no:cacheprovider"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    try:
        done = subprocess.run(
            [*command, "--hypothesis-seed=0", *tests],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return "for ever"
    finally:
        if mutant:
            changed.write_text(text, encoding="utf-8")
    if done.returncode == 0:
        return ""
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return (failed or ["failed"])[0].split(" - ")[0].rpartition("/")[2]


def short(text):
    """A change in one line."""
    line = " ".join(text.split())
    return line if len(line) <= 46 else line[:43] + "..."


def main():
    """Try the mistakes in turn, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", help="only mistakes in files with these names")
    parser.add_argument("--list", action="store_true", help="do not run anything")
    options = parser.parse_args()
    mutants, stale = listed()
    mutants += rules()
    if options.files:
        mutants = [m for m in mutants if any(m.file.endswith(name) for name in options.files)]
    for file, old in stale:
        print(f"stale     {file:26} {short(old)}")
    if options.list:
        for m in mutants:
            print(f"{m.kind:9} {m.file:26} {short(m.old)}  ->  {short(m.new)}")
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        copied(folder)
        here = [sys.executable, "-c", "import micrograd_plus, micrograd as m; print(m.__file__)"]
        used = subprocess.run(
            here,
            env={**os.environ, "PYTHONPATH": str(folder / "src")},
            capture_output=True,
            text=True,
        ).stdout
        if not used.startswith(str(folder)):
            print(f"the tests would not run on the copy but on {used}")
            return 2
        if failed := run(None, folder):
            print(f"without any mistake: {failed}")
            return 2
        caught, all_of = collections.Counter(), collections.Counter()
        began = time.perf_counter()
        for m in mutants:
            found = run(m, folder)
            all_of[m.file] += 1
            caught[m.file] += bool(found)
            if not found:
                print(f"SURVIVED  {m.file:26} {short(m.old)}  ->  {short(m.new)}", flush=True)
    print(f"{'file':30} caught  of")
    for file, count in all_of.items():
        print(f"{file:30} {caught[file]:6} {count:3}")
    print(f"{'all':30} {caught.total():6} {all_of.total():3}  {time.perf_counter() - began:.0f} s")
    return int(caught.total() < all_of.total())


if __name__ == "__main__":
    sys.exit(main())
