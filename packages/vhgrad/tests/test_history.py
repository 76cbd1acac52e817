"""`History`: a dict of what was measured that knows how far the current epoch has come."""

import copy
import csv
import json
import math

import numpy as np
import pytest

from vhgrad.training import History


def test_it_is_a_dict_of_lists_with_one_number_per_epoch():
    """A name that comes late, or is left out, has nan in the other epochs."""
    history = History()
    history.add({"loss": 0.5})
    history.add({"loss": 0.25, "accuracy": np.float32(0.5)})
    history.add({"accuracy": 1})

    assert ["loss", "accuracy"] == list(history)
    assert [0.5, 0.25] == history["loss"][:2]
    assert [0.5, 1.0] == history["accuracy"][1:]
    assert math.isnan(history["loss"][2])
    assert math.isnan(history["accuracy"][0])
    assert {float} == {type(x) for column in history.values() for x in column}
    assert 3 == history.epochs


def test_what_is_no_number_is_refused():
    """A confusion matrix cannot stand in a history; nothing is added then."""
    history = History(loss=[1.0])
    with pytest.raises(TypeError, match="got ndarray as 'matrix'"):
        history.add({"loss": 0.5, "matrix": np.eye(2)})

    assert {"loss": [1.0]} == history


def test_running_sums_give_the_mean_per_example():
    """Batches of unequal size count by their examples; a finished epoch starts them anew."""
    history = History()
    history.count(1.0, examples=3, seconds=0.5)
    history.count(2.0, examples=1, seconds=0.25)

    assert (1.25, 2, 4, 0.75) == (history.mean(), history.steps, history.examples, history.seconds)
    history.add({"loss": history.mean()})
    assert (0, 0, 0.0) == (history.steps, history.examples, history.total)


def test_a_table_can_be_read_back(tmp_path):
    """Every number comes back as it was; nan is `nan`, and names may hold anything."""
    history = History()
    history.add({"loss": 0.1 + 0.2, 'a "b", c': float("nan")})
    history.add({"loss": 1e-300, 'a "b", c': -math.inf})
    path = tmp_path / "history.csv"
    history.to_csv(path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))

    assert [["epoch", "loss", 'a "b", c'], ["1", "0.30000000000000004", "nan"]] == rows[:2]
    assert ["2", "1e-300", "-inf"] == rows[2]
    assert 1e-300 == float(rows[2][1])


def test_a_table_that_cannot_be_written_leaves_the_old_one(tmp_path):
    """The file is replaced whole, or not at all."""
    path = tmp_path / "history.csv"
    History(loss=[1.0]).to_csv(path)
    before = path.read_bytes()
    with pytest.raises(RuntimeError, match="in the middle"):
        History(loss=Failing([1.0, 2.0])).to_csv(path)

    assert before == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


class Failing(list):
    """Fails while it is read."""

    def __iter__(self):
        yield 1.0
        raise RuntimeError("in the middle")


def test_an_empty_history_is_a_table_without_rows(tmp_path):
    """Nothing measured, nothing written but the heading."""
    History().to_csv(str(tmp_path / "history.csv"))

    assert "epoch\n" == (tmp_path / "history.csv").read_text()


def test_it_can_be_drawn():
    """One panel per quantity, with matplotlib."""
    pytest.importorskip("matplotlib")
    figure = History(loss=[1.0, 0.5], accuracy=[0.5, 0.75]).plot()

    assert ["loss", "accuracy"] == [axes.get_ylabel() for axes in figure.axes]


def test_the_state_is_plain_and_a_copy():
    """It survives JSON; what happens later does not change it."""
    history = History(loss=[0.5])
    history.count(0.25, 4, 0.125)
    state = history.state_dict()
    again = History(other=[1.0, 2.0])
    again.load_state_dict(json.loads(json.dumps(state)))
    history["loss"].append(9.0)
    again["loss"].append(8.0)

    assert [0.5] == state["columns"]["loss"]
    assert (1, 4, 1.0, 0.125) == (again.steps, again.examples, again.total, again.seconds)
    assert {"loss": [0.5, 8.0]} == again


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"steps": -1}, "'steps' is -1"),
        ({"steps": True}, "'steps' is True"),
        ({"examples": 1.5}, "'examples' is 1.5"),
        ({"total": "much"}, "'total' is 'much'"),
        ({"columns": {"loss": [1.0], "accuracy": []}}, "different lengths"),
        ({"columns": {"loss": ["low"]}}, "something else than lists of numbers"),
        ({"columns": [1.0]}, "something else than lists of numbers"),
        ({"weights": 1}, "unexpected 'weights'"),
    ],
)
def test_a_wrong_state_changes_nothing(change, message):
    """All that is wrong is named, and the history is as it was."""
    history = History(loss=[0.5])
    history.count(1.0, 2)
    before = copy.deepcopy(history.state_dict())
    with pytest.raises(ValueError, match=message):
        history.load_state_dict(before | change)
    with pytest.raises(ValueError, match=r"no 'columns'; no 'steps'.*unexpected 'x'"):
        history.load_state_dict({"x": 1})

    assert before == history.state_dict()
