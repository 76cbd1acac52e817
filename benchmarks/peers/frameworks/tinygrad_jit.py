"""tinygrad, with its compiler: clang, or the one that the package ziglang brings."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from networks import LAYERS, RATE

if not shutil.which("clang"):
    clang = Path(tempfile.mkdtemp(), "clang")
    script = Path(__file__).resolve().parents[1] / "clang_from_zig.py"
    clang.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n', encoding="utf-8")
    clang.chmod(0o755)
    os.environ.setdefault("CC", str(clang))
os.environ.setdefault("DEV", "CPU")
os.environ["CACHELEVEL"] = "0"  # no kernels of another compiler
os.environ["TRAINING"] = "1"
from tinygrad import Tensor, TinyJit
from tinygrad.nn.optim import Adam


def training(network: str, arrays: dict[str, Any]) -> Callable[[], float]:
    """A step."""
    if network not in LAYERS:
        raise NotImplementedError("networks of neurons only")
    x, y = Tensor(arrays.pop("x")), Tensor(arrays.pop("y"))
    p = [Tensor(a).contiguous().realize() for a in arrays.values()]
    optimizer = Adam(p, lr=RATE)

    @TinyJit
    def step() -> Any:
        h = x
        for k in range(0, len(p), 2):
            h = h.dot(p[k].transpose()) + p[k + 1]
            h = h.tanh() if k + 2 < len(p) else h
        optimizer.zero_grad()
        loss = h.sparse_categorical_crossentropy(y)
        loss.backward()
        return loss.realize(*optimizer.schedule_step())

    return lambda: float(step().item())
