"""
The Node tools that the pipeline calls: where they are, and how they are run.

They live in ``pipeline/tools`` beside this package, or in the folder that ``SHOWROOM_TOOLS`` names, with their packages
installed by ``make setup``. What goes in and out is plain bytes on stdin and stdout.
"""

import os
import shutil
import subprocess
from pathlib import Path

from showroom_assets.errors import Cancelled, ToolMissing

_ADVICE = "Run `make setup`, or point SHOWROOM_TOOLS at a folder with the pipeline's tools."


def folder() -> Path:
    """The folder of the tools."""
    named = os.environ.get("SHOWROOM_TOOLS")
    return Path(named) if named else Path(__file__).resolve().parents[1] / "tools"


def installed(package: str) -> bool:
    """Whether Node and an npm package of the tools are there."""
    return shutil.which("node") is not None and (folder() / "node_modules" / package).is_dir()


def run(script: str, package: str, data: list[bytes], *, timeout_s: float) -> bytes:
    """
    Run one of the tools on ``data`` and give what it prints.

    Raises
    ------
    ToolMissing
        Node or the npm package is not installed, or the tool broke down.
    Cancelled
        It took longer than ``timeout_s``.
    """
    node = shutil.which("node")
    if node is None:
        raise ToolMissing(f"Node is not installed, which {package} needs. {_ADVICE}", tool="node")
    if not installed(package):
        raise ToolMissing(f"{package} is not installed. {_ADVICE}", tool=package)
    try:
        done = subprocess.run(
            [node, str(folder() / script)], input=b"".join(data), capture_output=True, timeout=timeout_s, check=True
        )
    except subprocess.TimeoutExpired as exc:
        raise Cancelled(f"{package} took longer than {timeout_s:.0f} s. Use a smaller picture.", tool=package) from exc
    except subprocess.CalledProcessError as exc:
        reason = exc.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ToolMissing(
            f"{package} broke down: {reason[-1][:200] if reason else exc.returncode}. {_ADVICE}", tool=package
        ) from exc
    except OSError as exc:
        raise ToolMissing(f"{package} cannot be started. {_ADVICE}", tool=package) from exc
    return done.stdout
