"""What the package offers, by name."""

import types

import vhgrad

# those with names of their own, too
ROOMS = {"init", "lr_scheduler", "metrics", "nn", "optim", "plot"}


def test_public_names_exist_and_are_all_there_is():
    """`__all__` names everything public at the top level, each once, and the rooms."""
    found = {
        name
        for name, what in vars(vhgrad).items()
        if not name.startswith("_") and not isinstance(what, types.ModuleType)
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
