"""Fetching the files of a data set once: nothing reads them before their SHA-256 is checked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from microgradx.datasets.files import ENVIRONMENT_VARIABLE
from microgradx.datasets.opening import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["download"]

SCHEMES = ("https://",)
STALL = 20.0  # seconds without a byte
LONGEST = 3600.0  # seconds for one file
LARGEST = 2**28  # bytes of one file; CIFAR-10 has 170 million
MOST_WORDS = 200  # characters of what others say went wrong


def download(name: str, mirrors: Sequence[str], sha256: Mapping[str, str]) -> Path:
    """Fetch the files that are not in the cache yet, and check all of them.

    Args:
        name: the data set; also the name of its folder in the cache.
        mirrors: https addresses of folders that have the files, tried one after the other.
        sha256: the expected sum of each file.

    Returns:
        The folder that holds them.

    Raises:
        DatasetError: without pooch, without a connection, or where no mirror has the right files.
    """
    try:
        import pooch
    except ImportError:
        raise DatasetError(unavailable(name, "downloading needs the package pooch")) from None
    from pathlib import Path

    folder = Path(pooch.os_cache("microgradx")) / name
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel("WARNING")  # a failed try is not for the user: they get one sentence in the end
    try:
        for file, digest in sha256.items():
            fetch(name, file, mirrors, digest, folder)
    finally:
        logger.setLevel(level)
    return folder


def fetch(name: str, file: str, mirrors: Sequence[str], digest: str, folder: Path) -> None:
    """Bring one file into `folder`, from the first mirror that has it."""
    import pooch

    answers: list[Any] = []
    # Redirects could leave https; unpacking on the way would change the bytes that are summed.
    downloader = pooch.HTTPDownloader(
        timeout=STALL,
        allow_redirects=False,
        hooks={"response": [lambda answer, **_: answers.append(answer), refuse_redirect]},
        headers={"Accept-Encoding": "identity"},
    )
    problem: Exception = OSError("no mirror")
    for mirror in mirrors:
        try:
            if not mirror.startswith(SCHEMES):
                raise ValueError(f"{mirror} is no https address")
            # Written under another name, checked, renamed: a part never passes for a file, and of
            # two processes that fetch it at once each renames a whole one.
            pooch.retrieve(
                f"{mirror}{file}", f"sha256:{digest}", file, folder, None, bounded(downloader)
            )
            return
        except (OSError, ValueError) as error:  # no connection, a full disk; another sum
            problem = error
        finally:
            for answer in answers:
                answer.close()
    words = " ".join(str(problem).split())
    words = words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS]}..."
    reason = f"downloading {file} failed with {type(problem).__name__}: {words}"
    raise DatasetError(unavailable(name, reason)) from problem


def refuse_redirect(response: Any, /, **_: Any) -> None:
    """Called with every answer, before its content."""
    if response.is_redirect:
        raise OSError(f"the mirror points to {response.headers['location']}, which is not followed")


def bounded(downloader: Callable[[str, Any, Any], object]) -> Callable[[str, str, Any], None]:
    """The same downloader, ended by an error where a file takes too long or does not end."""

    def fetch_into(url: str, path: str, pooch: Any) -> None:
        with open(path, "wb") as file:
            downloader(url, BoundedFile(file), pooch)

    return fetch_into


class BoundedFile:
    """A file to write a download into, of a bounded size and within a bounded time."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.left = LARGEST
        self.end = time.monotonic() + LONGEST

    def write(self, chunk: bytes) -> None:
        """Write a part, or raise OSError."""
        self.left -= len(chunk)
        if self.left < 0:
            raise OSError(f"it is larger than {LARGEST:,} bytes")
        if time.monotonic() > self.end:
            raise TimeoutError(f"it took longer than {LONGEST:g} seconds")
        self.file.write(chunk)

    def flush(self) -> None:
        """Nothing: closing the file flushes it, once and not after every part."""


def unavailable(name: str, reason: str) -> str:
    """One sentence with both ways to the data."""
    return (
        f"No {name.upper()} files here ({reason}): name a folder that has them, with data_dir "
        f"(--data-dir on the command line) or {ENVIRONMENT_VARIABLE}, or run "
        "pip install 'microgradx[data]' and try again with a connection to the internet."
    )
