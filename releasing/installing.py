"""The ways to install that have nothing to do with any other package of the same name."""

import hashlib
import shutil
from pathlib import Path

from environments import Environment, done, program
from hostile import MESSAGE, hostile_index
from stages import STAGES, metadata, upto

__all__ = ["SMOKE", "alone", "changed", "highest", "lowest", "pinned", "plain"]

SMOKE = Path(__file__).resolve().with_name("smoke.py")


def alone(stage: str, wheels: list[Path], environment: Environment) -> None:
    """A stage works with the wheels up to its own, and uninstalling leaves nothing of them."""
    environment.install(*wheels)
    environment.pip("check")
    environment.run(SMOKE, stage)
    if stage == "vhgrad":
        assert "train" in done(program(environment.place, "vhgrad"), "--help")
    environment.pip("uninstall", "--yes", *upto(stage))
    assert not environment.ours(), f"left behind: {environment.ours()}"


def plain(files: list[Path], environment: Environment) -> None:
    """Files of any kind, given all at once, make a whole."""
    environment.install(*files)
    environment.pip("check")
    environment.run(SMOKE, "vhgrad")


def lowest(wheels: list[Path], environment: Environment) -> None:
    """The lower bounds are true."""
    lines = [line for stage in STAGES for line in requirements(stage)]
    bounds = [line.replace(">=", "==") for line in lines if ">=" in line]
    environment.install(*wheels, *bounds)
    environment.pip("check")
    environment.run(SMOKE, "vhgrad")
    environment.run("-c", "import vhgrad.plot")


def highest(wheels: list[Path], environment: Environment) -> None:
    """The newest of everything, with what the extras bring."""
    *files, last = wheels
    environment.install("--upgrade", *files, f"{last}[all]")
    environment.pip("check")
    environment.run(SMOKE, "vhgrad")
    environment.run("-c", "import onnx, pooch, vhgrad.plot")


def requirements(stage: str) -> list[str]:
    """What a stage requires, in any of its extras too."""
    project = metadata(stage)
    extras = project.get("optional-dependencies", {}).values()
    return project["dependencies"] + [line for extra in extras for line in extra]


def pinned(release: Path, environment: Environment) -> None:
    """A requirements file installs what was published, whatever has our names on the index."""
    index = hostile_index(environment.place / "index")
    environment.install("--find-links", index, "-r", here(release, environment))
    environment.pip("check")
    environment.run(SMOKE, "vhgrad")

    environment.install("--find-links", index, "--upgrade", "micrograd")  # the trap is one
    said = environment.refusal("-c", "import micrograd")
    assert MESSAGE in said, said


def changed(release: Path, environment: Environment) -> None:
    """One byte more in a wheel, and pip refuses it."""
    file = here(release, environment)
    with next(file.parent.glob("micrograd-*.whl")).open("ab") as wheel:
        wheel.write(b"\0")
    try:
        environment.install("-r", file)
    except RuntimeError as error:
        said = str(error)
    else:
        raise AssertionError("pip installed a changed wheel")
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in said, said
    installed = {line.split("==")[0] for line in environment.pip("freeze").splitlines()}
    assert not installed & set(STAGES), installed


def here(release: Path, environment: Environment) -> Path:
    """The requirements file of stage 4 beside a copy of its wheels, with their addresses there."""
    folder = environment.place / "release"
    folder.mkdir()
    lines = (release / "requirements-vhgrad.txt").read_text(encoding="utf-8").splitlines()
    moved = []
    for stage, line in zip(STAGES, (line for line in lines if not line.startswith("#"))):
        name, _, digest = line.rpartition("/")[2].partition("#sha256=")
        wheel = Path(shutil.copy(release / name, folder))
        assert digest == hashlib.sha256(wheel.read_bytes()).hexdigest(), name
        moved.append(f"{stage} @ {wheel.as_uri()}#sha256={digest}")
    file = folder / "requirements.txt"
    file.write_text("\n".join(moved), encoding="utf-8")
    return file
