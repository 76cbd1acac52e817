"""Downloading, with a stand-in for pooch: no test needs the network or the package."""

import logging
import re
import sys
import types
from pathlib import Path

import pytest

from microgradx.datasets import DatasetError, load_mnist, mnist
from microgradx.datasets.download import download


@pytest.fixture
def pooch(monkeypatch, tmp_path):
    """A module that keeps what it is asked for; `answer` is what a mirror does."""
    fake = types.ModuleType("pooch")
    fake.calls = []
    fake.options = []
    fake.answer = lambda url, path: None

    def retrieve(url, known_hash, fname, path, processor, downloader):
        fake.calls.append((url, known_hash))
        fake.answer(url, Path(path) / fname)

    fake.retrieve = retrieve
    fake.HTTPDownloader = lambda **options: fake.options.append(options)
    fake.os_cache = lambda name: tmp_path / "cache" / name
    fake.get_logger = lambda: logging.getLogger("fake-pooch")
    monkeypatch.setitem(sys.modules, "pooch", fake)
    monkeypatch.delenv("VHGRAD_DATA_DIR", raising=False)
    return fake


def test_files_are_fetched_from_the_first_mirror_that_answers(pooch):
    """Every file is asked for with its own sum; a mirror that fails is passed over."""

    def answer(url, path):
        if url.startswith("https://one/"):
            raise OSError("no route")

    pooch.answer = answer
    folder = download("mnist", ["https://one/", "https://two/"], {"a.gz": "01", "b.gz": "02"})

    assert ("cache", "microgradx", "mnist") == folder.parts[-3:]
    assert [
        ("https://one/a.gz", "sha256:01"),
        ("https://two/a.gz", "sha256:01"),
        ("https://one/b.gz", "sha256:02"),
        ("https://two/b.gz", "sha256:02"),
    ] == pooch.calls


@pytest.mark.parametrize(
    "error", [ConnectionError("offline"), PermissionError("read-only"), ValueError("hash")]
)
def test_a_failed_download_names_both_ways(pooch, error):
    """No connection, a full disk or a wrong sum end in one sentence."""

    def answer(url, path):
        raise error

    pooch.answer = answer
    with pytest.raises(DatasetError, match=type(error).__name__) as caught:
        load_mnist()

    assert "VHGRAD_DATA_DIR" in str(caught.value)
    assert "pip install 'microgradx[data]'" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_pooch_both_ways_are_named(monkeypatch):
    """The optional package missing is no reason for a traceback."""
    monkeypatch.delenv("VHGRAD_DATA_DIR", raising=False)
    monkeypatch.setitem(sys.modules, "pooch", None)

    with pytest.raises(DatasetError, match=r"needs the package pooch.*VHGRAD_DATA_DIR.*pip"):
        load_mnist()


def test_a_local_folder_is_never_a_download(pooch, make_mnist):
    """Naming a folder asks no mirror for anything."""
    load_mnist(make_mnist())

    assert [] == pooch.calls


def test_downloaded_files_are_read(pooch, make_mnist):
    """What was fetched into the cache is what `load_mnist` returns."""
    source = make_mnist()
    pooch.answer = lambda url, path: (
        path.parent.mkdir(parents=True, exist_ok=True),
        path.write_bytes((source / url.rpartition("/")[2]).read_bytes()),
    )

    assert 50 == len(load_mnist()[0][1])


def test_mirrors_are_asked_over_https_only(pooch):
    """Addresses are https, redirects are not followed, and waiting has an end."""
    with pytest.raises(DatasetError):
        load_mnist()  # the stand-in fetches nothing

    assert all(mirror.startswith("https://") for mirror in mnist.MIRRORS)
    assert pooch.options
    assert all(not o["allow_redirects"] and o["timeout"] <= 30 for o in pooch.options)


def test_every_file_has_a_pinned_sum():
    """Four files, each with the 64 digits of a SHA-256."""
    assert 4 == len(mnist.SHA256)
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in mnist.SHA256.values())
