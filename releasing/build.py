"""Build the four packages twice, and keep the files only if both builds have the same bytes.

    python releasing/build.py [--registry] [--out FOLDER] [--base-url URL]

Source distributions are built from a staged copy, wheels from the source distributions. Names,
contents and metadata of all eight are checked. `--registry` builds what goes to the package index,
where stage 1 has another name.
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
from stages import ROOT, STAGES, module
from staging import NAME_ON_THE_INDEX, stage_copies

__all__ = ["build"]

# The time that every file in an archive gets: the same for a clone, a ZIP and a commit later.
DATE = os.environ.get("SOURCE_DATE_EPOCH", "1580601600")


def main() -> None:
    """Build, compare, check; print a line per file."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--registry", action="store_true", help="for the package index")
    words.add_argument("--out", type=Path, help="default: dist/, or dist/registry/")
    words.add_argument("--base-url", help="where the wheels of this release will lie")
    chosen = words.parse_args()
    out = chosen.out or ROOT / "dist" / ("registry" if chosen.registry else "")

    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        files = build(Path(first), registry=chosen.registry, umask=0o022)
        again = build(Path(second), registry=chosen.registry, umask=0o077)
        differing = [a.name for a, b in zip(files, again) if sha256(a) != sha256(b)]
        if differing:
            sys.exit(f"two builds differ: {', '.join(differing)}")
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        files = [Path(shutil.copy(file, out)) for file in files]

    for stage, (sdist, wheel) in zip(STAGES, zip(files[::2], files[1::2])):
        print(f"{sdist.name:40} {check_sdist(sdist, stage):3} files  {sha256(sdist)[:16]}")
        print(f"{wheel.name:40} {check_wheel(wheel, stage):3} files  {sha256(wheel)[:16]}")
    run("-m", "twine", "check", "--strict", *files)
    if not chosen.registry:
        wheels = dict(zip(STAGES, files[1::2]))
        files += write_requirements(wheels, chosen.base_url or out.resolve().as_uri())
    write_checksums(files)
    print(f"two builds, the same bytes: {out}")


def build(place: Path, *, registry: bool, umask: int) -> list[Path]:
    """Build source distributions and wheels in `place`; return them in pairs, in stage order."""
    dist = place / "dist"
    before = os.umask(umask)  # permissions of the builder's files must not get into archives
    try:
        for copy in stage_copies(place, registry=registry):
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
    main()
