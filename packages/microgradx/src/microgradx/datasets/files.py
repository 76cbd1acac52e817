"""Where the files of a data set are, if you have them: they are checked by structure when read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from microgradx.datasets.opening import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ENVIRONMENT_VARIABLE", "find", "local_folder"]

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
    from pathlib import Path  # here, because it takes 4 ms and few programs read files

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
