"""Beside the original `micrograd`, whose import name is ours too: nothing breaks silently."""

import re
import shlex
from pathlib import Path

from environments import Environment
from installing import SMOKE

__all__ = ["after_original", "before_original", "replaced_by_original", "replaced_original"]

ORIGINAL = "micrograd==0.1.0"
ERROR = "ImportError: micrograd_plus needs its own first stage"


def replaced_original(release: list[Path], environment: Environment) -> None:
    """The files of a release have the original's name and a later version: pip replaces it."""
    environment.install(ORIGINAL)
    environment.install(*release)
    environment.run(SMOKE, "vhgrad")


def replaced_by_original(release: list[Path], environment: Environment) -> None:
    """And the other way round, where the error names what to do."""
    environment.install(*release)
    environment.install(ORIGINAL)
    uninstall, install = repairs(environment)
    assert install == "install --force-reinstall -r requirements/micrograd-plus.txt", install
    environment.pip(*shlex.split(uninstall), "--yes")
    environment.install("--force-reinstall", *release[:2])  # what that file would name
    environment.run(SMOKE, "vhgrad")


def after_original(registry: list[Path], environment: Environment) -> None:
    """From the index, stage 1 is a package of its own; its modules lie over the original's.

    When the original goes, it takes the modules that it knows along; the guard says so.
    """
    environment.install(ORIGINAL)
    environment.install(*registry)
    environment.run(SMOKE, "vhgrad")
    environment.pip("uninstall", "--yes", "micrograd")
    repaired(registry, environment)


def before_original(registry: list[Path], environment: Environment) -> None:
    """Installed later, the original overwrites our modules while pip reports no conflict."""
    environment.install(*registry)
    environment.install(ORIGINAL)
    environment.pip("check")
    repaired(registry, environment)


def repaired(registry: list[Path], environment: Environment) -> None:
    """The two commands of the error, as they stand there, repair it."""
    uninstall, install = repairs(environment)
    environment.pip(*shlex.split(uninstall), "--yes")
    index = ("--no-index", "--find-links", registry[0].parent)  # ours before anything is uploaded
    environment.pip(*shlex.split(install), *index)
    environment.run(SMOKE, "vhgrad")


def repairs(environment: Environment) -> list[str]:
    """What every stage above the first says, in words for pip."""
    for stage in ("micrograd_plus", "microgradx", "vhgrad"):
        said = environment.refusal("-c", f"import {stage}")
        assert said.startswith(ERROR), f"import {stage}: {said}"
    return re.findall("`pip (.*?)`", said)
