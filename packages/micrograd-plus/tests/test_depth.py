"""Graphs of a million nodes at a recursion limit of 200, with the garbage collector off.

Each runs in a process of its own: a test runner needs more recursion than that.
"""

import json
import subprocess
import sys

import pytest

# One after the other, the deepest; all into one node, the widest; each used twice by the next, with
# more paths (2**333,333) than could ever be walked. Numbers are such that nothing is rounded.
SHAPES = {
    "chain": ("for _ in range(1_000_000):\n    y = y + 1", 1_000_001.0, 1.0),
    "fan_in": ("y = sum([x * 2 for _ in range(500_000)], y)", 1_000_001.0, 1_000_001.0),
    "diamonds": ("for _ in range(333_334):\n    y = y * 0.5 + y * 0.5", 1.0, 1.0),
}
PROGRAM = """
import copy, gc, json, sys
from micrograd_plus import Value, to_dot, to_mermaid, topological_order

gc.disable()
sys.setrecursionlimit(200)
to_dot(Value(1.0))  # imports what drawing needs
x = Value(1.0)
y = x
before = sys.getallocatedblocks()
{build}
y.backward()
found = {{
    "nodes": len(topological_order(y)),
    "data": y.data,
    "grad": x.grad,
    "repr": repr(y),
    "drawn": [len(text) < 10_000 for text in (to_dot(y, depth=3), to_mermaid(y, depth=3))],
}}
y.backward()
found["grad after the second pass"] = x.grad
grown = sys.getallocatedblocks() - before

twin = copy.deepcopy(y)
leaf = topological_order(twin)[0]
leaf.grad = 0.0
twin.backward()
found["copy"] = [twin.data, leaf.grad, leaf is not x]
found["grad after the copy's pass"] = x.grad
del y, twin, leaf
found["freed"] = sys.getallocatedblocks() - before < grown / 1000
print(json.dumps(found))
"""


@pytest.mark.parametrize("shape", SHAPES)
def test_a_million_nodes(shape):
    """Built, walked back twice, printed, drawn up to a depth, copied whole, freed when dropped."""
    build, data, grad = SHAPES[shape]
    program = PROGRAM.format(build=build)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    found = json.loads(done.stdout or "{}")

    assert "" == done.stderr
    assert 1_000_000 <= found.pop("nodes")
    assert {
        "data": data,
        "grad": grad,
        "repr": f"Value(data={data}, grad=1.0)",
        "drawn": [True, True],
        "grad after the second pass": 2 * grad,
        "copy": [data, grad, True],
        "grad after the copy's pass": 2 * grad,
        "freed": True,
    } == found
