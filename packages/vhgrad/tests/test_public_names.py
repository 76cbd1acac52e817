"""What the package offers, by name."""

import importlib
import subprocess
import sys
import types

import pytest

import vhgrad
from vhgrad import later

# those with names of their own, too
ROOMS = {"init", "lr_scheduler", "metrics", "nn", "optim", "plot"}


def test_public_names_exist_and_are_all_there_is():
    """`__all__` names everything public at the top level, each once, and the rooms."""
    found = {
        name
        for name in dir(vhgrad)
        if not name.startswith("_") and not isinstance(getattr(vhgrad, name), types.ModuleType)
    }

    assert len(vhgrad.__all__) == len(set(vhgrad.__all__))
    assert found | ROOMS == set(vhgrad.__all__)
    assert all(getattr(vhgrad, name).__doc__ for name in vhgrad.__all__)


def test_what_a_room_offers_is_also_at_the_top():
    """The same class has the same name in `vhgrad.nn` and in `vhgrad`."""
    names = ROOMS - {"init", "plot"} | {"data", "random", "training"}
    rooms = [getattr(vhgrad, name) for name in names]
    pairs = [(room, name) for room in rooms for name in room.__all__]

    assert [] == [
        name for room, name in pairs if getattr(vhgrad, name, None) is not getattr(room, name)
    ]


def test_every_name_has_an_example():
    """Of classes and functions; stage 1's own have theirs in the chapter, to stay short."""
    without = [
        name
        for name in vhgrad.__all__
        for what in [getattr(vhgrad, name)]
        if isinstance(what, type | types.FunctionType)
        and not what.__module__.startswith("micrograd.")
        and "Example:" not in (what.__doc__ or "")
    ]

    assert [] == without


@pytest.mark.parametrize("room", later.ROOMS)
def test_a_room_that_opens_late_offers_what_is_written_down(room):
    """At the top stands what the room names itself; of a plot and a summary, less."""
    module = importlib.import_module(f"vhgrad.{room}")
    expected = {"plot": [], "nn.summary": ["summary"]}.get(room, sorted(module.__all__))

    assert expected == sorted(later.ROOMS[room])
    assert all(getattr(vhgrad, name) is getattr(module, name) for name in expected)


@pytest.mark.parametrize(
    "code",
    [
        "vhgrad.save is vhgrad.checkpoint.save",
        "vhgrad.plot.save is not vhgrad.save",
        "vhgrad.confusion_matrix is vhgrad.metrics.confusion_matrix",
        "set(vhgrad.__all__) <= set(dir(vhgrad))",
        "set(vhgrad.__all__) <= {*(exec('from vhgrad import *', space := {}) or space)}",
        "pickle.loads(pickle.dumps(vhgrad.fit)) is vhgrad.training.fit",
        "not hasattr(vhgrad, 'absent') and 'vhgrad.training' not in sys.modules",
    ],
)
def test_a_closed_room_opens_whatever_is_asked_first(code):
    """In a fresh process, where no other test has opened it."""
    done = subprocess.run([sys.executable, "-c", f"import pickle, sys, vhgrad; assert {code}"])

    assert 0 == done.returncode
