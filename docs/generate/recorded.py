"""Runs examples that take too long for the tests; keeps what they print and draw, date and machine.

    OPENBLAS_NUM_THREADS=1 VHGRAD_DATA_DIR=... python docs/generate/recorded.py mnist_microgradx

Pages show it by `<!-- recorded: mnist_microgradx -->`; pictures go to docs/images/gallery.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GALLERY = ROOT / "docs" / "images" / "gallery"
sys.path.insert(0, str(ROOT / "benchmarks"))
timing = importlib.import_module("timing")


def record(name: str) -> Path:
    """Run an example to its end; write down what it printed, keep the picture that it drew."""
    GALLERY.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(ROOT / "examples" / f"{name}.py")]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    for line in done.stdout.splitlines():
        if line.startswith("wrote "):
            shutil.copy(ROOT / line.removeprefix("wrote "), GALLERY / f"{name}.png")
    path = ROOT / "docs" / "results" / f"{name}.json"
    machine = timing.machine("OpenBLAS 1")
    timing.write_json(path, {"machine": machine, "output": done.stdout.strip().splitlines()})
    return path


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(record(name))
