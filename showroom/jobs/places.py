"""Where uploads, work in progress and drafts lie: folders in the data folder, which server and workers share."""

from dataclasses import dataclass
from pathlib import Path

from showroom.settings import Settings


@dataclass(frozen=True, slots=True)
class Places:
    """
    Parameters
    ----------
    data
        The data folder. With workers on other machines it is a shared one.
    """

    data: Path

    @classmethod
    def of(cls, settings: Settings) -> "Places":
        return cls(Path(settings.data).expanduser().resolve())

    @property
    def uploads(self) -> Path:
        """Scans, by upload."""
        return self.data / "uploads"

    @property
    def work(self) -> Path:
        """A folder for each conversion that runs."""
        return self.data / "work"

    @property
    def drafts(self) -> Path:
        """A library with a namespace for each conversion."""
        return self.data / "drafts"

    @property
    def workers(self) -> Path:
        """A locked file for each worker that lives."""
        return self.data / "workers"

    @property
    def cache(self) -> Path:
        """The pipeline's step cache."""
        return self.data / "cache"

    @property
    def queue(self) -> Path:
        return self.data / "queue.db"
