"""
The store in a headset: enter, jump, take a product, choose a colour, put it into the cart, pay, leave; all by ray.

The headset is iwer's, in Chromium; the shop and its order are the real server's. Everything steps by frames. Set
``SHOWROOM_TEST_STORE`` to the address of a running demo to use that one instead of a new one.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import open_browser
from playwright.sync_api import Browser
from vr import IWER, entered, served

REPO = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.skipif(
        not IWER.is_file() or shutil.which("node") is None,
        reason="the web client's packages are not installed: make setup",
    ),
    # Every frame of two eyes is drawn without a graphics card.
    pytest.mark.timeout(1500),
]
PRODUCT = "terra-vase"
MOST_DRAWS = 100
ADDRESS = {
    "name": "Vera Lang",
    "email": "vera@example.com",
    "street": "Long Lane 1",
    "postcode": "28195",
    "city": "Bremen",
    "country": "DE",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``showroom demo`` with one product, as fast as it goes, on a free port."""
    running_one = os.environ.get("SHOWROOM_TEST_STORE")
    if running_one:
        yield running_one
        return
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "showroom", "demo", "--folder", str(folder / "demo"), "--port", "0"]
    command += ["--only", PRODUCT, "--fast", "--no-scans", "--jobs", "1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "SHOWROOM_CACHE": str(folder / "cache")}
    ) as running:
        assert running.stdout is not None
        line = running.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", line), "the one line on standard output is the address"
        yield line
        running.send_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def address(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(store, tmp_path_factory.mktemp("vite")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


def test_a_shopper_in_a_headset_jumps_takes_a_vase_chooses_its_colour_and_buys_it(
    browser: Browser, address: str
) -> None:
    with entered(browser, address) as shopper:
        # Entering keeps the place and the way one looked.
        spawn = shopper.do("const {position, yaw_deg} = store.world.plan.spawn[0]; return [...position, yaw_deg]")
        head = shopper.do("return vr.head()")
        assert abs(head["x"] - spawn[0]) < 0.05
        assert abs(head["z"] - spawn[2]) < 0.05
        assert 1.5 < head["y"] < 1.75

        # A push of the stick turns by 30° about the head and moves it nowhere.
        shopper.do("await vr.stick('left', 1, 0); await vr.stick('left', 0, 0)")
        turned = shopper.do("return vr.head()")
        assert abs((head["yaw"] - turned["yaw"]) - 0.5236) < 0.01
        assert abs(turned["x"] - head["x"]) + abs(turned["z"] - head["z"]) < 0.01
        shopper.do("await vr.stick('left', -1, 0); await vr.stick('left', 0, 0)")

        # Through the wall behind nobody jumps; to the floor ahead one does.
        jump = """const {x, z, yaw} = vr.head();
            await vr.point('right', [x + Math.sin(yaw) * given[0], given[1], z + Math.cos(yaw) * given[0]]);
            await vr.stick('right', 0, -1); await vr.stick('right', 0, 0); await vr.frames(2);"""
        shopper.do(jump, -60, 1.3)
        assert shopper.do("return vr.head()")["z"] == pytest.approx(turned["z"], abs=0.01)
        shopper.do(jump, 1.2, 0.3)
        landed = shopper.do("return vr.head()")
        assert 0.5 < abs(landed["z"] - turned["z"]) + abs(landed["x"] - turned["x"]) < 7.9
        assert shopper.do(
            "const {x, z} = vr.head(); const a = {x, z}; return inside.locomotion.limits.reach_m < 8 && a.x === x"
        )

        # The map takes one before the vase, in jumps, round what stands in between.
        shopper.do("inside.board.openMenu('map')")
        slot = shopper.do("return store.stock.stands.find((s) => s.row.id === given[0]).slot.id", PRODUCT)
        if shopper.do("return vr.spot(given[0]) !== null", f"to:{slot}"):
            shopper.press(f"to:{slot}")
        else:  # another product's dot lies on it
            shopper.do("inside.board.closeMenu(); inside.board.openMenu('near')")
            shopper.press(f"bring:{slot}")
            shopper.press("back")
        near = f"""(() => {{ const {{home}} = vr.stand('{PRODUCT}'), h = vr.head();
            return Math.hypot(home[0] - h.x, home[2] - h.z) < 2.6; }})()"""
        if not shopper.do(f"return vr.waitFor(() => {near}, 400)"):
            shopper.do(
                """const {home, yaw} = vr.stand(given[0]), turn = yaw * Math.PI / 180;
                inside.locomotion.jump(inside.head, home[0] + Math.sin(turn), home[2] + Math.cos(turn), turn + Math.PI);
                await vr.frames(3)""",
                PRODUCT,
            )

        # A grip from afar brings the vase to the hand at its true size; it goes where the hand goes.
        shopper.do(
            """const {at, size} = vr.stand(given[0]);
            await vr.point('right', [at[0], at[1] + size[1] / 2, at[2]]);
            await vr.button('right', 'squeeze', 1); await vr.frames(12)""",
            PRODUCT,
        )
        shopper.wait(f"inside.carry.stand?.row.id === '{PRODUCT}' && inside.carry.isInHand")
        held = shopper.do("return vr.stand(given[0])", PRODUCT)
        assert held["scale"] == 1
        assert sum((a - b) ** 2 for a, b in zip(held["at"], held["home"], strict=True)) > 0.01
        shopper.do("const {position} = vr.device.controllers.right; position.y += 0.2; await vr.frames(3)")
        raised = shopper.do("return vr.stand(given[0])", PRODUCT)
        assert raised["at"][1] - held["at"][1] == pytest.approx(0.2, abs=0.02)

        # Its card is beside it; the other hand chooses a colour and puts it into the cart.
        shopper.wait("vr.words().join().includes('Terra')")
        shopper.press("variant:Ink", "left")
        shopper.wait("inside.board.variant?.name === 'Ink'")
        shopper.wait("store.shop.offer('VAS-TERRA-INK') !== undefined")
        shopper.press("add", "left")
        shopper.wait("store.shop.units === 1")
        shopper.wait("vr.words().join().includes('is in your cart')")

        # Open hands let go, and it floats home.
        shopper.do("await vr.button('right', 'squeeze', 0)")
        shopper.press("back", "left")
        shopper.wait(f"(({{at, home}}) => at.every((x, i) => Math.abs(x - home[i]) < 1e-4))(vr.stand('{PRODUCT}'))")

        # The till: an address by the panel's own keys, the order, the payment.
        shopper.do("await vr.button('right', 'b-button', 1); await vr.button('right', 'b-button', 0)")
        shopper.wait("inside.menu.isOpen")
        shopper.press("tab:cart")
        shopper.press("checkout")
        shopper.wait("store.shop.checkout.step === 'details' && !store.shop.checkout.isBusy")
        shopper.press("field:name")
        for letter in "vi":
            shopper.press(f"key:{letter}")
        assert shopper.do("return store.shop.checkout.contact.name") in ("Vi", "VI")
        shopper.do("store.shop.checkout.type(given[0])", ADDRESS)
        shopper.press("till:back")
        shopper.press("order")
        shopper.wait("store.shop.checkout.step === 'pay'")
        shopper.press("pay")
        shopper.wait("store.shop.checkout.step === 'done'")
        shopper.wait("vr.words().join().includes('Thank you')")

        # The server's own books.
        order = shopper.do("return (await fetch('/api/shop/orders/' + store.shop.checkout.order.id)).json()")
        assert order["state"] == "paid"
        assert [(one["sku"], one["quantity"]) for one in order["lines"]] == [("VAS-TERRA-INK", 1)]
        assert order["contact"]["city"] == "Bremen"

        assert shopper.do("return vr.draws()") <= 2 * MOST_DRAWS  # both eyes

        # Out again: one stands where one stood.
        last = shopper.do("return vr.head()")
        shopper.press("leave")
        shopper.page.wait_for_selector("#place:not([data-inside])", state="attached")
        walk = shopper.page.evaluate("({...window.__vr.world.walk.position})")
        assert walk["x"] == pytest.approx(last["x"], abs=0.02)
        assert walk["z"] == pytest.approx(last["z"], abs=0.02)


def test_bare_hands_take_by_pinching_and_jump_with_the_palm_up(browser: Browser, address: str) -> None:
    with entered(browser, address, query="alone") as shopper:
        shopper.do("vr.device.primaryInputMode = 'hand'; await vr.frames(4)")
        assert shopper.do("return inside.hands.both.every((hand) => hand.isTracked && hand.isBare)")
        shopper.do(
            """const {home, yaw} = vr.stand(given[0]), turn = yaw * Math.PI / 180;
            inside.locomotion.jump(inside.head, home[0] + Math.sin(turn), home[2] + Math.cos(turn), turn + Math.PI);
            await vr.frames(3);
            const {at, size} = vr.stand(given[0]);
            await vr.point('right', [at[0], at[1] + size[1] / 2, at[2]]);
            await vr.button('right', 'pinch', 1); await vr.frames(6)""",
            PRODUCT,
        )
        shopper.wait(f"inside.carry.stand?.row.id === '{PRODUCT}' && inside.carry.isInHand")
        shopper.do("await vr.button('right', 'pinch', 0)")
        shopper.wait("!inside.carry.isInHand")
        shopper.do("inside.carry.home()")

        # Palm up: the hand turned over, pinched and held; let go to jump.
        before = shopper.do("return vr.head()")
        shopper.do(
            """const {x, z, yaw} = vr.head(), back = yaw + Math.PI;
            await vr.point('left', [x + Math.sin(back) * 3, 1.1, z + Math.cos(back) * 3]);
            const hand = vr.device.hands.left, Turn = store.world.rig.quaternion.constructor;
            const turn = new Turn(hand.quaternion.x, hand.quaternion.y, hand.quaternion.z, hand.quaternion.w);
            turn.multiply(new Turn(0, 0, 1, 0));
            hand.quaternion.set(turn.x, turn.y, turn.z, turn.w);
            await vr.frames(3);
            await vr.button('left', 'pinch', 1);"""
        )
        assert shopper.do("return inside.hands.left.palm.y") > 0.5
        assert shopper.do("return inside.locomotion.aiming?.side") == "left"
        shopper.do("await vr.button('left', 'pinch', 0); await vr.frames(2)")
        after = shopper.do("return vr.head()")
        assert abs(after["x"] - before["x"]) + abs(after["z"] - before["z"]) > 0.3


def test_a_session_that_the_headset_ends_leaves_the_store_as_it_was(browser: Browser, address: str) -> None:
    with entered(browser, address, query="alone") as shopper:
        shopper.do(
            """const {at, size} = vr.stand(given[0]);
            const stand = store.stock.stands.find((one) => one.row.id === given[0]);
            inside.carry.bring(stand, inside.head.world, inside.head.yaw);
            await vr.frames(4); await vr.device.activeSession.end()""",
            PRODUCT,
        )
        shopper.page.wait_for_selector("#place:not([data-inside])", state="attached")
        left = shopper.page.evaluate(
            """async (id) => { const {at, home, scale} = vr.stand(id), {world, headset} = window.__vr;
            return {at, home, scale, isPresenting: headset.isPresenting, rig: world.rig.rotation.y,
              parts: world.rig.children.length}; }""",
            PRODUCT,
        )
        assert left["at"] == left["home"]
        assert left["scale"] == 1
        assert left["isPresenting"] is False
        assert left["parts"] == 1  # the camera alone: panels and hands are gone
