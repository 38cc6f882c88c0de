"""
People who go shopping in a browser of their own: the door, the panels, the talk, the till.

Where the store may be drawn in software they press keys: a click waits until a button has stood still for two frames,
and a frame can be long in coming.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from browser import PATIENT_MS
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from waiting import until

WINDOW: Final = {"width": 900, "height": 620}
ADDRESS: Final = {
    "Full name": "Ben Marsh",
    "E-mail": "ben@example.com",
    "Street and number": "Long Lane 1",
    "Town or city": "Leeds",
}


class Shopper:
    """Somebody at a browser of their own, with a cart and a name of their own."""

    def __init__(self, context: BrowserContext, name: str) -> None:
        self.name = name
        self.context = context
        self.page: Page = context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def enter(self, address: str) -> None:
        """In through the door, under this name; on the list, where no door is in the way, through the people."""
        self.page.goto(address)
        if "rung=list" in address:
            self.page.locator("[data-action=people]").first.press("Enter")
        name = self.page.get_by_label("Your name here").locator("visible=true")
        name.fill(self.name)
        name.press("Enter")

    def come_back_as_known(self) -> None:
        """From now on the door is open: they have been here before."""
        kept = json.dumps(json.dumps({"nickname": self.name}))
        self.page.add_init_script(f"localStorage.setItem('showroom.visitor', {kept})")

    def panel(self, name: str) -> Locator:
        return self.page.locator(f"[data-panel={name}]")

    def tab(self, name: str) -> None:
        """One of the three things that the people's panel holds."""
        if not self.panel("people").is_visible():
            self.page.locator("[data-action=people]").first.press("Enter")
        tab = self.page.get_by_role("tab", name=name)
        if tab.get_attribute("aria-selected") != "true":
            tab.press("Enter")

    def close_panel(self) -> None:
        """Beside a held product its own panel comes back when another is closed; then that one goes."""
        panel = self.page.locator("[data-panel]")
        open_now = panel.get_attribute("data-panel")
        self.page.keyboard.press("Escape")
        if open_now != "product" and "#/p/" in self.page.url and "rung=list" not in self.page.url:
            expect(self.page.locator("[data-panel=product]")).to_be_visible()
            self.page.keyboard.press("Escape")
        expect(panel).to_have_count(0)

    def invitation(self) -> str:
        """The link that brings a friend beside this one."""
        self.tab("Invite")
        link = self.page.get_by_role("textbox", name="Copy the link")
        expect(link).to_have_value(re.compile("with="))
        return link.input_value()

    def say(self, text: str) -> None:
        self.tab("Talk")
        box = self.page.get_by_role("textbox", name="Say something")
        box.fill(text)
        box.press("Enter")

    def expect_said(self, text: str) -> None:
        """Once, however often the link was lost."""
        self.tab("Talk")
        expect(self.page.get_by_role("log").get_by_text(text, exact=True)).to_have_count(1)

    def note(self, selector: str) -> None:
        """From now on keep all that this element comes to show: what passes by may be gone when it is looked for."""
        self.page.evaluate(
            """(selector) => {
              const {shadowRoot} = document.querySelector(selector), kept = (window.noted ??= {})[selector] = [];
              const look = () => kept.push(shadowRoot.textContent);
              new MutationObserver(look).observe(shadowRoot, {subtree: true, childList: true, characterData: true});
              look();
            }""",
            selector,
        )

    def expect_noted(self, selector: str, text: str) -> None:
        """It has shown this since it is noted, for however short a while."""
        until(self.page, "window.noted[given[0]].some((shown) => shown.includes(given[1]))", selector, text)

    def row(self, other: "Shopper") -> Locator:
        """The other's line among those who are here."""
        self.tab("Who is here")
        return self.page.locator("together-people li", has_text=other.name)

    def show_to(self, other: "Shopper", product: str) -> None:
        """Show the other what one looks at."""
        row = self.row(other)
        row.get_by_role("button", name=other.name, expanded=False).press("Enter")
        row.get_by_role("button", name=f"Show {product}").press("Enter")

    def hand_to(self, other: "Shopper", product: str) -> None:
        """Hand the other what one holds."""
        row = self.row(other)
        row.get_by_role("button", name=other.name, expanded=False).press("Enter")
        row.get_by_role("button", name=f"Hand over {product}").press("Enter")

    def asked(self, *, yes: str) -> None:
        """Somebody asks something of this one, and they say yes."""
        self.page.locator("together-toasts").get_by_role("button", name=yes, exact=True).press("Enter")

    def pay(self, total: str) -> None:
        """From the open cart to the paid order, as it is said at the till."""
        self.page.locator("shop-cart").get_by_role("button", name="Check out").click()
        till = self.page.locator("shop-checkout")
        for field, text in ADDRESS.items():
            till.get_by_label(field).fill(text)
        till.get_by_label("Country").select_option("GB")
        till.get_by_role("button", name="Order and go to payment").click()
        till.get_by_role("button", name=re.compile(f"^Pay {re.escape(total)}")).click()
        expect(till.get_by_role("heading", name="Thank you")).to_be_visible()
        till.get_by_role("button", name="See your orders").click()
        expect(self.page.locator("shop-orders")).to_contain_text("Paid")


@contextmanager
def shoppers(browser: Browser, *names: str, **options: Any) -> Iterator[list[Shopper]]:
    """Newcomers; an error of any page's code fails the test. ``options``: of the browser's contexts."""
    people = []
    for name in names:
        wanted = {"viewport": WINDOW, "locale": "en-GB", "timezone_id": "Europe/London", "reduced_motion": "reduce"}
        context = browser.new_context(**{**wanted, **options})
        context.set_default_timeout(PATIENT_MS)
        people.append(Shopper(context, name))
    try:
        yield people
    finally:
        expect.set_options(timeout=PATIENT_MS)  # a test may have had more
        for one in people:
            one.context.close()
    assert [one.wrong for one in people] == [[] for _ in people]
