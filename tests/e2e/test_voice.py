"""Two shoppers who talk: microphones that the browser makes up, and a real connection between the two pages."""

from typing import Final

import pytest
from page_server import page_is_built
from playwright.sync_api import Browser, Locator, expect
from shoppers import Shopper, shoppers

pytestmark = page_is_built()

FAKE_MICROPHONE: Final = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
ONE_MACHINE: Final = ("--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns")


@pytest.fixture(scope="module")
def browser_flags() -> tuple[str, ...]:
    return (*FAKE_MICROPHONE, *ONE_MACHINE)


def test_two_hear_each_other_once_both_have_asked_for_it(browser: Browser, address: str) -> None:
    with shoppers(browser, "Ada", "Ben") as (ada, ben):
        for one in (ada, ben):
            one.context.grant_permissions(["microphone"])
        ada.enter(address + "?rung=turntable")
        ben.enter(ada.invitation() + "&rung=turntable")
        expect(ada.row(ben)).to_contain_text("beside you")
        for one in (ada, ben):
            _voice(one).get_by_role("button", name="Turn the microphone on").click()
        for one in (ada, ben):
            expect(_voice(one)).to_contain_text("Connected with 1 person")
            expect(_voice(one)).to_contain_text("You can be heard")
        _voice(ada).get_by_role("button", name="Mute").click()
        expect(_voice(ada)).to_contain_text("You are muted")
        _voice(ada).get_by_role("button", name="Turn the microphone off").click()
        # Without a microphone one still hears.
        expect(_voice(ada).get_by_role("button", name="Turn the microphone on")).to_be_visible()
        expect(_voice(ben)).to_contain_text("Connected with 1 person")


def _voice(one: Shopper) -> Locator:
    one.tab("Who is here")
    return one.page.locator("together-voice")
