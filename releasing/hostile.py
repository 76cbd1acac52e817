"""A package index on which everything has one of our names and nothing is ours."""

import zipfile
from pathlib import Path

from stages import STAGES, module, version

__all__ = ["MESSAGE", "hostile_index"]

MESSAGE = "this is not the package that you wanted"
WHEEL = "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def hostile_index(folder: Path) -> Path:
    """Fill a folder for `--find-links`: our names, with our version and with a later one."""
    folder.mkdir()
    for stage in STAGES:
        for number in (version(), "99.0.0"):
            info = f"{module(stage)}-{number}.dist-info"
            files = {
                f"{module(stage)}/__init__.py": f"raise RuntimeError({MESSAGE!r})\n",
                f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {stage}\nVersion: {number}\n",
                f"{info}/WHEEL": WHEEL,
                f"{info}/RECORD": "",
            }
            name = f"{module(stage)}-{number}-py3-none-any.whl"
            with zipfile.ZipFile(folder / name, "w") as wheel:
                for path, text in files.items():
                    wheel.writestr(path, text)
    return folder
