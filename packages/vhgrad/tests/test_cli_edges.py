"""The command line at its edges: odd paths, closed streams, full disks, other locales."""

import errno
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys

import pytest

from vhgrad import History, load_checkpoint
from vhgrad.cli import main
from vhgrad.cli.arguments import EXIT_CODES

WORDS = ("train", "xor", "--epochs", "2")
PLAIN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "COLUMNS": "1"}

unix = pytest.mark.skipif(os.name == "nt", reason="limits and links of Unix")


def vhgrad(*words, before="pass", **settings):
    """The command in a process of its own, warnings as errors, `before` run in it first."""
    program = f"import sys; {before}; from vhgrad.cli import main; sys.exit(main())"
    command = [sys.executable, "-W", "error", "-c", program, *map(str, words)]
    settings = {"capture_output": True, "text": True, "check": False, **settings}
    return subprocess.run(command, **settings)


@pytest.fixture
def run(tmp_path, capsys):
    """The folder of a small run."""
    main([*WORDS, "--quiet", "--out", str(tmp_path / "run")])
    capsys.readouterr()
    return tmp_path / "run"


def test_a_value_may_stand_behind_a_space_or_an_equals_sign(tmp_path):
    """H5: `--lr=1e-3` and `--lr 1e-3` are the same run."""
    for name, words in (("a", ("--lr=1e-3", "--seed=4")), ("b", ("--lr", "1e-3", "--seed", "4"))):
        main([*WORDS, *words, "--quiet", "--out", str(tmp_path / name)])
    a, b = ((tmp_path / name / "metrics.json").read_bytes() for name in "ab")

    assert a == b


LIMITED = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
"""


@unix
def test_a_full_disk_is_one_sentence_and_keeps_what_is_there(run):
    """H10: no file may grow beyond 1,000 bytes, so no checkpoint can be written."""
    before = (run / "checkpoint.safetensors").read_bytes()
    limited = f"exec({LIMITED!r})"
    # who measures coverage in children cannot write there either, and says so
    env = {name: x for name, x in os.environ.items() if not name.startswith("COVERAGE")}
    done = vhgrad(*WORDS, "--quiet", "--overwrite", "--out", run, before=limited, env=env)

    assert (1, "") == (done.returncode, done.stdout)
    assert 1 == len(done.stderr.splitlines())
    assert os.strerror(errno.EFBIG) in done.stderr
    assert before == (run / "checkpoint.safetensors").read_bytes()
    assert not [name for name in os.listdir(run) if name.startswith(".")]


def test_a_folder_that_may_not_be_written_is_named_at_once(tmp_path, capsys, monkeypatch):
    """H10: before anything is trained; root may write everywhere, so the question is answered."""
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.W_OK)
    code = main([*WORDS, "--out", str(tmp_path / "out")])

    assert 1 == code
    assert f"vhgrad train: {tmp_path}/out: Permission denied\n" == capsys.readouterr().err


def test_without_a_terminal_there_are_no_codes(tmp_path):
    """H14, H30: results are alone on standard output, and neither stream has control codes."""
    done = vhgrad(*WORDS, "--out", tmp_path, env={**os.environ, "NO_COLOR": "1"})

    assert re.fullmatch(r"test accuracy: \S+ %\n", done.stdout)
    assert (done.stderr.replace("\n", "")).isprintable()
    assert 2 == done.stderr.count("epoch ")


def test_a_terminal_shows_each_epoch_once(tmp_path, monkeypatch):
    """H14: the bar is gone when the epoch is, and one line stays."""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    main([*WORDS, "--out", str(tmp_path)])
    lines = re.findall(r"epoch [12]/2  loss .* s\n", sys.stderr.getvalue())

    assert 2 == len(lines)


def test_a_closed_standard_input_is_one_sentence(run):
    """H15: as `<&-` leaves it."""
    done = vhgrad("predict", run, "-", before="sys.stdin = None")

    assert 1 == done.returncode
    assert "vhgrad predict: standard input is closed.\n" == done.stderr


@pytest.mark.parametrize("out", ["ü€", "two words", "-x", "\u202e"])
def test_any_locale_and_any_path_will_do(tmp_path, out):
    """H16, H33: ASCII alone, a terminal of width 1, spaces, a leading `-`."""
    made = vhgrad(*WORDS, f"--out={out}", cwd=tmp_path, env={**os.environ, **PLAIN})
    seen = vhgrad("inspect", "--", out, cwd=tmp_path, env={**os.environ, **PLAIN})
    helped = vhgrad("--help", env={**os.environ, **PLAIN})

    assert [0, 0, 0] == [made.returncode, seen.returncode, helped.returncode]
    assert (tmp_path / out / "metrics.json").is_file()
    assert "whole" in seen.stdout


def test_the_seed_is_told_and_stored(run, tmp_path, capsys):
    """H18: also the one that was not asked for; H29: what is stored is JSON to the letter."""
    main([*WORDS, "--out", str(tmp_path / "again")])
    told = capsys.readouterr().err

    def no_constant(word):
        raise AssertionError(word)

    text = (run / "metrics.json").read_text()
    assert "seed 0" in told.splitlines()[0]
    assert 0 == json.loads(text, parse_constant=no_constant)["seed"]
    assert 0 == load_checkpoint(run / "checkpoint.safetensors")["settings"]["seed"]


def test_test_data_without_examples_are_named(make_mnist, tmp_path, capsys):
    """H26: nothing is measured on nothing."""
    words = ("--epochs", "0", "--samples", "20", "--quiet", "--out", str(tmp_path / "run"))
    main(["train", "mnist", "--data-dir", str(make_mnist()), *words])
    empty = make_mnist("empty", test=0)
    code = main(["evaluate", str(tmp_path / "run"), "--data-dir", str(empty)])

    assert 1 == code
    assert "t10k-labels-idx1-ubyte.gz holds no labels" in capsys.readouterr().err


@unix
def test_folders_may_be_links(run, tmp_path, capsys):
    """H34: what a link leads to is written, and the link stays."""
    (tmp_path / "link").symlink_to(run)
    code = main([*WORDS, "--overwrite", "--quiet", "--out", str(tmp_path / "link")])

    assert 0 == code
    assert (tmp_path / "link").is_symlink()
    assert 0 == main(["evaluate", str(tmp_path / "link")])


def test_no_network_is_asked_for(run, monkeypatch):
    """H35: generated tasks and checkpoints of one's own need none."""

    def refuse(*_):
        raise AssertionError("a socket was made")

    monkeypatch.setattr(socket, "socket", refuse)

    assert 0 == main([*WORDS, "--overwrite", "--quiet", "--out", str(run)])
    assert 0 == main(["evaluate", str(run)])
    assert 0 == main(["inspect", str(run)])


@pytest.mark.parametrize("debug", [(), ("--debug",)])
def test_nothing_of_the_environment_is_told(tmp_path, debug):
    """H39: not in a message, and not in the traceback that `--debug` shows (H40)."""
    environment = {**os.environ, "API_TOKEN": "very-secret"}
    done = vhgrad("evaluate", tmp_path / "none", *debug, env=environment)

    assert done.returncode
    assert bool(debug) == ("Traceback" in done.stderr)
    assert "very-secret" not in done.stderr + done.stdout


def test_exit_codes_are_documented(capsys):
    """H41: all of them stand in the help, each once."""
    with pytest.raises(SystemExit):
        main(["--help"])
    codes = re.findall(r"^  (\d+) ", EXIT_CODES, re.MULTILINE)

    assert ["0", "1", "2", "3", "129", "130", "143"] == codes
    assert EXIT_CODES in capsys.readouterr().out


def test_a_log_that_cannot_be_written_costs_no_run(tmp_path):
    """`2>&1 | head`, or a log whose disk is full: what is told on the way is worth less."""
    words = [sys.executable, "-m", "vhgrad", *WORDS, "--out", str(tmp_path / "run")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stderr.close()
    out = process.stdout.read()
    process.stdout.close()

    assert 0 == process.wait()
    assert re.fullmatch(r"test accuracy: \S+ %\n", out)
    assert (tmp_path / "run" / "metrics.json").is_file()


def test_without_standard_error_nothing_is_told(tmp_path, capsys, monkeypatch):
    """`2>&-`, and programs without a console: then Python has None there."""
    monkeypatch.setattr(sys, "stderr", None)

    assert 0 == main([*WORDS, "--out", str(tmp_path / "run")])
    assert re.fullmatch(r"test accuracy: \S+ %\n", capsys.readouterr().out)


@unix
def test_ctrl_c_saves_although_it_ends_the_reader_of_the_log_too(tmp_path):
    """H11: in `vhgrad train 2>&1 | tee log` it goes to both."""
    words = [sys.executable, "-m", "vhgrad", "train", "spiral", "--epochs", "100000"]
    process = subprocess.Popen([*words, "--out", str(tmp_path)], stderr=subprocess.PIPE, text=True)
    while not process.stderr.readline().startswith("epoch"):
        pass
    process.stderr.close()
    process.send_signal(signal.SIGINT)

    assert 130 == process.wait()
    history = History()
    load_checkpoint(tmp_path / "checkpoint.safetensors", history=history)
    assert 1 <= history.epochs < 100_000


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_a_full_disk_for_the_result_loses_no_metrics(tmp_path):
    """H10: they are on another disk."""
    with open("/dev/full", "w") as full:
        done = vhgrad(*WORDS, "--quiet", "--out", tmp_path, capture_output=False, stdout=full,
                      stderr=subprocess.PIPE)  # fmt: skip

    assert (1, "vhgrad train: No space left on device\n") == (done.returncode, done.stderr)
    assert (tmp_path / "metrics.json").is_file()


@pytest.mark.parametrize("words", [["inspect"], ["evaluate"], ["predict", "points.csv"]])
def test_a_folder_without_a_checkpoint_says_what_to_name(tmp_path, capsys, words):
    """H9: the folder of a run is enough; another one holds nothing, or files to choose from."""
    command = [words[0], str(tmp_path), *words[1:]]
    start = f"vhgrad {words[0]}: there is no checkpoint.safetensors in the folder {tmp_path}; "

    assert 1 == main(command)
    assert f"{start}name another folder, or a file\n" == capsys.readouterr().err
    (tmp_path / "step-000001.safetensors").touch()
    assert 1 == main(command)
    assert f"{start}name one of its files: 'step-000001.safetensors'\n" == capsys.readouterr().err


def test_an_empty_name_is_no_folder(run, tmp_path, capsys, monkeypatch):
    """A variable that was not set: nothing is written where one happens to be, or read there."""
    monkeypatch.chdir(run)
    before = sorted(os.listdir())
    with pytest.raises(SystemExit, match="2"):
        main([*WORDS, "--overwrite", "--out", ""])
    assert "argument --out: needs the name of a folder, got ''" in capsys.readouterr().err
    assert 1 == main(["predict", ".", ""])
    assert "vhgrad predict: '': the path is empty; name a file or" in capsys.readouterr().err
    assert 1 == main(["inspect", ""])
    assert (
        "vhgrad inspect: '': the path is empty; name a file or folder\n" == capsys.readouterr().err
    )
    assert before == sorted(os.listdir())


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path, capsys):
    """H10: with what to do."""
    (tmp_path / "out").touch()

    assert 1 == main([*WORDS, "--out", str(tmp_path / "out")])
    err = capsys.readouterr().err
    assert f"vhgrad train: {tmp_path}/out is a file; choose a folder with --out\n" == err
