"""What is inside of the files that users get: everything that is needed, and nothing else."""

import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

from readme_renderer import markdown
from stages import folder, metadata, module

__all__ = ["check_sdist", "check_wheel"]

AIM = 150_000  # bytes of a wheel
# vhgrad misses it: 600 kB of text pack to 240 kB, of which docstrings are a third. So does
# microgradx since its compiler is read in files of one idea each, of which each is packed alone.
LARGEST = {"micrograd": AIM, "micrograd-plus": AIM, "microgradx": 180_000, "vhgrad": 260_000}


def check_wheel(wheel: Path, stage: str) -> int:
    """Raise ValueError unless `wheel` has every module of `stage`, its licence, and no more.

    Nor may it be larger than `LARGEST` says.

    Returns:
        The number of files in it.
    """
    size = wheel.stat().st_size
    if size > LARGEST[stage]:
        raise ValueError(f"{wheel.name} has {size:,} bytes, more than {LARGEST[stage]:,}.")
    info = f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"
    expected = {path.removeprefix("src/") for path in sources(stage)}
    expected |= {f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "licenses/LICENSE")}
    if "scripts" in metadata(stage):
        expected.add(f"{info}/entry_points.txt")
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
        text = file.read(f"{info}/METADATA").decode()
    compare(wheel, expected, names)
    check_metadata(wheel, text, stage)
    return len(names)


def check_sdist(sdist: Path, stage: str) -> int:
    """Raise ValueError unless `sdist` has what a wheel is built from, and no more."""
    top = sdist.name.removesuffix(".tar.gz")
    shipped = {"pyproject.toml", "README.md", "LICENSE", "PKG-INFO", *sources(stage)}
    with tarfile.open(sdist) as file:
        names = {member.name for member in file.getmembers() if member.isfile()}
    compare(sdist, {f"{top}/{name}" for name in shipped}, names)
    return len(names)


def sources(stage: str) -> set[str]:
    """The modules of a stage and the marker of their types, as `src/...`."""
    base = folder(stage)
    files = {path.relative_to(base).as_posix() for path in (base / "src").rglob("*.py")}
    if any(Path(name).name.startswith(("test_", "conftest")) for name in files):
        raise ValueError(f"expected no tests in the sources of {stage}; move them to tests/.")
    return files | {f"src/{module(stage)}/py.typed"}


def compare(archive: Path, expected: set[str], names: set[str]) -> None:
    """Raise ValueError that lists what is missing and what is too much."""
    if expected != names:
        missing, surplus = sorted(expected - names), sorted(names - expected)
        raise ValueError(f"{archive.name}: missing {missing}, too much {surplus}.")


def check_metadata(wheel: Path, text: str, stage: str) -> None:
    """Raise ValueError where the finished metadata differ from what users rely on."""
    headers = HeaderParser().parsestr(text)
    project = metadata(stage)
    expected = {
        "Version": project["version"],
        "License-Expression": "MIT",
        "License-File": "LICENSE",
        "Requires-Python": project["requires-python"],
        "Description-Content-Type": "text/markdown",
    }
    found = {key: headers[key] for key in expected}
    if expected != found:
        raise ValueError(f"{wheel.name}: expected metadata {expected}, got {found}.")
    check_page(wheel, headers.get_payload())


def check_page(wheel: Path, readme: str) -> None:
    """Raise ValueError unless the index will show the README: headline, and all code as code."""
    page = markdown.render(readme) or ""  # twine leaves Markdown unread
    blocks = readme.count("\n```") // 2
    if "<h1" not in page or page.count("<pre") != blocks:
        raise ValueError(f"{wheel.name}: expected a page with {blocks} blocks of code, got {page}.")
