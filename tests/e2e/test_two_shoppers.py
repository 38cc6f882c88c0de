"""Two shoppers in one store, each in a browser of their own: they meet, talk, look together, buy, lose the link."""

from collections.abc import Iterator
from typing import Final

import pytest
from page_server import page_is_built
from playwright.sync_api import Browser, WebSocketRoute, expect
from shoppers import Shopper, shoppers

pytestmark = page_is_built()

UNSOLD: Final = 5
#: The way to a product in the gallery, and on the list.
SHELF: Final = ".gallery [data-id={0}] a, main [data-product={0}]"


@pytest.fixture(scope="module")
def unsold() -> int:
    return UNSOLD


NAMES: Final = iter((("Ada", "Ben"), ("Cleo", "Dan"), ("Edith", "Finn")))


@pytest.fixture
def pair(browser: Browser) -> Iterator[tuple[Shopper, Shopper]]:
    """Two whom nobody has seen before: a seat whose link was lost is kept for a while under its name."""
    with shoppers(browser, *next(NAMES)) as (one, other):
        yield one, other


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
    ben.pay("£109")
    expect(ben.page.get_by_role("button", name="Cart", exact=True)).to_be_visible()
    expect(ada.panel("product").locator(".stock")).to_have_text(f"Only {UNSOLD - 1} left")


@pytest.mark.parametrize("rung", ["turntable", "list"])
def test_a_lost_link_loses_nothing(pair: tuple[Shopper, Shopper], address: str, rung: str) -> None:
    ada, ben = pair
    links: list[WebSocketRoute] = []
    is_cut = False

    def carry(socket: WebSocketRoute) -> None:
        links.append(socket)
        if is_cut:  # the browser's "offline" does not reach a routed socket
            socket.close(code=4000, reason="cut")
        else:
            socket.connect_to_server()

    ben.page.route_web_socket("**/live", carry)
    ada.enter(f"{address}?rung={rung}")
    ben.enter(f"{ada.invitation()}&rung={rung}")
    expect(ada.row(ben)).to_contain_text("beside you")
    ben.say("I am here")
    ada.expect_said("I am here")
    # They came together, and stay so over the lost link.
    row = ada.row(ben)
    row.get_by_role("button", name=ben.name, expanded=False).click()
    row.get_by_role("button", name="Invite to the party").click()
    ben.asked(yes="Join")
    expect(ada.row(ben)).to_contain_text("in your party")
    # And he has a vase in the cart.
    ben.close_panel()
    ben.page.locator(SHELF.format("vase")).locator("visible=true").click()
    ben.page.get_by_role("button", name="Add to cart").click()
    expect(ben.page.get_by_role("button", name="Cart, 1 items")).to_be_visible()

    is_cut = True
    ben.context.set_offline(True)
    links[-1].close(code=4000, reason="cut")
    lost = ben.page.locator(".quiet-link")
    expect(lost).to_contain_text("trying again")
    ada.say("Said while you were away")
    ben.say("Said without a link")
    # What is on the page stays on it: the vase, and the cart with it.
    ben.close_panel()
    ben.page.get_by_role("button", name="Cart, 1 items").click()
    expect(ben.page.locator("shop-cart")).to_contain_text("Vase")
    expect(lost).to_be_visible()

    is_cut = False
    ben.context.set_offline(False)
    expect(lost).to_have_count(0)
    expect(ben.page.locator("shop-cart")).to_contain_text("Vase")
    for one in (ada, ben):
        for text in ("I am here", "Said while you were away", "Said without a link"):
            one.expect_said(text)
    for one, other in ((ada, ben), (ben, ada)):
        expect(one.row(other)).to_contain_text("in your party")
        expect(one.row(other)).to_contain_text("beside you")
        expect(one.row(other)).to_have_count(1)
