"""`vhgrad train --config FILE`: an option wins over the file, the file over the default."""

import json

import pytest

from vhgrad.cli import main


@pytest.fixture
def configured(tmp_path, capsys):
    """Runs `vhgrad train` with the text of a file: exit code and standard error."""

    def run(text, *words):
        (tmp_path / "run.toml").write_text(text)
        out = ("--out", str(tmp_path / "out"), "--overwrite")
        try:
            code = main(["train", "--config", str(tmp_path / "run.toml"), *words, *out])
        except SystemExit as error:
            code = error.code
        return code, capsys.readouterr().err

    return run


def test_an_option_wins_over_the_file_and_the_file_over_the_default(configured, tmp_path):
    """H7: what came of it is saved with the result."""
    code, _ = configured('task = "xor"\nepochs = 3\nlr = 0.25\nbatch-size = 2\n', "--lr", "0.5")
    record = json.loads((tmp_path / "out" / "metrics.json").read_text())

    assert 0 == code
    assert ("xor", 3, 0.5, 2, "adam") == tuple(
        record[name] for name in ("task", "epochs", "lr", "batch_size", "optimizer")
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epochs = 3\nepohcs = 4\n", "run.toml:2: no setting 'epohcs'"),
        ("epochs = 3\nepochs = 4\n", "run.toml:2"),
        ("epochs = 3\nlr = 'fast'\n", "run.toml:2: lr needs a number above 0, got 'fast'"),
        ("epochs = [3]\n", "run.toml:1: epochs needs one value"),
        ("epochs = true\n", "run.toml:1: epochs needs one value"),
        ("epochs =\n", "run.toml:1"),
        ("[train]\nepochs = 1\n", "run.toml:1: no setting 'train'"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(configured, text, message):
    """H6: as if it stood on the command line: exit code 2."""
    code, err = configured(text)

    assert 2 == code
    assert message in err


def test_a_missing_file_is_named(capsys):
    """H6: exit code 2, like any other mistake on the command line."""
    with pytest.raises(SystemExit) as caught:
        main(["train", "--config", "nowhere.toml"])

    assert 2 == caught.value.code
    assert "nowhere.toml: No such file" in capsys.readouterr().err


def test_a_file_of_windows_is_read(tmp_path, configured):
    """Notepad writes a byte order mark, and ends lines in its own way."""
    code, _ = configured('\ufefftask = "xor"\r\nepochs = 2\r\n')

    assert 0 == code
    assert 2 == json.loads((tmp_path / "out" / "metrics.json").read_text())["epochs"]


def test_a_file_without_a_name_is_no_folder(tmp_path, capsys):
    """A variable that was not set."""
    with pytest.raises(SystemExit, match="2"):
        main(["train", "xor", "--config", "", "--out", str(tmp_path / "out")])

    assert "argument --config: '': the path is empty; name a file" in capsys.readouterr().err
