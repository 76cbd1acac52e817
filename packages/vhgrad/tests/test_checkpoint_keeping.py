"""`Checkpoint` keeps the last ones and the best, and never deletes the only good one."""

import os
import time

import numpy as np
import pytest

from vhgrad import SGD, Linear, fit, mse
from vhgrad.checkpoint import (
    Checkpoint,
    CheckpointError,
    files,
    load_checkpoint,
    save_checkpoint,
)


def damage(path):
    """Flip one bit near the end."""
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)


class Part:
    """A part whose state is one array."""

    def __init__(self, value=0.0):
        self.w = np.full(3, value)

    def state_dict(self):
        return {"w": self.w.copy()}

    def load_state_dict(self, state):
        self.w = state["w"]


def saved(folder, values, **settings):
    """A folder after saving so many times, and the names in it."""
    checkpoint = Checkpoint(folder, **settings)
    for value in values:
        checkpoint.save(model=Part(value), metadata={"loss": value})
    return sorted(os.listdir(folder))


def test_the_last_ones_are_kept(tmp_path):
    """In a folder that is made when it is needed, under the numbers of the calls."""
    names = saved(tmp_path / "runs/1", range(12), keep_last=2)

    assert ["step-000011.safetensors", "step-000012.safetensors"] == names


def test_none_keeps_all_and_every_skips(tmp_path):
    """Numbers are those of the calls, whether saved or not."""
    names = saved(tmp_path, range(7), keep_last=None, every=3)

    assert ["step-000003.safetensors", "step-000006.safetensors"] == names


def test_a_later_run_counts_on(tmp_path):
    """Numbers go on from the highest one that is there."""
    saved(tmp_path, range(2), keep_last=2)
    names = saved(tmp_path, range(3), keep_last=2)

    assert ["step-000004.safetensors", "step-000005.safetensors"] == names


@pytest.mark.parametrize(("mode", "best"), [("min", 1.0), ("max", 5.0)])
def test_the_best_stays_and_nan_is_none(mode, best, tmp_path):
    """G35: the best so far outlives the last ones, also those of a later run."""
    nan = float("nan")
    saved(tmp_path, [nan, 3.0, 1.0, 5.0, nan], keep_last=1, monitor="loss", mode=mode)
    saved(tmp_path, [nan, 2.0, 4.0], keep_last=1, monitor="loss", mode=mode)
    part = Part()
    metadata = load_checkpoint(tmp_path / "best.safetensors", model=part)

    assert best == part.w[0] == metadata["loss"] == metadata["best"]["value"]
    assert ["best.safetensors", "step-000008.safetensors"] == sorted(os.listdir(tmp_path))


def test_a_damaged_best_is_replaced_by_the_next(tmp_path):
    """What cannot be read is no best."""
    saved(tmp_path, [1.0], monitor="loss")
    damage(tmp_path / "best.safetensors")
    saved(tmp_path, [2.0, 3.0], monitor="loss")

    assert 2.0 == load_checkpoint(tmp_path / "best.safetensors")["best"]["value"]


def test_the_history_is_looked_at_first(tmp_path):
    """`monitor` is a name in the history, the last number under it."""

    class History(dict):
        def state_dict(self):
            return dict(self)

    checkpoint = Checkpoint(tmp_path, monitor="validation_loss")
    for values in ([0.5], [0.5, 0.2], [0.5, 0.2, 0.3]):
        checkpoint.save(history=History(validation_loss=values))

    assert 0.2 == load_checkpoint(tmp_path / "best.safetensors")["best"]["value"]
    with pytest.raises(ValueError, match=r"'acc', but what was measured is \['loss', 'epoch'\]"):
        Checkpoint(tmp_path, monitor="acc").save(history=History(loss=[1.0]), metadata={"epoch": 1})


def test_a_newest_that_cannot_be_read_back_deletes_nothing(tmp_path, monkeypatch):
    """G34: the only good one stays, and the run is told at once."""
    checkpoint = Checkpoint(tmp_path, keep_last=1)
    checkpoint.save(model=Part(1.0))

    def save_badly(path, **parts):
        save_checkpoint(path, **parts)
        damage(tmp_path / os.path.basename(path))

    monkeypatch.setattr("vhgrad.checkpoint.keeping.save_checkpoint", save_badly)
    with pytest.raises(CheckpointError, match="it is damaged"):
        checkpoint.save(model=Part(2.0))
    part = Part()
    with pytest.warns(UserWarning, match=r"skipped a checkpoint: .*step-000002.*damaged"):
        load_checkpoint(tmp_path, model=part)

    assert 1.0 == part.w[0]


def test_a_folder_gives_its_newest_whole_file(tmp_path):
    """G36: damaged ones are skipped with a warning each, names and times of files mean nothing."""
    saved(tmp_path, [1.0, 2.0, 3.0, 4.0], keep_last=None)
    damage(tmp_path / "step-000004.safetensors")
    (tmp_path / "step-000003.safetensors").write_bytes(b"")
    (tmp_path / "step-000005.safetensors.tmp").write_bytes(b"half")
    (tmp_path / ".vhgrad-save-0").mkdir()
    os.utime(tmp_path / "step-000001.safetensors", (time.time() + 1e6,) * 2)
    part = Part()
    with pytest.warns(UserWarning, match="skipped a checkpoint") as caught:
        metadata = load_checkpoint(tmp_path, model=part)

    assert 2.0 == part.w[0] == metadata["loss"]
    assert ["is damaged", "is empty"] == [
        next(word for word in ("is damaged", "is empty") if word in str(warning.message))
        for warning in caught
    ]


def test_a_folder_without_a_whole_file_is_an_error(tmp_path):
    """With what is wrong with each."""
    with pytest.raises(CheckpointError, match=r"has no checkpoint that is whole, such as step-0"):
        load_checkpoint(tmp_path)
    (tmp_path / "step-000003.safetensors").write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"whole\.\n  cannot load .*000003.*: it is empty"):
        load_checkpoint(tmp_path)


def test_a_clock_that_was_moved_back_changes_nothing(tmp_path, monkeypatch):
    """G38: files are in the order of their numbers."""
    saved(tmp_path, [1.0], keep_last=1)
    os.utime(tmp_path / "step-000001.safetensors", (2e9, 2e9))
    monkeypatch.setattr(time, "time", lambda: 0.0)
    names = saved(tmp_path, [2.0], keep_last=1)

    assert ["step-000002.safetensors"] == names
    assert 2.0 == load_checkpoint(tmp_path)["loss"]


def test_a_single_file_keeps_the_newest_and_the_best_beside_it(tmp_path):
    """A name that ends in `.safetensors` is a file."""
    checkpoint = Checkpoint(tmp_path / "run.safetensors", monitor="loss")
    for loss in (2.0, 1.0, 3.0):
        checkpoint.save(metadata={"loss": loss})

    assert ["run.best.safetensors", "run.safetensors"] == sorted(os.listdir(tmp_path))
    assert 3.0 == load_checkpoint(tmp_path / "run.safetensors")["loss"]
    assert 1.0 == load_checkpoint(tmp_path / "run.best.safetensors")["loss"]


@pytest.mark.parametrize(
    "settings",
    [{"every": 0}, {"every": 1.5}, {"every": None}, {"keep_last": 0}, {"keep_last": True}],
    ids=str,
)
def test_settings_out_of_range_are_refused(settings, tmp_path):
    """Whole numbers, 1 or more."""
    [name] = settings
    with pytest.raises(ValueError, match=f"needs a whole number, 1 or more, as {name}, got"):
        Checkpoint(tmp_path, **settings)
    with pytest.raises(ValueError, match="needs mode 'min' or 'max', got 'best'"):
        Checkpoint(tmp_path, mode="best")


def test_what_was_just_written_is_not_removed(tmp_path):
    """G34: another run in the same folder may have higher numbers."""
    first, second = (Checkpoint(tmp_path / "run", keep_last=1) for _ in range(2))
    first.save(metadata={"run": 1})
    second.begin()
    for _ in range(3):
        first.save(metadata={"run": 1})
    written = second.save(metadata={"run": 2})

    assert {"run": 2} == load_checkpoint(written)


def test_a_folder_whose_files_go_while_it_is_read_is_looked_at_again(tmp_path, monkeypatch):
    """G8: with `keep_last=1` the file that was just listed may be gone, and a newer one there."""
    checkpoint = Checkpoint(tmp_path / "run", keep_last=1)
    checkpoint.save(metadata={"step": 1})
    opened, calls = files.open_to_read, []

    def opened_too_late(path):
        calls.append(path)
        if len(calls) == 1:
            checkpoint.save(metadata={"step": 2})
        return opened(path)

    monkeypatch.setattr(files, "open_to_read", opened_too_late)

    assert {"step": 2} == load_checkpoint(tmp_path / "run")


def test_a_folder_of_other_files_names_them(tmp_path):
    """As that of `vhgrad train`."""
    for name in ("a", "b", "c", "d"):
        save_checkpoint(tmp_path / f"{name}.safetensors", metadata={})

    with pytest.raises(CheckpointError, match=r"of its files: 'a.*', 'b.*', 'c.*' and others\.$"):
        load_checkpoint(tmp_path)


def test_a_single_file_makes_its_folder(tmp_path):
    """As the folder of many is made."""
    checkpoint = Checkpoint(tmp_path / "deep/er/run.safetensors")
    checkpoint.save(metadata={"loss": 1.0})

    assert 1.0 == load_checkpoint(tmp_path / "deep/er/run.safetensors")["loss"]


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path):
    """The system's own words would be that it exists."""
    (tmp_path / "runs").touch()
    with pytest.raises(NotADirectoryError, match=r"a folder is needed here, .*runs'$"):
        Checkpoint(tmp_path / "runs").save(metadata={})


@pytest.mark.parametrize(
    ("settings", "match"),
    [({"monitor": "accuracy"}, r"'accuracy', .* is \['loss', 'seconds'\]"), ({}, "needed here")],
)
def test_fit_finds_a_checkpoint_that_cannot_work_before_training(tmp_path, settings, match):
    """Not after an epoch, with nothing saved."""
    (tmp_path / "runs").touch()
    model = Linear(1, 1, seed=1)
    before = model.weight.item()
    checkpoint = Checkpoint(tmp_path / ("new" if settings else "runs"), **settings)
    with pytest.raises((ValueError, OSError), match=match):
        fit(
            model,
            [([[1.0]], [[2.0]])],
            loss=mse,
            optimizer=SGD(model.parameters(), lr=0.1),
            epochs=1,
            checkpoint=checkpoint,
        )

    assert before == model.weight.item()


@pytest.mark.parametrize("value", ["low", [1.0, 2.0], np.zeros(2)], ids=["text", "list", "array"])
def test_what_is_monitored_is_a_number(tmp_path, value):
    """The error says which one is none."""
    with pytest.raises(
        ValueError, match=f"monitors 'loss', which is no number: {type(value).__name__}"
    ):
        Checkpoint(tmp_path, monitor="loss").save(metadata={"loss": value})


def test_two_runs_in_one_folder_remove_the_same_files(tmp_path, monkeypatch):
    """Who comes second finds them gone, and goes on."""
    first, second = Checkpoint(tmp_path, keep_last=1), Checkpoint(tmp_path, keep_last=1)
    first.save(metadata={"run": 1})
    second.calls = 1
    remove = files.remove

    def remove_after_the_other(name, folder):
        monkeypatch.setattr(files, "remove", remove)
        first.save(metadata={"run": 1})  # which removes the same file, and ours
        return remove(name, folder)

    monkeypatch.setattr(files, "remove", remove_after_the_other)
    second.save(metadata={"run": 2})

    assert ["step-000002.safetensors"] == os.listdir(tmp_path)


def test_a_newest_that_another_run_has_removed_is_no_loss(tmp_path, monkeypatch):
    """It has written newer ones."""
    checkpoint = Checkpoint(tmp_path, keep_last=1)
    checkpoint.save(metadata={"run": 1})
    write = save_checkpoint

    def save_and_lose(path, **parts):
        write(path, **parts)
        os.rename(path, tmp_path / "step-000009.safetensors")

    monkeypatch.setattr("vhgrad.checkpoint.keeping.save_checkpoint", save_and_lose)
    checkpoint.save(metadata={"run": 2})

    assert {"run": 2} == load_checkpoint(tmp_path)
