"""A script that depends on `vhgrad` alone runs; `nox -s typecheck` checks its types strictly."""

import ast
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent / "downstream" / "training_script.py"


def test_the_script_runs():
    """Layers, losses, schedules, `fit`, checkpoints and metrics work together."""
    command = [sys.executable, "-W", "error", SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)
    assert "spiral: f1" in done.stdout


def test_no_other_stage_is_imported():
    """Everything it needs stands in `vhgrad`."""
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    modules = {
        node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    }
    modules |= {
        n.name for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names
    }

    assert {"__future__", "numpy", "pathlib", "tempfile", "vhgrad"} == modules
