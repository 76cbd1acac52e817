"""A million operations in a chain, at every stage, at a recursion limit of 200.

Each runs in a process of its own: a test runner needs more recursion than that.
"""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import copy, gc, json, sys
import {module}
gc.disable()
sys.setrecursionlimit(200)
x = {module}.{leaf}(1.0)
before = sys.getallocatedblocks()
y = x
for _ in range(1_000_000):
    y = y + 1.0
found = {{"shown": repr(y)}}
grown = sys.getallocatedblocks() - before
if "{module}" != "micrograd":  # stage 1 leaves copying to Python, which recurses
    twin = copy.deepcopy(y)
    found["copied"] = float(twin.data) == float(y.data)
    del twin  # a whole graph, through which nobody walked
y.backward()
found["grad"] = float(x.grad)
del y
found["freed"] = sys.getallocatedblocks() - before < grown / 1000
print(json.dumps(found))
"""
STAGES = [  # module, leaf, what the last of the chain prints
    ("micrograd", "Value", "Value(data=1000001.0, grad=0.0)"),
    ("microgradx", "TensorValue", "TensorValue(1000001., shape=(), dtype=float64, op='+')"),
    ("vhgrad", "Parameter", "TensorValue(1.000001e+06, shape=(), dtype=float32, op='+')"),
]


@pytest.mark.parametrize(("module", "leaf", "shown"), STAGES, ids=[row[0] for row in STAGES])
def test_a_million_operations_in_a_chain(module, leaf, shown):
    """Printed, copied, walked back and freed; other shapes, at stage 2, in its test_depth."""
    program = PROGRAM.format(module=module, leaf=leaf)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    found = json.loads(done.stdout or "{}")

    assert "" == done.stderr
    assert found.pop("copied", True)
    if leaf == "Parameter":  # NumPy 2.0 writes all digits of this float32
        found["shown"] = found["shown"].replace("(1000001.,", "(1.000001e+06,")
    assert {"shown": shown, "grad": 1.0, "freed": True} == found
