"""The session that runs all tests in many ways: it would notice, and it leaves nothing out."""

import itertools
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import stage_table
from suite.covering import EXCLUDED, Share, of_package, places
from suite.reporting import table, write
from suite.runs import PARTS, ROOT, Outcome, Run, outcome, planned


def test_a_false_assertion_is_noticed_without_asserts(tmp_path):
    """Under -O pytest still makes the asserts of test modules statements that raise."""
    test = tmp_path / "test_false.py"
    test.write_text("def test_false():\n    assert 1 == 2\n")
    run = Run("python -O", 7, optimized=True)
    command = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-c", "pyproject.toml"]
    done = subprocess.run(
        [*command, str(test)],
        cwd=ROOT,
        env=os.environ | run.environment(tmp_path / "report.xml"),
        capture_output=True,
        text=True,
    )

    assert "1 failed" in done.stdout


def test_every_run_has_an_order_of_its_own():
    """Ten seeds, one of them measured, one without asserts, one with the oldest NumPy."""
    runs = planned("python-of-the-oldest", 10)

    assert list(range(12)) == sorted(run.seed for run in runs)
    assert [1, 1, 1] == [
        sum(run.measured for run in runs),
        sum(run.optimized for run in runs),
        sum(run.python != sys.executable for run in runs),
    ]


def test_every_test_is_run():
    """A new package would have to be named."""
    packages = {path.name for path in (ROOT / "packages").iterdir() if path.is_dir()}

    assert packages | {"shared"} == set(PARTS)
    assert all((ROOT / path).is_dir() for paths in PARTS.values() for path in paths)


def test_every_exclusion_is_explained():
    """The list of pyproject.toml is that of the reasons; no comment hides a line."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert list(EXCLUDED) == settings["tool"]["coverage"]["report"]["exclude_lines"]
    assert 0 == places(r"pragma: *no")
    assert all(places(re.escape(pattern)) for pattern in EXCLUDED)


def test_the_tables_name_what_failed_and_what_did_not_run():
    """Of two parts, one with a failure; of a file with one line and one way not taken."""
    run = Run("order 1", 1)
    found = [Outcome(run, "shared", 3, seconds=1.0), Outcome(run, "vhgrad", 2, ["a::b"], [], 2.0)]
    file = {
        "summary": {
            "num_statements": 10, "missing_lines": 1, "num_branches": 4, "missing_branches": 1
        },
        "missing_lines": [7],
        "missing_branches": [[3, -1]],
    }  # fmt: skip
    share = of_package("vhgrad", {"packages/vhgrad/src/vhgrad/x.py": file})

    assert table(found).splitlines()[-1].split()[-4:] == ["5", "0", "1", "3"]
    assert {"vhgrad/x.py": ["7", "3->exit"]} == share.where
    assert (90.0, 75.0) == (share.percent_of_lines, share.percent)


def test_runs_that_are_done_again_replace_those_in_the_record(tmp_path):
    """Others stay, and each names the commit that it was made at."""
    share = Share("vhgrad", 10, 1, 4, 1, {})
    runs = [Run("order 1", 1), Run("order 2", 2)]
    write([Outcome(run, "shared", 3, ["a::b"]) for run in runs], [share], tmp_path)
    write([Outcome(runs[1], "shared", 4)], [], tmp_path)
    data = json.loads((tmp_path / "suite.json").read_text(encoding="utf-8"))
    text = (tmp_path / "suite.md").read_text(encoding="utf-8")

    assert [(3, 1), (4, 0)] == [(row["tests"], row["failed"]) for row in data["runs"]]
    assert "| vhgrad | 10 | 90.0 % | 4 | 75.0 % |" in text
    assert 2 == text.count(f"`{data['runs'][0]['commit']}`")


@pytest.mark.parametrize(("code", "failed"), [(0, []), (1, ["exit code 1: no data"])])
def test_a_process_that_ends_badly_is_a_failure(tmp_path, monkeypatch, code, failed):
    """Even if every test passed: coverage could not be written, for example."""

    def ended(command, **settings):
        report = next(word for word in command if word.startswith("--junit-xml="))
        cases = '<testsuite><testcase classname="a" name="b"/></testsuite>'
        Path(report.partition("=")[2]).write_text(cases, encoding="utf-8")
        return subprocess.CompletedProcess(command, code, "1 passed", "\nno data")

    monkeypatch.setattr("suite.runs.subprocess.run", ended)
    found = outcome(Run("order 1", 1), "micrograd", tmp_path)

    assert (1, failed) == (found.tests, found.failed)


@pytest.mark.parametrize(("below", "stage"), [*itertools.pairwise(stage_table.STAGES)])
def test_a_stage_passes_the_shared_tests_of_those_below(below, stage):
    """And more: each stage has some that need it."""
    assert set(stage_table.shared_tests(below)) < set(stage_table.shared_tests(stage))
