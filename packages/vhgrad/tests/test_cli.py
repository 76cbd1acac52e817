"""The command line: results on standard output, mistakes in one sentence, exit codes."""

import json
import re
import subprocess
import sys
from importlib.util import find_spec

import pytest

from vhgrad.cli import main
from vhgrad.cli import train as train_command
from vhgrad.cli.tasks import TASKS

DRAWS = find_spec("matplotlib") is not None  # an extra: without it there are no pictures


@pytest.fixture
def train(tmp_path, capsys):
    """Runs `vhgrad train` into a temporary folder: exit code, standard output, standard error."""

    def run(*words):
        code = main(["train", *words, "--out", str(tmp_path / "out"), "--overwrite"])
        return code, *capsys.readouterr()

    return run


def refused(capsys, *words):
    """What a wrong command line prints before it exits with 2."""
    with pytest.raises(SystemExit) as caught:
        main(words)
    out, err = capsys.readouterr()

    assert 2 == caught.value.code
    assert "" == out
    return err.splitlines()[-1]


@pytest.mark.parametrize("task", ["xor", "spiral", "moons"])
def test_generated_tasks_are_learned(train, tmp_path, task):
    """All learn their task; the result is alone on standard output."""
    code, out, err = train(task)
    (accuracy,) = re.fullmatch(r"test accuracy: (\d+\.\d\d) %\n", out).groups()

    assert 0 == code
    assert float(accuracy) >= {"xor": 100.0, "spiral": 99.0, "moons": 99.0}[task]
    assert TASKS[task].epochs == len(
        re.findall(r"^epoch +\d+/\d+  loss .* accuracy .* s$", err, re.MULTILINE)
    )
    assert ["decision_boundary.png"] * DRAWS == [p.name for p in (tmp_path / "out").glob("*.png")]


def test_spiral_is_the_default(train):
    """Without a task the one that needs no download is trained."""
    assert train("--epochs", "1")[2].startswith("spiral: 600 samples")


def test_mnist_is_read_from_a_folder(train, tmp_path, mnist_folder):
    """The digits are learned a little in five epochs; pictures show the result and mistakes."""
    code, out, _ = train(
        *("mnist", "--data-dir", str(mnist_folder)),
        *("--samples", "200", "--epochs", "5", "--batch-size", "16"),
    )
    accuracy = float(re.fullmatch(r"test accuracy: (\d+\.\d\d) %\n", out)[1])

    assert 0 == code
    assert accuracy > 30  # guessing gives 10
    assert ["confusion_matrix.png", *["mistakes.png"] * (accuracy < 100)] * DRAWS == sorted(
        path.name for path in (tmp_path / "out").glob("*.png")
    )


def test_the_same_seed_gives_the_same_bytes(train, tmp_path):
    """H17: two runs write equal metrics and checkpoints, another seed others."""
    metrics, checkpoints = [], []
    for seed in ("3", "3", "4"):
        train("spiral", "--epochs", "2", "--seed", seed)
        metrics.append((tmp_path / "out" / "metrics.json").read_bytes())
        checkpoints.append((tmp_path / "out" / "checkpoint.safetensors").read_bytes())

    assert metrics[0] == metrics[1] != metrics[2]
    assert checkpoints[0] == checkpoints[1] != checkpoints[2]


def test_metrics_hold_the_settings(train, tmp_path):
    """H7: what was asked for and what came of it stand in one file."""
    train("spiral", "--epochs", "2", "--lr=0.5", "--samples", "90", "--batch-size", "30")
    record = json.loads((tmp_path / "out" / "metrics.json").read_text())

    assert ("spiral", 90, 2, 30, 0.5, 0) == tuple(
        record[name] for name in ("task", "samples", "epochs", "batch_size", "lr", "seed")
    )
    assert 2 == len(record["history"]["loss"])


def test_no_epochs_measure_the_untrained_network(train):
    """H23: `--epochs 0` is a run without training."""
    code, out, _ = train("spiral", "--epochs", "0")

    assert 0 == code
    assert out.startswith("test accuracy: ")


def test_quiet_prints_the_result_only(train):
    """Nothing on standard error, one line on standard output."""
    _, out, err = train("xor", "--quiet")

    assert ("test accuracy: 100.00 %\n", "") == (out, err)


def test_quiet_is_quiet_without_matplotlib(train, monkeypatch):
    """Also when there is no picture to speak of."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    _, out, err = train("xor", "--quiet")

    assert ("test accuracy: 100.00 %\n", "") == (out, err)


def test_without_matplotlib_the_extra_is_named(train, monkeypatch):
    """The result stands; one line says how to get pictures."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    code, out, err = train("xor")

    assert 0 == code
    assert "test accuracy: 100.00 %\n" == out
    assert "Pictures need matplotlib: pip install 'vhgrad[plot]'." == err.splitlines()[-1]


def test_no_arguments_print_the_usage(capsys):
    """H1: nothing to do is not a success."""
    assert 2 == main([])
    assert capsys.readouterr().err.startswith("usage: vhgrad")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "spirall"], "no task 'spirall'; did you mean spiral?"),
        (["train", "cats"], "no task 'cats'; there is xor, spiral, moons, mnist, cifar10"),
        (["train", "--optimizer", "adamm"], "no optimizer 'adamm'; did you mean adam?"),
        (["train", "--schedule", "cos"], "no schedule 'cos'; did you mean cosine?"),
        (["train", "--resume", "--overwrite"], "argument --resume: not together with --overwrite"),
        (["evaluate"], "the following arguments are required: CHECKPOINT"),
        (["predict", "x"], "the following arguments are required: FILE"),
        (["trian"], "no command 'trian'; did you mean train?"),
        (["train", "--epoch", "3"], "no option --epoch; did you mean --epochs?"),
        (["train", "--batchsize=3"], "no option --batchsize; did you mean --batch-size?"),
        (["--versoin"], "no option --versoin; did you mean --version?"),
        (["train", "-z"], "unrecognized arguments: -z"),
        (["train", "xor", "mnist"], "unrecognized arguments: mnist"),
        (["train", "--lr", "abc"], "argument --lr: needs a number above 0, got 'abc'"),
        (["train", "--lr", "nan"], "argument --lr: needs a number above 0, got 'nan'"),
        (["train", "--lr", "inf"], "argument --lr: needs a number above 0, got 'inf'"),
        (["train", "--lr", "-1"], "argument --lr: needs a number above 0, got '-1'"),
        (["train", "--lr", "0"], "argument --lr: needs a number above 0, got '0'"),
        (["train", "--epochs", "-1"], "--epochs: needs a whole number from 0 to 1000000, got '-1'"),
        (["train", "--epochs", "1e9"], "--epochs: needs a whole number"),
        (["train", "--epochs", "1000000000"], "--epochs: needs a whole number"),
        (["train", "--batch-size", "0"], "--batch-size: needs a whole number from 1"),
        (["train", "--samples", "2.5"], "--samples: needs a whole number from 1"),
        (["train", "xor", "--samples", "5"], "--samples: xor has at most 4, got 5"),
        (["train", "mnist", "--samples", "60001"], "--samples: mnist has at most 60,000"),
        (["train", "--seed", "-1"], "--seed: needs a whole number from 0"),
        (["train", "--seed", str(2**64)], "--seed: needs a whole number from 0"),
        (["train", "--seed", "abc"], "--seed: needs a whole number from 0"),
    ],
)
def test_a_wrong_command_line_is_named(capsys, words, message):
    """H3, H4, H19: the last line says what was wrong, and the nearest right word; exit code 2."""
    assert message in refused(capsys, *words)


@pytest.mark.parametrize("missing", ["nowhere", ""])
def test_missing_data_are_one_sentence(train, tmp_path, missing):
    """H8: a folder that is not there, or has no such files, is named; the exit code is 1."""
    code, out, err = train("mnist", "--data-dir", str(tmp_path / missing))

    assert (1, "") == (code, out)
    assert re.fullmatch(r"vhgrad train: data_dir .*\n", err)


def test_without_pooch_both_ways_to_the_data_are_named(train, monkeypatch):
    """The option for a folder, and the command that lets the files be downloaded."""
    monkeypatch.delenv("VHGRAD_DATA_DIR", raising=False)
    monkeypatch.setitem(sys.modules, "pooch", None)
    code, out, err = train("mnist")

    assert (1, "") == (code, out)
    assert re.fullmatch(r"vhgrad train: .*--data-dir .*pip install 'microgradx\[data\]'.*\n", err)


def test_damaged_data_are_one_sentence(train, make_mnist):
    """A file cut short is named, without a traceback."""
    folder = make_mnist()
    file = folder / "train-images-idx3-ubyte.gz"
    file.write_bytes(file.read_bytes()[:-9])
    code, _, err = train("mnist", "--data-dir", str(folder))

    assert 1 == code
    assert re.fullmatch(r"vhgrad train: .*train-images-idx3-ubyte\.gz is damaged.*\n", err)


def test_fewer_images_than_asked_for_are_named(train, make_mnist):
    """Files with 200 images cannot give 300."""
    code, _, err = train("mnist", "--data-dir", str(make_mnist()), "--samples", "300")

    assert 1 == code
    assert "200 training images, 300 were asked for" in err


def test_a_folder_that_cannot_be_made_is_named_at_once(capsys, tmp_path):
    """H10: where a file is in the way, nothing is trained first."""
    (tmp_path / "file").touch()
    code = main(["train", "xor", "--out", str(tmp_path / "file" / "out")])
    out, err = capsys.readouterr()

    assert (1, "") == (code, out)
    assert re.fullmatch(r"vhgrad train: .*: Not a directory\n", err)


def test_a_rate_that_is_too_high_is_one_sentence(train):
    """H24: a loss that is no number any more ends the run with exit code 1."""
    code, out, err = train("spiral", "--lr", "1e300", "--epochs", "5")

    assert (1, "") == (code, out)
    assert "vhgrad train: the loss became" in err.splitlines()[-1]


def test_ctrl_c_exits_with_130(train, monkeypatch):
    """H11: one line, no traceback."""

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(train_command, "Run", interrupted)

    assert (130, "", "interrupted\n") == train("xor")


def command(*words, **settings):
    """`python -m vhgrad` in a process of its own, with warnings as errors."""
    start = [sys.executable, "-W", "error", "-m", "vhgrad"]
    return subprocess.run([*start, *words], capture_output=True, text=True, check=False, **settings)


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_version_and_help_exit_with_0(flag):
    """H2: both are printed on standard output."""
    result = command(flag)

    assert (0, "") == (result.returncode, result.stderr)
    assert "vhgrad" in result.stdout


def test_the_module_is_the_command(tmp_path):
    """H32, H37: `python -m vhgrad train xor` writes into runs/xor of the current folder."""
    result = command("train", "xor", cwd=tmp_path)

    assert (0, "test accuracy: 100.00 %\n") == (result.returncode, result.stdout)
    assert (tmp_path / "runs" / "xor" / "metrics.json").is_file()


def test_a_reader_that_leaves_is_no_error(tmp_path):
    """H13: standard output closed, as `| head` does: no traceback."""
    words = [sys.executable, "-m", "vhgrad", "train", "xor", "--quiet"]
    process = subprocess.Popen(
        words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.close()

    assert "" == process.stderr.read()
    process.stderr.close()
    process.wait()
