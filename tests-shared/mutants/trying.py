"""One mistake in a copy of the sources, and the tests that run on the copy."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
from pathlib import Path

import hypothesis  # noqa: F401  # what a test run begins with is loaded once, for all of them
import numpy  # noqa: F401
import pytest

from mutants.places import tests_for
from mutants.planting import ROOT, STAGES

SECONDS = 60  # a mistake may make the tests run for ever,
MEMORY = 8 * 2**30  # or ask for more bytes than the machine has
# A forked process has the tools loaded: half the time of one that starts anew.
FORK = "fork" in multiprocessing.get_all_start_methods()
START = multiprocessing.get_context("fork" if FORK else "spawn")


def copied(folder):
    """Copy sources and tests, so that work on them does not disturb the count."""
    ignore = shutil.ignore_patterns("__pycache__", "mutants")
    for stage in STAGES:
        for part in ("src", "tests"):
            shutil.copytree(
                ROOT / "packages" / stage / part, folder / "packages" / stage / part, ignore=ignore
            )
    shutil.copytree(ROOT / "tests-shared", folder / "tests-shared", ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", folder)


def tried(mutant, folder):
    """The test that fails when the mistake is made; "" if none does."""
    changed = folder / "packages" / stage_of(mutant) / "src" / mutant.file
    text, times = changed.read_text(encoding="utf-8"), changed.stat()
    changed.write_text(mutant.of(text), encoding="utf-8")
    try:
        return failing(tests_for(mutant.file), folder)
    finally:
        changed.write_text(text, encoding="utf-8")
        os.utime(changed, ns=(times.st_atime_ns, times.st_mtime_ns))  # its bytecode is good again


def stage_of(mutant):
    """The folder of the package that a mistake is in."""
    return next(s for s, name in STAGES.items() if name == mutant.file.partition("/")[0])


def failing(tests, folder, mistaken=True):
    """The first of some tests that fails in a process of its own; "" if all pass."""
    output = folder / "output.txt"
    process = START.Process(target=run, args=(tests, folder, output, mistaken))
    process.start()
    process.join(SECONDS if mistaken else None)
    if process.is_alive():
        process.kill()
        process.join()
        return "for ever"
    if process.exitcode == 0:
        return ""
    lines = output.read_text(encoding="utf-8", errors="replace").splitlines()
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return (failed or ["failed"])[0].split(" - ")[0].rpartition("/")[2]


def run(tests, folder, output, mistaken):
    """Run tests with the sources of the copy, and end the process with pytest's exit code.

    Without a mistake, bytecode is written for all the runs to come; with one, only read.
    """
    if FORK:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with output.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.chdir(folder)
    sys.dont_write_bytecode = mistaken
    sources = [str(folder / "packages" / stage / "src") for stage in STAGES]
    sys.path[:] = [*sources, *(p for p in sys.path if not p.startswith(str(ROOT / "packages")))]
    os.environ["PYTHONPATH"] = os.pathsep.join(sources)
    for name in list(sys.modules):  # nothing of the real sources, nor of this package
        if name.partition(".")[0] in (*STAGES.values(), "mutants"):
            del sys.modules[name]
    options = ["-x", "-q", "--tb=no", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
    options += ["-o", "addopts=--import-mode=importlib"]  # no doctests
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # Hypothesis is loaded already
    # file by file: most mistakes are caught by the first, and the others need not be read
    code = next((code for test in tests if (code := int(pytest.main([*options, test])))), 0)
    import micrograd

    if not Path(micrograd.__file__).is_relative_to(folder):
        os._exit(99)
    sys.stdout.flush()
    os._exit(code)
