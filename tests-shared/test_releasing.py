"""A release is made from a copy of the project here, and looked at from all sides."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STAGES = ["micrograd", "micrograd-plus", "microgradx", "vhgrad"]
FRAGMENT = Path("packages/microgradx/changelog.d/a-thing.fixed.md")


@pytest.fixture
def project(tmp_path):
    """The parts of the project that a release touches, with one change to tell."""
    shutil.copytree(ROOT / "releasing", tmp_path / "releasing")
    shutil.copy(ROOT / "CITATION.cff", tmp_path)
    for stage in STAGES:
        to = tmp_path / "packages" / stage
        (to / "changelog.d").mkdir(parents=True)
        (to / "changelog.d" / "README.md").write_text("how to write fragments")
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / "packages" / stage / name, to)
        shutil.copytree(ROOT / "packages" / stage / "src", to / "src")
    (tmp_path / FRAGMENT).write_text("A thing is\nright now.\n")
    return tmp_path


def script(project, name, *words):
    """Run a script of the copy."""
    command = [sys.executable, project / "releasing" / f"{name}.py", *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=project, encoding="utf-8"
    )


def table(project, stage):
    """The `[project]` table of a stage in the copy."""
    text = (project / "packages" / stage / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]


def everything(project):
    """All text files of the copy, to see whether anything was written."""
    files = (path for path in project.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path: path.read_bytes() for path in files}


def test_bump_moves_versions_pins_and_the_citation(project):
    """Afterwards all four and their extras name the new one."""
    done = script(project, "bump", "9.8.7", "--date", "2031-02-03")
    tables = [table(project, stage) for stage in STAGES]
    pins = [line for stage in tables for line in re.findall(r"==([\d.]+)", str(stage))]
    citation = (project / "CITATION.cff").read_text(encoding="utf-8")

    assert 0 == done.returncode, done.stderr
    assert ["9.8.7"] * 4 == [stage["version"] for stage in tables]
    assert {"9.8.7"} == set(pins)
    assert 5 == len(pins)  # three stages on the one below, two extras
    assert "version: 9.8.7\n" in citation
    assert 'date-released: "2031-02-03"\n' in citation


def test_bump_turns_fragments_into_a_section_on_top(project):
    """The newest release stands first; the fragments are gone, their README stays."""
    script(project, "bump", "9.8.7", "--date", "2031-02-03")
    (project / FRAGMENT.with_name("more.added.md")).write_text("More.")
    script(project, "bump", "9.9.0", "--date", "2031-03-04")
    text = (project / "packages/microgradx/CHANGELOG.md").read_text(encoding="utf-8")

    assert (
        "# Change log\n\nAll four stages have the same version; each tells its own changes.\n\n"
        "## 9.9.0 (2031-03-04)\n\n### Added\n\n- More.\n\n"
        "## 9.8.7 (2031-02-03)\n\n### Fixed\n\n- A thing is right now.\n"
    ) == text
    assert ["README.md"] == [path.name for path in (project / FRAGMENT).parent.iterdir()]


@pytest.mark.parametrize(
    "words", [["1.1"], ["01.0.0"], ["0.9.0"], ["9.0.0rc1"], ["9.0.0", "--draft"]]
)
def test_bump_refuses_or_drafts_without_writing(project, words):
    """A wrong version, an earlier one and a draft leave every file as it was."""
    before = everything(project)
    done = script(project, "bump", *words)

    assert ("--draft" in words) == (done.returncode == 0)
    assert before == everything(project)


def test_bump_refuses_a_fragment_of_no_known_kind_without_writing(project):
    """Nothing is forgotten, and nothing is half done."""
    (project / FRAGMENT.with_name("odd.improved.md")).write_text("Better.")
    before = everything(project)
    done = script(project, "bump", "9.8.7")

    assert "microgradx: expected <name>.<kind>.md" in done.stderr
    assert before == everything(project)


def test_bump_refuses_a_version_that_is_in_the_change_log(project):
    """A version is released once."""
    script(project, "bump", "9.8.7")
    done = script(project, "bump", "9.8.7")

    assert "the change log has 9.8.7 already" in done.stderr


def test_notes_tell_what_changed_and_know_the_tag(project):
    """The release page is the newest section; a tag of another version is refused."""
    script(project, "bump", "9.8.7")
    told, refused = script(project, "notes", "v9.8.7"), script(project, "notes", "v9.8.8")

    assert "## microgradx\n\n### Fixed\n\n- A thing is right now.\n" in told.stdout
    assert "## vhgrad\n\nNothing but the version, which all stages share.\n" in told.stdout
    assert (1, "") == (refused.returncode, refused.stdout)


def staging(project, code):
    """Run a line of Python that sees the modules of `releasing`; return what it prints."""
    before = f"import sys; sys.path.insert(0, {str(project / 'releasing')!r})\n"
    imports = "from pathlib import Path\nfrom staging import *\nfrom recording import as_table\n"
    command = [sys.executable, "-c", before + imports + code]
    return subprocess.run(
        command, cwd=project, check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout


def staged(project, **settings):
    """The `[project]` tables of a staged copy."""
    staging(project, f"stage_copies(Path('staged'), **{settings})")
    files = [project / "staged" / stage / "pyproject.toml" for stage in STAGES]
    tables = [tomllib.loads(file.read_text(encoding="utf-8"))["project"] for file in files]
    shutil.rmtree(project / "staged")
    return tables


def test_on_the_index_only_the_name_of_stage_1_differs(project):
    """Stage 2 asks for it by that name; stages 3 and 4 are the same files."""
    version = table(project, "micrograd")["version"]
    released, of_index = (staged(project, registry=where) for where in (False, True))

    assert [table(project, stage) for stage in STAGES] == released
    assert {**released[0], "name": "vhgrad-micrograd"} == of_index[0]
    assert {**released[1], "dependencies": [f"vhgrad-micrograd=={version}"]} == of_index[1]
    assert released[2:] == of_index[2:]


def test_a_release_says_where_it_comes_from(project):
    """Its address is not known before somebody publishes it; then all four name it."""
    address = "https://example.org/somebody/vhgrad"
    urls = [project["urls"] for project in staged(project, repository=address + "/")]

    assert [{"Source": address, "Issues": f"{address}/issues"}] * 4 == urls


def test_what_git_does_not_know_is_not_shipped(project):
    """A forgotten file is named before anything is built; without git nobody can tell."""
    stray = project / "packages/vhgrad/src/vhgrad/scratch.py"
    stray.write_text("")
    untold = staging(project, "print(strays())")
    if git := shutil.which("git"):
        subprocess.run([git, "init", "-q"], cwd=project, check=True)
        subprocess.run([git, "add", "--all", ":!*scratch.py"], cwd=project, check=True)
    told = staging(project, "print(strays())")

    assert "[]\n" == untold
    assert f"{['packages/vhgrad/src/vhgrad/scratch.py'] if git else []}\n" == told


def test_the_table_of_installs_names_the_pythons_and_what_failed(project):
    """One row for a check, however many Pythons it was made on."""
    rows = [
        {"check": "alone", "python": "3.11", "result": "ok"},
        {"check": "alone", "python": "3.12", "result": "FAILED"},
        {"check": "downstream", "python": "3.12", "result": "ok"},
    ]
    found = {"rows": rows, "date": "2031-02-03", "commit": "abc", "machine": "Linux"}
    printed = staging(project, f"print(as_table({found}))")

    assert "| alone | 3.11, 3.12 | **failed on 3.12** |\n" in printed
    assert "| downstream | 3.12 | ok |\n" in printed
