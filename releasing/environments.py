"""Fresh environments outside the checkout, and the Pythons to make them with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["Environment", "pythons"]

MINORS = range(11, 16)
OURS = ("micrograd", "vhgrad")  # in the name of every file that we install


class Environment:
    """A new virtual environment; `pip` belongs to the one that `tools` names, so it has none."""

    def __init__(self, place: Path, python: Path, tools: Path) -> None:
        self.place, self.tools = place, tools
        done(python, "-m", "venv", "--without-pip", place)
        self.python = program(place, "python")

    def pip(self, *arguments: object) -> str:
        """Run pip for this environment, with its questions and notices turned off."""
        quiet = ("--disable-pip-version-check", "--no-input")
        return done(self.tools, "-m", "pip", "--python", self.python, *quiet, *arguments)

    def install(self, *arguments: object) -> str:
        """`pip install`."""
        return self.pip("install", *arguments)

    def run(self, *arguments: object) -> str:
        """Run Python here, far from the checkout, where every warning is an error."""
        return done(self.python, "-W", "error", *arguments, cwd=self.place)

    def refusal(self, *arguments: object) -> str:
        """The last line of the error with which Python ends."""
        ended = finished(self.python, *arguments, cwd=self.place)
        assert ended.returncode, f"expected an error of {arguments}"
        return ended.stderr.strip().splitlines()[-1]

    def ours(self) -> list[str]:
        """Files and folders here that have to do with one of our packages."""
        found = (path.relative_to(self.place).as_posix() for path in self.place.rglob("*"))
        return sorted(path for path in found if any(name in path for name in OURS))


def pythons() -> dict[str, Path]:
    """The Pythons on this machine that the packages allow, by their version: `{"3.11": ...}`."""
    names = [f"python3.{minor}" for minor in MINORS]
    candidates = [shutil.which(name) for name in names]
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates += sorted(kept.glob("3.*/bin/python"))
    candidates += [sys.executable]
    found = {}
    for candidate in filter(None, candidates):
        asked = finished(candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
        version = asked.stdout.strip()
        if asked.returncode == 0 and version in {f"3.{minor}" for minor in MINORS}:
            found[version] = Path(candidate)
    return dict(sorted(found.items(), key=lambda item: int(item[0][2:])))


def program(place: Path, name: str) -> Path:
    """A program of an environment."""
    return place / ("Scripts" if sys.platform == "win32" else "bin") / name


def finished(*command: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """What a command ended with, in an environment without the settings of this one."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_REQUIRE_VIRTUALENV")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    environment |= {"PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def done(*command: object, cwd: Path | None = None) -> str:
    """What a command printed; RuntimeError with all of it if it failed."""
    ended = finished(*command, cwd=cwd)
    if ended.returncode:
        words = " ".join(str(word) for word in command)
        raise RuntimeError(f"{words}\n{ended.stdout}{ended.stderr}")
    return ended.stdout
