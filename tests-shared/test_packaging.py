"""The four packages belong together: one version, exact pins, one license, real modules."""

import importlib
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STAGES = ["micrograd", "micrograd-plus", "microgradx", "vhgrad"]


def metadata(stage):
    """The `[project]` table of one stage."""
    text = (ROOT / "packages" / stage / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]


def source(stage):
    """The folder of one stage's modules."""
    return ROOT / "packages" / stage / "src" / stage.replace("-", "_")


def siblings(requirements):
    """Those requirements that name one of our own packages."""
    return [line for line in requirements if re.split(r"[\[=<>~! ]", line)[0] in STAGES]


def test_versions_move_in_lockstep():
    """All four packages have the same version."""
    versions = {metadata(stage)["version"] for stage in STAGES}

    assert 1 == len(versions)


def test_the_citation_has_the_version():
    """Who cites this names the version that was used."""
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    version = metadata(STAGES[0])["version"]

    assert [version] == re.findall(r"(?m)^version: (.*)$", text)


@pytest.mark.parametrize(("below", "stage"), list(zip([None, *STAGES], STAGES)))
def test_a_stage_pins_the_one_below_exactly(below, stage):
    """A looser pin would let an index answer with another project of the same name."""
    project = metadata(stage)
    expected = [f"{below}=={project['version']}"] if below else []

    assert expected == siblings(project["dependencies"])


@pytest.mark.parametrize("stage", STAGES)
def test_extras_pin_siblings_exactly(stage):
    """Extras that lead to one of our packages name exactly this version of it."""
    project = metadata(stage)
    extras = project.get("optional-dependencies", {}).values()
    pins = siblings(line for extra in extras for line in extra)

    assert all(pin.endswith(f"=={project['version']}") for pin in pins)


@pytest.mark.parametrize("stage", STAGES)
def test_requirements_install_every_stage_below(stage):
    """pip never meets a later stage without the earlier ones."""
    text = (ROOT / "requirements" / f"{stage}.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    upto = STAGES[: STAGES.index(stage) + 1]

    assert [f"-e ./packages/{name}" for name in upto] == lines


@pytest.mark.parametrize("stage", STAGES)
def test_package_is_typed(stage):
    """Type checkers use the hints of a package only where it has this file."""
    assert (source(stage) / "py.typed").is_file()


@pytest.mark.parametrize("stage", STAGES)
def test_package_carries_the_license(stage):
    """Each distribution is published alone and needs its own copy, which may not drift."""
    of_root = (ROOT / "LICENSE").read_text(encoding="utf-8")
    of_package = (ROOT / "packages" / stage / "LICENSE").read_text(encoding="utf-8")

    assert of_root == of_package


@pytest.mark.parametrize("stage", STAGES)
def test_module_is_ours(stage):
    """What is imported is this checkout, not a namesake and not an empty namespace package."""
    module = importlib.import_module(stage.replace("-", "_"))

    assert module.__file__ is not None
    assert source(stage) / "__init__.py" == Path(module.__file__).resolve()


def test_stage_1_stays_a_lesson():
    """The whole first stage, docstrings included, is read in one sitting: under 450 lines."""
    sources = (ROOT / "packages" / "micrograd" / "src").rglob("*.py")
    lines = sum(
        bool(line.strip())
        for path in sources
        for line in path.read_text(encoding="utf-8").splitlines()
    )

    assert 450 > lines


@pytest.mark.parametrize("stage", STAGES)
def test_fragments_of_change_logs_are_of_a_known_kind(stage):
    """`<name>.<kind>.md`, or a release would forget them."""
    names = {path.name for path in (ROOT / "packages" / stage / "changelog.d").iterdir()}
    kinds = "added|changed|deprecated|removed|fixed"

    assert all(re.fullmatch(rf"[a-z0-9-]+\.({kinds})\.md", name) for name in names - {"README.md"})


def test_actions_are_pinned_by_commit():
    """A tag can be moved to other code; a commit cannot, and the comment says which it is."""
    files = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    used = [
        line
        for f in files
        for line in f.read_text(encoding="utf-8").splitlines()
        if "uses:" in line
    ]
    pin = r" *(- )?uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+"

    assert used
    assert [] == [line for line in used if not re.fullmatch(pin, line)]


def test_workflows_name_sessions_that_exist():
    """`nox -s NAME` in a workflow is a session of the noxfile."""
    noxfile = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    functions = re.findall(
        r"(?s)@nox\.session(?:\((?!name)[^\n]*\))?(?: *#[^\n]*)?\n(?:@[^\n]*\n)*def (\w+)", noxfile
    )
    sessions = {*functions, *re.findall(r'name="([\w-]+)"', noxfile)}
    named = set()
    for file in (ROOT / ".github" / "workflows").glob("*.yml"):
        text = file.read_text(encoding="utf-8")
        for found in re.findall(r"nox -s ((?:[a-z]+ ?)+)|session: \[(.*)\]|session: (\w+)\n", text):
            named |= set(re.findall(r"[a-z]+", " ".join(found)))

    assert {"lint", "tests", "prove", "install", "docs"} <= named
    assert named <= sessions
