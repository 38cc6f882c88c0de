"""A headset for a browser test: iwer plays a Quest with controllers and hands, `vr_page.js` moves them by frames."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

REPO = Path(__file__).parents[2]
IWER = REPO / "webclient" / "node_modules" / "iwer" / "build" / "iwer.js"
ENTER_MS = 180_000


@contextmanager
def served(store: str, cache: Path) -> Iterator[str]:
    """The address of the client's sources, with the store at ``store`` behind them."""
    command = ["node", str(REPO / "tests" / "support" / "vr_serve.mjs"), str(cache)]
    environment = {**os.environ, "SHOWROOM_SERVER": store.rstrip("/")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as running:
        assert running.stdout is not None
        try:
            yield running.stdout.readline().strip()
        finally:
            running.terminate()


class Shopper:
    """Somebody with a headset on. ``look`` runs JavaScript with ``vr`` and ``store`` at hand."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def do(self, script: str, *given: Any) -> Any:
        """The value of an asynchronous function's body."""
        return self.page.evaluate(
            f"async (given) => {{ const store = window.__vr, inside = store.headset.inside; {script} }}", list(given)
        )

    def wait(self, condition: str, frames: int = 600) -> None:
        """Until this is true, at most so many frames."""
        came = self.do(f"return vr.waitFor(() => ({condition}), {frames})")
        assert came, f"never came true: {condition}; on the panels: {self.words()}"

    def press(self, target: str, hand: str = "right") -> None:
        """Point at something on a panel and press it."""
        self.do("await vr.press(given[0], given[1])", target, hand)

    def words(self) -> str:
        return " | ".join(self.do("return inside ? vr.words() : []"))


@contextmanager
def entered(
    browser: Browser, address: str, *, query: str = "", is_stereo: bool = False, width: int = 200, height: int = 160
) -> Iterator[Shopper]:
    """A shopper who has just put the headset on, in the middle of the store. Errors of the page fail the test."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-IE", reduced_motion="reduce")
    context.set_default_timeout(ENTER_MS)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda ask: None if ask.url.startswith((address, "data:", "blob:")) else wrong.append(ask.url))
    page.add_init_script(f"window.__stereo = {str(is_stereo).lower()};\n{IWER.read_text()}")
    page.add_init_script(path=str(REPO / "tests" / "support" / "vr_page.js"))
    page.goto(f"{address}bench/xr.html?{query}")
    page.wait_for_selector("#enter[data-ready]", state="visible", timeout=ENTER_MS)
    page.wait_for_selector("#place[data-stocked]", state="attached", timeout=ENTER_MS)
    page.click("#enter")
    page.wait_for_selector("#place[data-inside]", state="attached", timeout=ENTER_MS)
    page.evaluate("vr.frames(3)")
    try:
        yield Shopper(page)
    finally:
        context.close()
    assert wrong == []
