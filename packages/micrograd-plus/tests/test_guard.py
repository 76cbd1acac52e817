"""A namesake in the place of stage 1 is found at once."""

import os
import subprocess
import sys
from pathlib import Path

import micrograd_plus


def test_the_original_in_place_of_stage_1_is_named(tmp_path):
    """The import says which package is in the way, and the two commands that repair it."""
    (tmp_path / "micrograd").mkdir()
    (tmp_path / "micrograd" / "__init__.py").write_text("")
    (tmp_path / "micrograd" / "engine.py").write_text("class Value: ...")
    path = os.pathsep.join([str(tmp_path), str(Path(micrograd_plus.__file__).parents[1])])
    command = [sys.executable, "-c", "import micrograd_plus"]
    run = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )

    assert 1 == run.returncode
    assert "ImportError: micrograd_plus needs its own first stage" in run.stderr
    assert "pip uninstall micrograd" in run.stderr
