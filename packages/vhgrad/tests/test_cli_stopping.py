"""A signal while pictures are drawn waits until they are there."""

import signal

import pytest

from vhgrad.cli import main
from vhgrad.cli.run import Run


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_drawing_comes_after_it(tmp_path, monkeypatch, number, code):
    """H11, H12: an exception in the middle of a library's import may end the process."""
    drawn = []

    def draw(self, title):
        signal.raise_signal(number)
        drawn.append(title)

    monkeypatch.setattr(Run, "draw", draw)
    words = ["train", "spiral", "--samples", "90", "--epochs", "1", "--quiet"]

    assert code == main([*words, "--out", str(tmp_path / "run")])
    assert 1 == len(drawn)
    assert (tmp_path / "run" / "metrics.json").is_file()


def test_a_second_ctrl_c_while_drawing_leaves_at_once(tmp_path, monkeypatch):
    """H11: whoever presses twice does not want to wait."""

    def draw(self, title):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("it went on")

    monkeypatch.setattr(Run, "draw", draw)
    words = ["train", "spiral", "--samples", "90", "--epochs", "1", "--quiet"]

    assert 130 == main([*words, "--out", str(tmp_path / "run")])
