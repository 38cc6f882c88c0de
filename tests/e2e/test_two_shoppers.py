"""Two shoppers in one store, each in a browser of their own: they meet, talk, look together, and one buys."""

import re
from collections.abc import Iterator
from typing import Final

import pytest
from browser import open_browser
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from small_store import SITE, opened

pytestmark = pytest.mark.skipif(not (SITE / "index.html").is_file(), reason="the web client is not built: make setup")

UNSOLD: Final = 5
#: Two pages share the processor with a server, and may be drawing a room.
PATIENT_MS: Final = 30_000
ADDRESS: Final = {
    "Full name": "Ben Marsh",
    "E-mail": "ben@example.com",
    "Street and number": "Long Lane 1",
    "Town or city": "Leeds",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with opened(tmp_path_factory.mktemp("store"), {"lamp": "Lamp", "vase": "Vase"}, unsold=UNSOLD) as found:
        yield found


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    """Opened after the server: Playwright's loop lets no other start in its thread."""
    assert address
    with open_browser() as one:
        yield one


class Shopper:
    """Somebody at a browser of their own, with a cart and a name of their own."""

    def __init__(self, context: BrowserContext, name: str) -> None:
        self.name = name
        self.context = context
        self.page: Page = context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def enter(self, address: str) -> None:
        """In through the door, under this name."""
        self.page.goto(address)
        self.page.get_by_label("Your name here").fill(self.name)
        self.page.get_by_role("button", name="Walk in").click()

    def panel(self, name: str) -> Locator:
        return self.page.locator(f"[data-panel={name}]")

    def tab(self, name: str) -> None:
        """One of the three things that the people's panel holds."""
        if not self.panel("people").is_visible():
            self.page.locator("[data-action=people]").first.click()
        tab = self.page.get_by_role("tab", name=name)
        if tab.get_attribute("aria-selected") != "true":
            tab.click()

    def close_panel(self) -> None:
        """Beside a held product its own panel comes back when another is closed; then that one goes."""
        panel = self.page.locator("[data-panel]")
        open_now = panel.get_attribute("data-panel")
        self.page.keyboard.press("Escape")
        if open_now != "product" and "#/p/" in self.page.url:
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
        self.page.get_by_role("textbox", name="Say something").fill(text)
        self.page.get_by_role("button", name="Send").click()

    def expect_said(self, text: str) -> None:
        """Once, however often the link was lost."""
        self.tab("Talk")
        expect(self.page.get_by_role("log").get_by_text(text, exact=True)).to_have_count(1)

    def row(self, other: "Shopper") -> Locator:
        """The other's line among those who are here."""
        self.tab("Who is here")
        return self.page.locator("together-people li", has_text=other.name)

    def show_to(self, other: "Shopper", product: str) -> None:
        """Show the other what one looks at."""
        row = self.row(other)
        row.get_by_role("button", name=other.name, expanded=False).click()
        row.get_by_role("button", name=f"Show {product}").click()

    def asked(self, *, yes: str) -> None:
        """Somebody asks something of this one, and they say yes."""
        self.page.locator("together-toasts").get_by_role("button", name=yes, exact=True).click()


@pytest.fixture
def pair(browser: Browser) -> Iterator[tuple[Shopper, Shopper]]:
    """Two newcomers; an error of either page's code fails the test."""
    two = []
    for name in ("Ada", "Ben"):
        context = browser.new_context(
            viewport={"width": 900, "height": 620}, locale="en-GB", timezone_id="Europe/London", reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENT_MS)
        two.append(Shopper(context, name))
    expect.set_options(timeout=PATIENT_MS)
    yield two[0], two[1]
    expect.set_options(timeout=5_000)
    for one in two:
        one.context.close()
    assert [one.wrong for one in two] == [[], []]


def test_two_meet_talk_look_together_and_one_buys(pair: tuple[Shopper, Shopper], address: str) -> None:
    ada, ben = pair
    ada.enter(address + "?rung=turntable")
    invitation = ada.invitation()
    ben.page.goto(invitation)
    expect(ben.page.get_by_text("A friend is waiting inside.")).to_be_visible()
    ben.enter(invitation)

    # They find each other, side by side.
    for one, other in ((ada, ben), (ben, ada)):
        expect(one.page.get_by_role("button", name="People, 2 here")).to_be_visible()
        expect(one.row(other)).to_contain_text("beside you")

    # They talk.
    ada.say("There is a lamp here")
    ben.expect_said("There is a lamp here")
    ben.say("Show me")
    ada.expect_said("Show me")

    # What one looks at, in the colour that she chose, the other looks at too, and in the next colour.
    for one in (ada, ben):
        one.close_panel()
    ada.page.locator(".gallery [data-id=lamp] a").click()
    ada.panel("product").get_by_role("radio", name="Ink").check(force=True)
    expect(ada.panel("product").locator(".stock")).to_have_text(f"Only {UNSOLD} left")
    ada.show_to(ben, "Lamp")
    ben.asked(yes="Look")
    lamp = ben.panel("product")
    expect(lamp.get_by_role("heading", name="Lamp")).to_be_visible()
    expect(lamp.get_by_role("radio", name="Ink")).to_be_checked()

    # He buys it; she sees that there is one less.
    ada.close_panel()
    ada.page.locator(".gallery [data-id=lamp] a").click()
    ada.panel("product").get_by_role("radio", name="Ink").check(force=True)
    expect(ada.panel("product").locator(".stock")).to_have_text(f"Only {UNSOLD} left")
    lamp.get_by_role("button", name="Add to cart").click()
    ben.page.get_by_role("button", name="Cart, 1 items").click()
    ben.page.locator("shop-cart").get_by_role("button", name="Check out").click()
    till = ben.page.locator("shop-checkout")
    for field, text in ADDRESS.items():
        till.get_by_label(field).fill(text)
    till.get_by_label("Country").select_option("GB")
    till.get_by_role("button", name="Order and go to payment").click()
    till.get_by_role("button", name=re.compile("^Pay £109")).click()
    expect(till.get_by_role("heading", name="Thank you")).to_be_visible()
    till.get_by_role("button", name="See your orders").click()
    expect(ben.page.locator("shop-orders")).to_contain_text("Paid")
    expect(ben.page.get_by_role("button", name="Cart", exact=True)).to_be_visible()
    expect(ada.panel("product").locator(".stock")).to_have_text(f"Only {UNSOLD - 1} left")
