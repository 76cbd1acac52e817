"""Runs examples that take too long for the tests and keeps what they print, with date and machine.

    OPENBLAS_NUM_THREADS=1 VHGRAD_DATA_DIR=... python docs/generate/recorded.py mnist_microgradx

Pages show it by `<!-- recorded: mnist_microgradx -->`.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
timing = importlib.import_module("timing")


def record(name: str) -> Path:
    """Run an example to its end and write down what it printed."""
    command = [sys.executable, str(ROOT / "examples" / f"{name}.py")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    path = ROOT / "docs" / "results" / f"{name}.json"
    machine = timing.machine("OpenBLAS 1")
    timing.write_json(path, {"machine": machine, "output": done.stdout.strip().splitlines()})
    return path


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(record(name))
