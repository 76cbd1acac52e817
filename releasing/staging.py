"""Copies of the packages to build from, so that nothing a checkout has lying about gets in.

On the package index the name `micrograd` belongs to the original, so what is uploaded there is a
copy in which stage 1 is called `vhgrad-micrograd`. The import name stays; nothing else differs.
"""

import re
import shutil
from pathlib import Path

from stages import STAGES, folder

__all__ = ["NAME_ON_THE_INDEX", "stage_copies"]

NAME_ON_THE_INDEX = "vhgrad-micrograd"
SHIPPED = ("pyproject.toml", "README.md", "LICENSE")  # beside src/


def stage_copies(to: Path, *, registry: bool = False) -> list[Path]:
    """Copy what is shipped of each stage to a folder in `to`; return the folders, lowest first."""
    copies = []
    for stage in STAGES:
        copy = to / stage
        leftovers = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(folder(stage) / "src", copy / "src", ignore=leftovers)
        for name in SHIPPED:
            shutil.copy(folder(stage) / name, copy / name)
        if registry:
            rename_stage_1(copy / "pyproject.toml")
        copies.append(copy)
    return copies


def rename_stage_1(pyproject: Path) -> None:
    """Rewrite the name of stage 1, where it is the package's own and where it is required."""
    text = pyproject.read_text(encoding="utf-8")
    text = re.sub(r'(?m)^name = "micrograd"$', f'name = "{NAME_ON_THE_INDEX}"', text)
    text = re.sub(r'"micrograd==', f'"{NAME_ON_THE_INDEX}==', text)
    pyproject.write_text(text, encoding="utf-8", newline="\n")
