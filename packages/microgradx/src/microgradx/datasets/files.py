"""Where the files of a data set are: in a folder of yours, or downloaded once and kept.

A local file is checked by its structure when it is read (see `idx`), a downloaded one by its
SHA-256 before anything reads it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from microgradx.datasets.opening import DatasetError

__all__ = ["ENVIRONMENT_VARIABLE", "download", "find", "local_folder"]

ENVIRONMENT_VARIABLE = "VHGRAD_DATA_DIR"


def local_folder(
    data_dir: str | os.PathLike[str] | None,
    name: str,
    files: Sequence[str],
    *,
    subfolders: Sequence[str] = (),
    pickled: Sequence[str] = (),
) -> Path | None:
    """The folder with the files of one data set, if the user named one.

    Args:
        data_dir: the folder, or one that has a subfolder `name`; None asks the environment variable
            `VHGRAD_DATA_DIR`.
        name: the data set, such as `"mnist"`.
        files: its file names, any of which may also end in `.gz`.
        subfolders: other names that the subfolder may have.
        pickled: names of the same data as a pickle, which are never read, only named in the error.

    Returns:
        The folder, or None if neither `data_dir` nor the variable is set.

    Raises:
        DatasetError: if one of them is set and holds none of the files.
    """
    given = data_dir if data_dir is not None else os.environ.get(ENVIRONMENT_VARIABLE) or None
    if given is None:
        return None
    source = "data_dir" if data_dir is not None else ENVIRONMENT_VARIABLE
    folder = Path(os.path.expanduser(given))  # these of os.path answer False where Path would raise
    if not os.path.isdir(folder):
        state = "is a file" if os.path.exists(folder) else "does not exist"
        raise DatasetError(
            f"{source} needs to be the folder of the {name} files, {folder} {state}."
        )
    places = [folder, *(folder / subfolder for subfolder in (name, *subfolders))]
    for place in places:
        if any(find(place, file) for file in files):
            return place
    found = next((p / old for p in places for old in pickled if os.path.exists(p / old)), None)
    hint = f" {found} is a pickle, which can run code when it is read: it is refused."
    raise DatasetError(
        f"{source} is {folder}, but neither it nor its subfolder {name} has the files of {name}: "
        f"{', '.join(files)} (each plain or with .gz).{hint if found else ''}"
    )


def find(folder: Path, file: str) -> Path | None:
    """A file of that name, plain or packed."""
    for path in (folder / file, folder / f"{file}.gz"):
        if os.path.isfile(path):
            return path
    return None


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

    # Redirects could leave https; unpacking on the way would change the bytes that are summed.
    downloader = pooch.HTTPDownloader(
        timeout=20, allow_redirects=False, headers={"Accept-Encoding": "identity"}
    )
    problem: Exception | None = None
    for mirror in mirrors:
        try:
            # Written under another name, checked, renamed: a part never passes for a file.
            pooch.retrieve(f"{mirror}{file}", f"sha256:{digest}", file, folder, None, downloader)
            return
        except (OSError, ValueError) as error:  # no connection, a full disk; another sum
            problem = error
    reason = f"downloading {file} failed with {type(problem).__name__}"
    raise DatasetError(unavailable(name, reason)) from problem


def unavailable(name: str, reason: str) -> str:
    """One sentence with both ways to the data."""
    return (
        f"No {name.upper()} files here ({reason}): name a folder that has them, with data_dir "
        f"(--data-dir on the command line) or {ENVIRONMENT_VARIABLE}, or run "
        "pip install 'microgradx[data]' and try again with a connection to the internet."
    )
