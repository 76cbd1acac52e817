"""`vhgrad train --resume`: a run that is stopped and resumed is the same run."""

import os
import signal
import subprocess
import sys
import time

import pytest

from vhgrad.checkpoint import load_checkpoint
from vhgrad.cli import main

FILES = ("checkpoint.safetensors", "metrics.json")


def run(capsys, out, *words):
    """Exit code and standard error of `vhgrad train spiral`."""
    code = main(["train", "spiral", "--samples", "120", *words, "--out", str(out)])
    return code, capsys.readouterr().err


def heeding():
    """SIGHUP is ignored in children, too, where the tests run under `nohup`."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def started(out, *words):
    """`vhgrad train spiral` in a process of its own, once it has finished three epochs."""
    command = [sys.executable, "-W", "error", "-m", "vhgrad", "train", "spiral", *words]
    process = subprocess.Popen(
        [*command, "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heeding,
    )
    for line in process.stderr:
        if line.startswith("epoch") and int(line.split()[1].split("/")[0]) >= 3:
            return process
    raise AssertionError(process.wait())


@pytest.mark.parametrize("schedule", ["cosine", "onecycle", "step", "constant"])
@pytest.mark.parametrize("optimizer", ["adam", "sgd", "adamw", "rmsprop"])
def test_every_recipe_is_resumed_bit_by_bit(tmp_path, capsys, optimizer, schedule):
    """Longer by more epochs, or not: what a killed run left is gone on with to the same bytes."""
    words = ("--epochs", "4", "--optimizer", optimizer, "--schedule", schedule)
    run(capsys, tmp_path / "whole", *words)
    stop = StopAfter(2)
    with stop:
        code, _ = run(capsys, tmp_path / "parts", *words)
    again, told = run(capsys, tmp_path / "parts", "--resume")

    assert (130, 0) == (code, again)
    assert "resumed after 2 of 4 epochs" in told
    for name in FILES:
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()


@pytest.mark.parametrize("schedule", ["cosine", "onecycle", "step", "constant"])
def test_a_run_of_no_epochs_can_be_gone_on_with(tmp_path, capsys, schedule):
    """H22, H23: the network at the start is measured, then trained as if at once."""
    words = ("--schedule", schedule, "--epochs")
    run(capsys, tmp_path / "whole", *words, "3")
    run(capsys, tmp_path / "parts", *words, "0")
    code, told = run(capsys, tmp_path / "parts", "--resume", "--epochs", "3")

    assert 0 == code, told
    for name in FILES:
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()


class StopAfter:
    """Sends this process a signal, Ctrl-C, when an epoch has been saved."""

    def __init__(self, epochs, number=signal.SIGINT):
        self.epochs, self.number = epochs, number

    def __enter__(self):
        from vhgrad.cli.saving import RunCheckpoint

        self.save = RunCheckpoint.save

        def save(checkpoint, *, history, **parts):
            path = self.save(checkpoint, history=history, **parts)
            if history.epochs == self.epochs:
                os.kill(os.getpid(), self.number)
            return path

        RunCheckpoint.save = save

    def __exit__(self, *error):
        from vhgrad.cli.saving import RunCheckpoint

        RunCheckpoint.save = self.save


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_saves_and_the_rest_gives_the_same_bytes(tmp_path, name, code):
    """H11, H12: stopped in the middle of an epoch: the exit code tells, nothing is lost."""
    words = ("--epochs", "40", "--samples", "3000")
    stopped = started(tmp_path / "parts", *words)
    time.sleep(0.05)
    stopped.send_signal(getattr(signal, name))
    _, err = stopped.communicate()

    assert code == stopped.returncode
    assert "--resume goes on with it" in err.splitlines()[-1]
    for folder, more in (("parts", ("--resume",)), ("whole", words)):
        command = [sys.executable, "-m", "vhgrad", "train", "spiral", *more, "--quiet"]
        done = subprocess.run([*command, "--out", str(tmp_path / folder)], capture_output=True)
        assert (0, b"") == (done.returncode, done.stderr)
    for name in FILES:
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()


def test_nohup_goes_on_without_its_terminal(tmp_path, capsys):
    """What was told to ignore SIGHUP still does, and only that."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with StopAfter(1, signal.SIGHUP):
            code, told = run(capsys, tmp_path, "--epochs", "2")
        assert signal.SIG_IGN == signal.getsignal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)

    assert 0 == code
    assert "epoch 2/2" in told


def test_a_second_ctrl_c_leaves_at_once(tmp_path):
    """H11: whoever cannot wait for the step is let go, with the same exit code and no traceback."""
    process = started(tmp_path, "--epochs", "1000", "--samples", "100000", "--batch-size", "100000")
    process.send_signal(signal.SIGINT)
    time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()

    assert 130 == process.returncode
    assert "Traceback" not in err


def test_a_finished_run_says_so(tmp_path, capsys):
    """H21: there is nothing to do, and that is no error."""
    run(capsys, tmp_path, "--epochs", "2")
    before = (tmp_path / "checkpoint.safetensors").read_bytes()
    code, told = run(capsys, tmp_path, "--resume")

    assert 0 == code
    assert "the run is finished" in told
    assert before == (tmp_path / "checkpoint.safetensors").read_bytes()


@pytest.mark.parametrize("schedule", ["cosine", "onecycle"])
def test_more_epochs_go_on(tmp_path, capsys, schedule):
    """H22: a run of two epochs becomes one of five, and the checkpoint knows."""
    run(capsys, tmp_path, "--epochs", "2", "--schedule", schedule)
    code, told = run(capsys, tmp_path, "--epochs", "5", "--resume")
    metadata = load_checkpoint(tmp_path / "checkpoint.safetensors")

    assert 0 == code
    assert "resumed after 2 of 5 epochs" in told
    assert 5 == metadata["settings"]["epochs"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--lr", "0.5"), "not with lr 0.5 instead of 0.01"),
        (("--seed", "7"), "not with seed 7 instead of 0"),
        (("--epochs", "1"), "a run of 2 epochs cannot be resumed with only 1"),
    ],
)
def test_a_run_is_not_resumed_with_other_settings(tmp_path, capsys, words, message):
    """H20: only more epochs are allowed; all else would be another run."""
    run(capsys, tmp_path, "--epochs", "2")
    code, told = run(capsys, tmp_path, "--resume", *words)

    assert 1 == code
    assert message in told


def test_a_run_is_not_overwritten_by_mistake(tmp_path, capsys):
    """H10: a folder with a run is refused, with all three ways on."""
    run(capsys, tmp_path, "--epochs", "1")
    before = {name: (tmp_path / name).read_bytes() for name in FILES}
    code, told = run(capsys, tmp_path, "--epochs", "2")

    assert 1 == code
    assert all(word in told for word in ("--resume", "--overwrite", "--out"))
    assert before == {name: (tmp_path / name).read_bytes() for name in FILES}


def test_overwriting_deletes_nothing_before_there_is_something_new(tmp_path, capsys):
    """Data that are not there, or a run that fails at its start: the old checkpoint is whole."""
    run(capsys, tmp_path, "--epochs", "1")
    before = {name: (tmp_path / name).read_bytes() for name in FILES}
    words = ("train", "mnist", "--data-dir", str(tmp_path / "nowhere"), "--overwrite")
    code = main([*words, "--out", str(tmp_path)])

    assert 1 == code
    assert before == {name: (tmp_path / name).read_bytes() for name in FILES}
    run(capsys, tmp_path, "--epochs", "1", "--lr", "1e300", "--optimizer", "sgd", "--overwrite")
    assert before[FILES[0]] == (tmp_path / FILES[0]).read_bytes()
    assert not (tmp_path / FILES[1]).exists()  # it would tell of another run


def test_nothing_to_resume_is_named(tmp_path, capsys):
    """A new folder has no run in it."""
    code, told = run(capsys, tmp_path, "--resume")

    assert 1 == code
    assert "there is no checkpoint.safetensors" in told


def test_a_damaged_checkpoint_is_not_resumed(tmp_path, capsys):
    """It is named in one sentence; the exit code is its own."""
    run(capsys, tmp_path, "--epochs", "1")
    file = tmp_path / "checkpoint.safetensors"
    file.write_bytes(file.read_bytes()[:-5])
    code, told = run(capsys, tmp_path, "--resume")

    assert 3 == code
    assert 1 == len(told.splitlines())


def test_two_runs_in_one_folder_are_kept_apart(tmp_path, capsys):
    """H31: the second is refused while the first is at work."""
    first = started(tmp_path, "--epochs", "1000", "--samples", "3000")
    code, told = run(capsys, tmp_path, "--overwrite")
    first.send_signal(signal.SIGTERM)
    first.communicate()

    assert 1 == code
    assert "another run is at work" in told


def test_a_rate_that_is_too_high_keeps_the_last_good_checkpoint(tmp_path, capsys):
    """H24: what was saved before stays, and can be used."""
    run(capsys, tmp_path, "--epochs", "0")
    before = (tmp_path / "checkpoint.safetensors").read_bytes()
    words = ("--epochs", "3", "--lr", "1e300", "--optimizer", "sgd", "--overwrite")
    code, _ = run(capsys, tmp_path / "other", *words)

    assert 1 == code
    assert before == (tmp_path / "checkpoint.safetensors").read_bytes()
