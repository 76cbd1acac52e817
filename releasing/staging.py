"""Copies of the packages to build from, so that nothing a checkout has lying about gets in.

On the package index the name `micrograd` belongs to the original, so what is uploaded there is a
copy in which stage 1 is called `vhgrad-micrograd`. The import name stays; nothing else differs.
"""

import re
import shutil
import subprocess
from pathlib import Path

from stages import ROOT, STAGES, folder

__all__ = ["NAME_ON_THE_INDEX", "stage_copies", "strays"]

NAME_ON_THE_INDEX = "vhgrad-micrograd"
SHIPPED = ("pyproject.toml", "README.md", "LICENSE")  # beside src/


def stage_copies(to: Path, *, registry: bool = False, repository: str = "") -> list[Path]:
    """Copy what is shipped of each stage to a folder in `to`; return the folders, lowest first."""
    copies = []
    for stage in STAGES:
        copy = to / stage
        leftovers = shutil.ignore_patterns("__pycache__", "*.pyc")
        # copyfile: what may not be written in the checkout may be written in the copy.
        shutil.copytree(
            folder(stage) / "src", copy / "src", ignore=leftovers, copy_function=shutil.copyfile
        )
        for name in SHIPPED:
            shutil.copyfile(folder(stage) / name, copy / name)
        if registry:
            rename_stage_1(copy / "pyproject.toml")
        if repository:
            name_the_source(copy / "pyproject.toml", repository.rstrip("/"))
        copies.append(copy)
    return copies


def rename_stage_1(pyproject: Path) -> None:
    """Rewrite the name of stage 1, where it is the package's own and where it is required."""
    text = pyproject.read_text(encoding="utf-8")
    text = re.sub(r'(?m)^name = "micrograd"$', f'name = "{NAME_ON_THE_INDEX}"', text)
    text = re.sub(r'"micrograd==', f'"{NAME_ON_THE_INDEX}==', text)
    pyproject.write_text(text, encoding="utf-8", newline="\n")


def name_the_source(pyproject: Path, repository: str) -> None:
    """Say where the project lies; a checkout does not know, the workflow that releases it does."""
    with pyproject.open("a", encoding="utf-8", newline="\n") as file:
        file.write(f'\n[project.urls]\nSource = "{repository}"\nIssues = "{repository}/issues"\n')


def strays() -> list[str]:
    """Files among the sources that git does not know; without git nobody can tell."""
    top = git("rev-parse", "--show-toplevel").strip()
    if not top or not ROOT.samefile(top):  # a ZIP file that was unpacked, perhaps elsewhere
        return []
    found = git("ls-files", "--others", "-z", "--", *(f"packages/{s}/src" for s in STAGES))
    return [path for path in found.split("\0") if path and "__pycache__/" not in path]


def git(*words: str) -> str:
    """What git says about the checkout, or nothing where it is not at home."""
    if not shutil.which("git"):
        return ""
    command = ["git", "-C", str(ROOT), *words]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False
    ).stdout
