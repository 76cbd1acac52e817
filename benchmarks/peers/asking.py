"""A framework in a process of its own, and the questions that it answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["Peer", "Silent"]

WORKER = Path(__file__).resolve().with_name("worker.py")


class Silent(Exception):
    """A framework that cannot be asked: not installed, or not able to do this.

    Attributes:
        by_choice: it has no entry for this network.
    """

    def __init__(self, said: str) -> None:
        lines = [line for line in said.splitlines() if ": " in line and line[0] != " "]
        last = lines[-1] if lines else "no answer"
        super().__init__(last)
        self.by_choice = last.startswith("NotImplementedError")


class Peer:
    """One process; `ask` sends a line of JSON and reads one.

    Its `clock` is "wall" or "processor": on a machine with other work, the time that one thread had
    a processor says more.
    """

    clock = "wall"

    def __init__(
        self, python: str, framework: str, network: str, arrays: Path, threads: int
    ) -> None:
        command = [python, str(WORKER), framework, network, str(arrays), str(threads)]
        environment = dict(os.environ)
        environment.pop("OPENBLAS_CORETYPE", None)  # the kernels that the processor deserves
        if python != sys.executable:
            environment.pop("PYTHONPATH", None)  # other environments see nothing of ours
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.imported = float(self.answer())  # megabytes; it is ready

    def answer(self) -> Any:
        """One line, or why there is none."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        line = self.process.stdout.readline()
        if not line:
            raise Silent(self.process.stderr.read())
        return json.loads(line)

    def ask(self, **request: Any) -> Any:
        """A question, and its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def seconds(self, calls: int) -> float:
        """The time of so many steps."""
        return float(self.ask(seconds=calls, clock=self.clock))

    def close(self) -> None:
        """No more questions."""
        self.process.communicate()
