"""Making sure that what was written stays written."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """
    Bring a folder's names to the disk.

    Raises
    ------
    OSError
    """
    if os.name == "nt":  # a folder cannot be opened there; NTFS journals names itself
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
