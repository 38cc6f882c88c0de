"""Waiting for something to be true in a page that allows no ``eval``, which is what Playwright's own waiting needs."""

import time
from typing import Any

from browser import PATIENT_MS
from playwright.sync_api import Locator, Page


def until(page: Page, condition: str, *given: Any, most_ms: int = PATIENT_MS) -> None:
    """Until the expression is true; ``given`` is the list of what it is compared with."""
    came = page.evaluate(
        f"""async ([most_ms, given]) => {{
          for (const end = performance.now() + most_ms; performance.now() < end;) {{
            if ({condition}) return true;
            await new Promise((go_on) => setTimeout(go_on, 40));
          }}
          return false;
        }}""",
        [most_ms, list(given)],
    )
    assert came, f"within {most_ms / 1000:g} s this never came true: {condition}"


def at_rest(drawn: Locator, *, unlike: bytes = b"") -> bytes:
    """A picture of what is drawn, once nothing more comes into it; ``unlike``: and once it is another than this."""
    end_s = time.monotonic() + PATIENT_MS / 1000
    shown = b""
    while time.monotonic() < end_s:
        before, shown = shown, drawn.screenshot()
        if shown == before != unlike:
            break
        drawn.page.wait_for_timeout(200)
    return shown
