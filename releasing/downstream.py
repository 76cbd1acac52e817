"""A package of somebody else's: it depends on `vhgrad` and on nothing more."""

from pathlib import Path

from environments import Environment, program
from stages import ROOT, version

__all__ = ["downstream"]

SCRIPT = ROOT / "tests-shared" / "downstream" / "training_script.py"
PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "somebody-elses-model"
version = "0.1"
dependencies = ["vhgrad=={version}"]

[project.scripts]
train-it = "somebody_elses_model:main"
"""


def downstream(wheels: Path, environment: Environment) -> None:
    """pip finds every stage in the folder `wheels`; types are strict; the program runs.

    The package index stays open, so this also shows that no namesake there gets in the way.
    """
    package = environment.place / "checkout"
    (package / "somebody_elses_model").mkdir(parents=True)
    (package / "pyproject.toml").write_text(PYPROJECT.format(version=version()))
    code = package / "somebody_elses_model" / "__init__.py"
    code.write_bytes(SCRIPT.read_bytes())
    environment.install("--find-links", wheels, package, "mypy>=1.11")
    environment.run("-m", "mypy", "--strict", "--cache-dir", environment.place / "mypy", code)
    train = program(environment.place, "train-it")
    environment.run("-c", f"import runpy; runpy.run_path({str(train)!r}, run_name='__main__')")
