"""Writing a checkpoint: the old file or the new one, whole, whatever happens in between."""

import errno
import os
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from vhgrad.checkpoint import CheckpointError, files, load, save, save_checkpoint

OLD, NEW = {"w": np.full(1000, 1.0)}, {"w": np.full(3000, 2.0)}
CALLS = [name for name in files.__all__ if name not in ("make_folders", "open_to_read", "size")]
unix = pytest.mark.skipif(os.name == "nt", reason="permissions and kinds of files of Unix")


def version(path):
    """Which of the two files is there, whole."""
    loaded = load(path)["w"]
    return {1000: "old", 3000: "new"}[len(loaded)] if (loaded == loaded[0]).all() else "torn"


class Failing:
    """Stands in the place of one call of the file layer and fails at the n-th time."""

    def __init__(self, call, at, error, *, after=False):
        self.call, self.left, self.error, self.after = call, at, error, after
        self.seen = 0

    def __call__(self, *arguments, **settings):
        self.seen += 1
        if self.seen != self.left:
            return self.call(*arguments, **settings)
        if self.after:
            self.call(*arguments, **settings)
        raise OSError(self.error, os.strerror(self.error))


ERRORS = [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EINTR]


@pytest.mark.parametrize("after", [False, True], ids=["instead", "after"])
@pytest.mark.parametrize("error", ERRORS, ids=errno.errorcode.get)
@pytest.mark.parametrize("name", CALLS)
def test_an_error_at_any_call_leaves_a_whole_file(name, error, after, tmp_path, monkeypatch):
    """G2: whichever call fails, instead of its work or after it: old or new, and no rubbish."""
    if after and name in ("lock", "open_to_change"):
        return  # what could not be opened is not open
    path, reported = tmp_path / "a", None
    for at in range(1, 20):
        save(path, OLD)
        assert ["a"] == os.listdir(tmp_path)
        (tmp_path / ".vhgrad-save-dead").mkdir()
        (tmp_path / ".vhgrad-save-dead/new").touch()
        failing = Failing(getattr(files, name), at, error, after=after)
        with monkeypatch.context() as patch:
            patch.setattr(files, name, failing)
            try:
                reported = save(path, NEW)
            except OSError as caught:
                reported = caught.errno
        assert (version(path), reported) in [("new", None), ("new", error), ("old", error)]
        if failing.seen < at:
            break

    assert at > 1


def test_short_writes_are_continued(tmp_path, monkeypatch):
    """A system may take fewer bytes than it is given."""
    write = files.write_at
    monkeypatch.setattr(files, "write_at", lambda file, at, data: write(file, at, data[:7]))
    read = files.read_into
    monkeypatch.setattr(files, "read_into", lambda file, view: read(file, view[:1000]))
    save(tmp_path / "a", NEW)

    assert "new" == version(tmp_path / "a")


LIMITED = """
import resource, signal, sys, numpy as np
from vhgrad.checkpoint import save
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    save(sys.argv[1], {"w": np.full(3000, 2.0)})
except OSError as error:
    print(error.errno, error.filename == sys.argv[1])
"""


@unix
def test_an_error_inside_the_library_is_an_oserror(tmp_path):
    """A file that may not grow any further: the number of the error is told, nothing is left."""
    save(tmp_path / "a", OLD)
    command = [sys.executable, "-c", LIMITED, str(tmp_path / "a")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert f"{errno.EFBIG} True\n" == done.stdout
    assert "old" == version(tmp_path / "a")
    assert ["a"] == os.listdir(tmp_path)


@pytest.mark.parametrize("name", ["write_at", "sync", "sync_folder"])
def test_an_error_of_the_disk_names_the_file(tmp_path, monkeypatch, name):
    """The system names none where a file is open, and ours under way mean nothing to a user."""

    def fail(*arguments):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(files, name, fail)
    with pytest.raises(OSError, match=rf"{os.strerror(errno.EIO)}: '.*/a'$"):
        save(tmp_path / "a", NEW)


def test_a_save_reaches_the_disk_in_order(tmp_path, monkeypatch):
    """G3: the file before its name, the name before the end."""
    order = []
    for name in ("write_tensors", "write_at", "set_mode", "sync", "move", "sync_folder"):
        call = getattr(files, name)
        monkeypatch.setattr(
            files, name, lambda *a, name=name, call=call: (order.append(name), call(*a))[1]
        )
    save(tmp_path / "a", NEW)

    assert ["write_tensors", "write_at", "set_mode", "sync", "move", "sync_folder"] == order


@unix
@pytest.mark.parametrize("bits", [0o600, 0o640, 0o664, 0o777])
def test_permission_bits_are_kept(bits, tmp_path):
    """G4: what may read the old file may read the new one."""
    path = tmp_path / "a"
    save(path, OLD)
    path.chmod(bits)
    save(path, NEW)

    assert bits == stat.S_IMODE(path.stat().st_mode)
    assert "new" == version(path)


@unix
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_usual_permissions(mask, tmp_path):
    """The same as a file that `open` makes."""
    before = os.umask(mask)
    try:
        save(tmp_path / "a", NEW)
    finally:
        os.umask(before)

    assert 0o666 & ~mask == stat.S_IMODE((tmp_path / "a").stat().st_mode)


@unix
def test_a_write_protected_file_stays(tmp_path, monkeypatch):
    """Who protects a checkpoint means it, though its folder may be written."""
    save(tmp_path / "a", OLD)
    monkeypatch.setattr(files, "may_write", lambda path: False)  # root may write all
    with pytest.raises(PermissionError, match="a"):
        save(tmp_path / "a", NEW)

    assert "old" == version(tmp_path / "a")


@unix
def test_a_symbolic_link_stays_and_its_target_is_replaced(tmp_path):
    """G5: a link `latest` goes on leading into another folder; also one to nothing yet."""
    (tmp_path / "runs").mkdir()
    save(tmp_path / "runs/1", OLD)
    (tmp_path / "latest").symlink_to("runs/1")
    (tmp_path / "next").symlink_to("runs/2")
    save(tmp_path / "latest", NEW)
    save(tmp_path / "next", NEW)

    assert (tmp_path / "latest").is_symlink()
    assert "new" == version(tmp_path / "runs/1") == version(tmp_path / "runs/2")
    assert ["latest", "next", "runs"] == sorted(os.listdir(tmp_path))
    assert ["1", "2"] == sorted(os.listdir(tmp_path / "runs"))


@unix
def test_what_is_no_file_is_not_replaced(tmp_path):
    """G5: a folder, a FIFO, a device: an error before anything is written."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    for name, kind in (("folder", "a directory"), ("fifo", "a FIFO")):
        with pytest.raises(CheckpointError, match=f"{name} is {kind}"):
            save(tmp_path / name, NEW)
    with pytest.raises(CheckpointError, match="/dev/null is a device"):
        save("/dev/null", NEW)
    with pytest.raises(FileNotFoundError, match=r"missing'$"):  # the folder, and no name of ours
        save(tmp_path / "missing/a", NEW)
    with pytest.raises(CheckpointError, match=r"none/ is a directory; name a file in it\."):
        save(f"{tmp_path}/none/", NEW)

    assert ["fifo", "folder"] == sorted(os.listdir(tmp_path))


def test_an_empty_path_is_named_as_such():
    """A variable that was not set; it would be the folder one is in."""
    for action in (
        lambda: save("", NEW),
        lambda: load(""),
        lambda: save_checkpoint("", metadata={}),
    ):
        with pytest.raises(FileNotFoundError, match="the path is empty; name a file"):
            action()


def test_a_folder_gives_no_weights(tmp_path):
    """`load_checkpoint` knows which of its files is the newest."""
    with pytest.raises(
        IsADirectoryError, match="needs a file, not a folder; load_checkpoint takes"
    ):
        load(tmp_path)


def test_paths_of_every_form(tmp_path, monkeypatch):
    """G6: without a folder, with `~`, of other letters, as long as a name may be, as a Path."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for path in ("plain", "~/home", "ü € 😀", "x" * 255, Path("path"), "-", "a b.safetensors"):
        save(path, NEW)
        assert "new" == version(path)
    save(b"bytes", OLD)
    assert "old" == version("bytes") == version(b"bytes")

    assert 8 == len(os.listdir(tmp_path))
    assert (tmp_path / "home").exists()


def test_what_a_killed_writer_left_is_removed_and_a_living_ones_is_not(tmp_path):
    """G37: a leftover is a folder whose lock nobody holds; nothing else is touched."""
    save(tmp_path / "a", OLD)
    dead, alive = tmp_path / ".vhgrad-save-dead", tmp_path / ".vhgrad-save-alive"
    for folder in (dead, alive):
        folder.mkdir()
        (folder / "new").write_bytes(b"half")
        (folder / ".tmpAbCdEf").write_bytes(b"half")
    mine = tmp_path / ".vhgrad-save-mine"
    mine.mkdir()
    (mine / "diary").write_text("of the user's")
    (tmp_path / ".vhgrad-save-file").write_text("of the user's")
    lock = files.lock(str(alive), wait=False)
    save(tmp_path / "a", NEW)
    files.unlock(lock)

    assert not dead.exists()
    assert {"new", ".tmpAbCdEf"} == set(os.listdir(alive))
    assert "of the user's" == (mine / "diary").read_text()
    assert (tmp_path / ".vhgrad-save-file").exists()
    assert "new" == version(tmp_path / "a")


@unix
def test_a_leftover_that_becomes_a_link_while_it_is_removed(tmp_path, monkeypatch):
    """Where many may write, somebody puts a link to your files in the place of the leftover."""
    yours, trap = tmp_path / "yours", tmp_path / ".vhgrad-save-trap"
    for folder in (yours, trap):
        folder.mkdir()
        (folder / "new").write_text("of the user's")
    lock = files.lock

    def lock_and_swap(folder, *, wait):
        handle = lock(folder, wait=wait)
        if folder == str(trap):
            trap.rename(tmp_path / "moved")
            trap.symlink_to(yours)
        return handle

    monkeypatch.setattr(files, "lock", lock_and_swap)
    save(tmp_path / "a", NEW)

    assert "of the user's" == (yours / "new").read_text()
    assert trap.is_symlink()


def test_a_folder_taken_for_a_leftover_is_made_anew(tmp_path, monkeypatch):
    """Between making a folder and locking it another writer may remove it."""
    make, taken = files.make_folder, []

    def make_and_lose(parent, prefix):
        folder = make(parent, prefix)
        if not taken:
            taken.append(folder)
            os.rmdir(folder)
        return folder

    monkeypatch.setattr(files, "make_folder", make_and_lose)
    save(tmp_path / "a", NEW)

    assert "new" == version(tmp_path / "a")
    assert 1 == len(taken)


def test_two_writers_and_a_reader_see_whole_files(tmp_path):
    """G7, G8: threads that save to one path: one of them wins, and a reader never sees a part."""
    path = tmp_path / "a"
    save(path, OLD)
    seen, end = set(), time.monotonic() + 1.5

    def again(action):
        while time.monotonic() < end:
            action()

    actions = [lambda: save(path, OLD), lambda: save(path, NEW), lambda: seen.add(version(path))]
    threads = [threading.Thread(target=again, args=(action,)) for action in (*actions, actions[2])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen <= {"old", "new"}
    assert version(path) in ("old", "new")
    assert ["a"] == os.listdir(tmp_path)


INTERRUPTED = """
    import os, signal, sys, threading, time, random
    import numpy as np
    from vhgrad.checkpoint import load, save
    path, random = sys.argv[1], random.Random(1)
    sizes = set()
    for k in range(60):
        wait = random.random() * 0.004
        try:
            killer = threading.Timer(wait, os.kill, (os.getpid(), signal.SIGINT))
            killer.start()
            save(path, {"w": np.full(200_000 + k, 0.5)})
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            pass
        killer.join()
        sizes.add(len(load(path)["w"]))
    save(path, {"w": np.zeros(1)})
    print(len(sizes), os.listdir(os.path.dirname(path)))
"""


@unix
def test_ctrl_c_during_a_save_finishes_or_discards_it(tmp_path):
    """G33: at any instant the file is whole, and the next save removes what was left."""
    save(tmp_path / "a", OLD)
    command = [sys.executable, "-c", textwrap.dedent(INTERRUPTED), str(tmp_path / "a")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.endswith(" ['a']\n")


def test_nothing_to_save_or_no_state_is_an_error(tmp_path):
    """A file without a part is a mistake, as is a part without a state."""
    with pytest.raises(ValueError, match="needs something to save"):
        save_checkpoint(tmp_path / "a")
    with pytest.raises(TypeError, match=r"model needs state_dict\(\).*; int has none"):
        save_checkpoint(tmp_path / "a", model=3)
    with pytest.raises(TypeError, match="`metadata` needs to be a dict, got list"):
        save_checkpoint(tmp_path / "a", metadata=[1])
    with pytest.raises(TypeError, match="needs a module or a dict of arrays, got list"):
        save(tmp_path / "a", [1])

    assert not os.listdir(tmp_path)


def test_a_folder_read_as_a_file_is_named(tmp_path):
    """The error says the folder's name, not the number that the system gave it."""
    with pytest.raises((IsADirectoryError, PermissionError)) as caught:
        files.open_to_read(str(tmp_path))

    assert str(tmp_path) == caught.value.filename
