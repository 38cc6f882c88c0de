"""A real ``showroom serve`` with one store in it, and bots in it: what ``memory.py`` and ``resume.py`` measure."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SHOWROOM = [sys.executable, "-m", "showroom"]
ROOM = "boutique/boutique"


class Serving:
    """
    Parameters
    ----------
    work
        Folder of everything; emptied.
    """

    def __init__(self, work: Path) -> None:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        self.work = work
        self.port = _free_port()
        # As an installed server has it: modules are compiled once, whatever the shell says.
        self.env = {**os.environ, "PYTHONPYCACHEPREFIX": str(work / "compiled")}
        self.env.pop("PYTHONDONTWRITEBYTECODE", None)
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Serving":
        self.start()
        store = self.work / "store.toml"
        for command in (
            ["store", "new", "boutique", "-o", str(store)],
            ["store", "publish", str(store), "--data", str(self.work / "data")],
        ):
            subprocess.run([*SHOWROOM, *command], check=True, capture_output=True, env=self.env)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    def start(self) -> float:
        """Seconds until the door was open."""
        began = time.monotonic()
        log = (self.work / "serve.log").open("a")
        self.process = subprocess.Popen(
            [*SHOWROOM, "serve", "--port", str(self.port), "--data", str(self.work / "data"), "--worker", "no"],
            stdout=subprocess.PIPE, stderr=log, text=True, env=self.env,
        )  # fmt: skip
        log.close()
        assert self.process.stdout is not None
        if not self.process.stdout.readline():
            raise SystemExit(f"The server did not start; see {self.work / 'serve.log'}.")
        return time.monotonic() - began

    def kill(self) -> None:
        """As the power would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    @property
    def resident_bytes(self) -> int:
        """What the server itself takes, its worker not counted."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")

    def bots(self, count: int, seconds: float, *options: str) -> "subprocess.Popen[str]":
        """A flock, at the lowest priority but one; ``said`` tells what it saw."""
        command = [*SHOWROOM, "bots", str(count), "--room", ROOM, "--server", f"http://127.0.0.1:{self.port}"]
        command += ["--seconds", f"{seconds:.0f}", "--format", "json", *options]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=self.env)
        os.setpriority(os.PRIO_PROCESS, running.pid, 10)
        return running


def said(running: "subprocess.Popen[str]") -> dict[str, Any]:
    """What a flock says once it has left."""
    out, _ = running.communicate(timeout=600)
    found: dict[str, Any] = json.loads(out)
    return found


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
