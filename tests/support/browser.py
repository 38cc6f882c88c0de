"""A headless Chromium that draws WebGL in software and asks nothing of the network by itself."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Final

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

#: How long anything may be in coming: the page, its server and others share a slow processor. Playwright's own five
#: seconds are too short where a page is loaded in software while a room is drawn beside it.
PATIENT_MS: Final = 60_000
expect.set_options(timeout=PATIENT_MS)
#: How long a store in 3D may be in opening: it is built and drawn in software, perhaps beside another window.
OPEN_MS: Final = 240_000

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


def is_breach(said: ConsoleMessage) -> bool:
    """Whether the console tells of a breach of the page's policy."""
    return "Content Security Policy" in said.text


@contextlib.contextmanager
def watched(
    context: BrowserContext, address: str, *, is_wrong: Callable[[ConsoleMessage], bool] = is_breach
) -> Iterator[Page]:
    """
    The context's only page: an error of its own code, a wrong word on the console and a request to anybody else fail
    the test.
    """
    context.set_default_timeout(PATIENT_MS)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if is_wrong(said) else None)
    own = (address, "blob:", "data:")
    page.on("request", lambda ask: wrong.append(ask.url) if not ask.url.startswith(own) else None)
    yield page
    context.close()
    assert wrong == []
