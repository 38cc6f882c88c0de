"""
A PostgreSQL server for tests: its own folder and port, started as a user without rights, gone afterwards.

It is not made unsafe for speed (no ``fsync = off``): what is tested is that nothing acknowledged gets lost.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg


def programs() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, or None if PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


class Server:
    """
    Parameters
    ----------
    folder
        Of the data; belongs to the user that the server runs as.
    prefix
        Command to become that user, or nothing.
    """

    def __init__(self, folder: Path, port: int, prefix: Sequence[str]) -> None:
        self.port = port
        self._folder = folder
        self._prefix = prefix
        self._databases = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        bin_folder = programs()
        assert bin_folder is not None
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
            [*self._prefix, str(bin_folder / "postgres"), "-D", str(self._folder), "-p", str(self.port),
             "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self._folder}",
             "-c", "max_connections=100", "-c", "logging_collector=off"],
            stdout=subprocess.DEVNULL, stderr=log, start_new_session=True,
        )  # fmt: skip
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres", connect_timeout=5).close()
            except psycopg.OperationalError:
                pass  # not yet
            else:
                return
            assert self._process.poll() is None, (self._folder / "log").read_text()[-2000:]
            time.sleep(0.05)
        raise TimeoutError("PostgreSQL does not answer")

    def stop(self) -> None:
        """Stop at once, without tidying: nobody will need the data."""
        if self._process is not None:
            for pid in self._main_pids():
                os.kill(pid, signal.SIGQUIT)
            self._process.wait(60)

    def new_database(self) -> str:
        """An empty database; gives its URL."""
        self._databases += 1
        name = f"shop_{self._databases}"
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def _main_pids(self) -> list[int]:
        """The server's own process: what was started may be the command that became another user."""
        lines = (self._folder / "postmaster.pid").read_text().splitlines()
        return [int(lines[0])]


@contextmanager
def running() -> Iterator[Server]:
    """A server, from nothing to nothing. PostgreSQL is installed (``programs``)."""
    bin_folder = programs()
    assert bin_folder is not None
    prefix: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="showroom-pg-"))
    if os.geteuid() == 0:  # the server refuses to run as root
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        prefix = ["runuser", "-u", "postgres", "--"]
    try:
        subprocess.run(
            [*prefix, str(bin_folder / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust",
             "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"],
            check=True, capture_output=True, cwd=folder,
        )  # fmt: skip
        server = Server(folder / "data", _free_port(), prefix)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
