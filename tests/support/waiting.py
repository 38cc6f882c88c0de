"""Waiting for something to be true in a page that allows no ``eval``, which is what Playwright's own waiting needs."""

from typing import Any

from browser import PATIENT_MS
from playwright.sync_api import Page


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
