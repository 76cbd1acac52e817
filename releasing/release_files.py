"""What lies beside the wheels of a release: checksums, and a requirements file per stage.

A requirements file names every wheel up to its stage by address and SHA-256, so that pip takes
exactly these bytes and never asks the package index who `micrograd` is.
"""

import hashlib
from pathlib import Path

from stages import STAGES, upto, version

__all__ = ["write_checksums", "write_requirements"]


def write_requirements(wheels: dict[str, Path], base_url: str) -> list[Path]:
    """Write `requirements-<stage>.txt` beside the wheels, which will lie at `base_url`."""
    lines = {
        stage: f"{stage} @ {base_url.rstrip('/')}/{wheel.name}#sha256={sha256(wheel)}"
        for stage, wheel in wheels.items()
    }
    written = []
    for stage in STAGES:
        path = wheels[stage].parent / f"requirements-{stage}.txt"
        head = f"# {stage} {version()} and the stages below it: pip install -r {path.name}"
        text = "\n".join([head, *(lines[name] for name in upto(stage)), ""])
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written


def write_checksums(files: list[Path]) -> Path:
    """Write `SHA256SUMS` beside the files, for `sha256sum --check`."""
    path = files[0].parent / "SHA256SUMS"
    lines = [f"{sha256(file)}  {file.name}\n" for file in sorted(files)]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
    return path


def sha256(file: Path) -> str:
    """The checksum of a file, in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
