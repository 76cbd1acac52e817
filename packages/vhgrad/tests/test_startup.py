"""What `import vhgrad` brings with it."""

import subprocess
import sys

import pytest

LATER = {  # imported where they are first used; what NumPy imports is not ours
    "micrograd": "graphviz numpy html",
    "vhgrad": "csv fractions graphviz gzip html matplotlib numpy.ma onnx pathlib pooch safetensors "
    "tarfile threadpoolctl tqdm vhgrad.checkpoint vhgrad.diagnosis vhgrad.metrics vhgrad.onnx "
    "vhgrad.plot vhgrad.training",
}


@pytest.mark.parametrize("package", LATER)
def test_an_import_leaves_for_later_what_few_programs_need(package):
    """In a fresh process, where the start of Python itself may have imported some of it."""
    before = "import numpy; " if package == "vhgrad" else ""
    code = f"{before}import sys; seen = set(sys.modules); import {package}; "
    code += f"print(*set({LATER[package].split()}) & (set(sys.modules) - seen))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert [] == done.stdout.split()
