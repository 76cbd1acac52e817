"""Downloads from a server on this machine that misbehaves: one error, and nothing left behind."""

import contextlib
import errno
import hashlib
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pooch = pytest.importorskip("pooch")  # the extra `data`

from microgradx.datasets import DatasetError  # noqa: E402
from microgradx.datasets import download as module  # noqa: E402
from microgradx.datasets.download import download  # noqa: E402

CONTENT = bytes(range(256)) * 40
SHA256 = {"a.bin": hashlib.sha256(CONTENT).hexdigest()}
FETCH = """
import sys
from pathlib import Path
import pooch
from microgradx.datasets import download
pooch.os_cache = lambda name: Path(sys.argv[1])
download.SCHEMES = ("http://127.0.0.1:",)
download.download("set", [sys.argv[2]], {"a.bin": sys.argv[3]})
"""


class Server:
    """Answers as `answer(handler)` does; `asked` counts the requests."""

    def __init__(self):
        self.asked = 0
        self.stop = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked += 1
                with contextlib.suppress(OSError):  # the client went away
                    outer.answer(self)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/"
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, handler):
        send(handler, CONTENT)

    def close(self):
        self.stop.set()
        self.http.shutdown()
        self.http.server_close()


def send(handler, data, status=200, length=None, **headers):
    """One whole answer, or one that declares another length than it has."""
    handler.send_response(status)
    for name, value in {"Content-Length": length or len(data), **headers}.items():
        handler.send_header(name, str(value))
    handler.end_headers()
    handler.wfile.write(data)


@pytest.fixture
def server():
    """A server on a free port of this machine, stopped after the test."""
    server = Server()
    yield server
    server.close()


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """An empty cache; the server may be asked without https, and has half a second."""
    monkeypatch.setattr(module, "SCHEMES", ("http://127.0.0.1:",))
    monkeypatch.setattr(module, "STALL", 0.5)
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / "cache")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "cache" / "set"


def left(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_file_is_fetched_once(server, cache):
    """The second time it comes from the cache, checked again."""
    assert cache == download("set", [server.url], SHA256)
    assert CONTENT == (cache / "a.bin").read_bytes()
    download("set", [server.url], SHA256)

    assert 1 == server.asked
    assert ["a.bin"] == left(cache)


def stalls(handler, server):
    send(handler, CONTENT[:100], length=len(CONTENT))
    server.stop.wait(10)


def trickles(handler, server):
    send(handler, b"", length=10**9)
    while not server.stop.wait(0.02):
        handler.wfile.write(bytes(2048))


def never_ends(handler, server):
    send(handler, b"", length=10**9)
    for _ in range(2000):  # 128 MB at most
        handler.wfile.write(bytes(2**16))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda h, s: send(h, b"gone", 404), "404"),
        (lambda h, s: send(h, b"broken", 500), "500"),
        (lambda h, s: send(h, CONTENT, 302, Location="http://127.0.0.1/a"), "is not followed"),
        (lambda h, s: send(h, CONTENT, 301, Location="file:///etc/hostname"), "is not followed"),
        (lambda h, s: send(h, CONTENT[:-1] + b"x"), "does not match"),
        (lambda h, s: send(h, b""), "does not match"),
        (lambda h, s: send(h, CONTENT[:-1], length=len(CONTENT)), "failed with"),
        (lambda h, s: h.wfile.write(b"nonsense\r\n\r\n"), "failed with"),
        (lambda h, s: h.connection.close(), "failed with"),
        (stalls, "timed out"),
        (trickles, "took longer than 1 seconds"),
        (never_ends, "larger than 1,000,000 bytes"),
    ],
)
def test_what_a_server_can_do_wrong_ends_in_one_error(server, cache, monkeypatch, answer, message):
    """F30, F35, H36: the error says what happened, comes soon, and no part is kept."""
    monkeypatch.setattr(module, "LARGEST", 10**6 if answer is never_ends else 2**28)
    monkeypatch.setattr(module, "LONGEST", 1.0)
    server.answer = lambda handler: answer(handler, server)
    start = time.monotonic()

    with pytest.raises(DatasetError, match=message):
        download("set", [server.url], SHA256)
    assert time.monotonic() - start < 30
    assert [] == left(cache)


def test_a_second_mirror_helps_out(server, cache):
    """What the first mirror did wrong is forgotten once the next has the right file."""
    server.answer = lambda h: send(h, CONTENT if "good" in h.path else b"bad")
    download("set", [f"{server.url}bad/", f"{server.url}good/"], SHA256)

    assert CONTENT == (cache / "a.bin").read_bytes()


@pytest.mark.parametrize("mirror", ["http://example.org/", "file:///tmp/", "ftp://example.org/"])
def test_other_addresses_than_https_are_refused(mirror, monkeypatch, tmp_path):
    """F35: nothing is asked of a mirror that is not reached over https."""
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path)

    with pytest.raises(DatasetError, match="is no https address"):
        download("set", [mirror], SHA256)


def test_no_server_at_all_is_one_error(server, cache):
    """Nobody listens: the sentence names both ways to the data."""
    server.close()

    with pytest.raises(
        DatasetError, match=r"ConnectionError.*\.\.\.\): .*VHGRAD_DATA_DIR.*pip install"
    ):
        download("set", [server.url], SHA256)  # whose words are long, and seen to be cut


def test_a_damaged_file_in_the_cache_is_replaced_whole(server, cache):
    """Whoever is reading the old file goes on reading it: the new one takes its name at once."""
    download("set", [server.url], SHA256)
    (cache / "a.bin").write_bytes(b"damaged")
    with (cache / "a.bin").open("rb") as reader:
        download("set", [server.url], SHA256)

        assert b"damaged" == reader.read()
    assert CONTENT == (cache / "a.bin").read_bytes()
    assert ["a.bin"] == left(cache)


def test_a_damaged_file_is_not_used_when_there_is_no_other(server, cache):
    """F30: a wrong sum in the cache, a wrong file on the mirror: an error, not wrong data."""
    server.answer = lambda h: send(h, b"bad")
    cache.mkdir(parents=True)
    (cache / "a.bin").write_bytes(b"damaged")

    with pytest.raises(DatasetError, match="does not match"):
        download("set", [server.url], SHA256)


def test_a_full_disk_leaves_nothing(server, cache, monkeypatch):
    """F33: the error of the system is passed on, and what was written is gone."""

    def write(self, chunk):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.BoundedFile, "write", write)

    with pytest.raises(DatasetError, match="No space left on device"):
        download("set", [server.url], SHA256)
    assert [] == left(cache)


def test_a_cache_that_cannot_be_written_is_one_error(server, cache):
    """F33: the folder cannot be made, because its name is taken by a file."""
    cache.parent.write_bytes(b"")

    with pytest.raises(DatasetError, match=r"downloading a\.bin failed with"):
        download("set", [server.url], SHA256)


def fetching(server, cache):
    """Another process that downloads the file."""
    arguments = [sys.executable, "-c", FETCH, cache.parent, server.url, SHA256["a.bin"]]
    return subprocess.Popen(arguments)


def test_two_processes_may_download_at_once(server, cache):
    """F32: both ask, both succeed, and one whole file stays."""
    both = threading.Barrier(2)

    def together(handler):
        both.wait(30)
        send(handler, CONTENT)

    server.answer = together
    processes = [fetching(server, cache) for _ in range(2)]

    assert [0, 0] == [process.wait(60) for process in processes]
    assert 2 == server.asked
    assert CONTENT == (cache / "a.bin").read_bytes()
    assert ["a.bin"] == left(cache)


def test_a_killed_download_never_has_the_name_of_the_file(server, cache):
    """F31: a part stays under a name of its own; the next download gets the whole file."""
    halfway = threading.Event()

    def half(handler):
        send(handler, CONTENT[:5000], length=len(CONTENT))
        handler.wfile.flush()
        halfway.set()
        server.stop.wait(10)

    server.answer = half
    process = fetching(server, cache)
    assert halfway.wait(30)
    process.send_signal(signal.SIGKILL)
    process.wait(30)

    assert "a.bin" not in left(cache)
    del server.answer
    download("set", [server.url], SHA256)
    assert CONTENT == (cache / "a.bin").read_bytes()
