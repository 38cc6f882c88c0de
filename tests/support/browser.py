"""A headless Chromium that draws WebGL in software and asks nothing of the network by itself."""

import contextlib
import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)


def chromium() -> str:
    """``CHROMIUM``, or the system's own: Playwright's is not downloaded."""
    named = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    return named or "/usr/bin/chromium"


@contextlib.contextmanager
def open_browser(*more: str) -> Iterator[Browser]:
    """``more``: further flags of the command line."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *more])
        try:
            yield browser
        finally:
            browser.close()
