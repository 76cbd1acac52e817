"""Build the four packages twice, and keep the files only if both builds have the same bytes.

    python releasing/build.py [--registry] [--out FOLDER] [--repository ADDRESS]

Source distributions are built from a staged copy, wheels from the source distributions. Names,
contents and metadata of all eight are checked. `--registry` builds what goes to the package index,
where stage 1 has another name. `--repository` is where the project lies: the files of a release
name it as their source, and the requirements files say that the wheels are there.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from contents import check_sdist, check_wheel
from release_files import sha256, write_checksums, write_requirements
from stages import ROOT, STAGES, module, version
from staging import NAME_ON_THE_INDEX, stage_copies, strays

__all__ = ["build"]

# The time that every file in an archive gets: the same for a clone, a ZIP and a commit later.
DATE = os.environ.get("SOURCE_DATE_EPOCH", "1580601600")
WRITTEN = ("*.tar.gz", "*.whl", "requirements-*.txt", "SHA256SUMS")  # replaced by the next build


def main() -> None:
    """Build, compare, check; print a line per file."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--registry", action="store_true", help="for the package index")
    words.add_argument("--out", type=Path, help="default: dist/, or dist/registry/")
    words.add_argument("--repository", default="", help="https://..., known to a release")
    chosen = words.parse_args()
    out = chosen.out or ROOT / "dist" / ("registry" if chosen.registry else "")
    if found := strays():
        sys.exit(f"not in git, so not for users; add or remove: {', '.join(found)}")

    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        asked = {"registry": chosen.registry, "repository": chosen.repository}
        files = build(Path(first), umask=0o022, **asked)
        again = build(Path(second), umask=0o077, **asked)
        differing = [a.name for a, b in zip(files, again) if sha256(a) != sha256(b)]
        if differing:
            sys.exit(f"two builds differ: {', '.join(differing)}")
        print(f"{'file':38} files      kB  SHA-256")
        for stage, (sdist, wheel) in zip(STAGES, zip(files[::2], files[1::2])):
            print(line(sdist, check_sdist(sdist, stage)))
            print(line(wheel, check_wheel(wheel, stage)))
        run("-m", "twine", "check", "--strict", *files, quiet=True)
        out.mkdir(parents=True, exist_ok=True)
        for old in (path for kind in WRITTEN for path in out.glob(kind)):
            old.unlink()
        files = [Path(shutil.copyfile(file, out / file.name)) for file in files]

    if not chosen.registry:
        there = f"{chosen.repository.rstrip('/')}/releases/download/v{version()}"
        wheels = dict(zip(STAGES, files[1::2]))
        files += write_requirements(wheels, there if chosen.repository else out.resolve().as_uri())
    write_checksums(files)
    print(f"two builds, the same bytes; contents and metadata as they should be: {out}")


def line(file: Path, count: int) -> str:
    """What there is to know about a file at a glance."""
    return f"{file.name:38} {count:5} {file.stat().st_size / 1000:7.1f}  {sha256(file)[:16]}"


def build(place: Path, *, registry: bool, repository: str, umask: int) -> list[Path]:
    """Build source distributions and wheels in `place`; return them in pairs, in stage order."""
    dist = place / "dist"
    before = os.umask(umask)  # permissions of the builder's files must not get into archives
    try:
        for copy in stage_copies(place, registry=registry, repository=repository):
            run("-m", "build", "--no-isolation", "--outdir", dist, copy, quiet=True)
    finally:
        os.umask(before)
    files = []
    for stage in STAGES:
        name = module(NAME_ON_THE_INDEX if registry and stage == "micrograd" else stage)
        files += [next(dist.glob(f"{name}-*.tar.gz")), next(dist.glob(f"{name}-*.whl"))]
    return files


def run(*arguments: object, quiet: bool = False) -> None:
    """Run Python; what it prints is shown, or with `quiet` only if it fails."""
    command = [sys.executable, *map(str, arguments)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": DATE}
    done = subprocess.run(
        command, env=environment, capture_output=quiet, text=True, check=False, encoding="utf-8"
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed\n{done.stdout or ''}{done.stderr or ''}")


if __name__ == "__main__":
    try:
        main()
    except ValueError as error:  # what is inside of a file, or is not
        sys.exit(str(error))
