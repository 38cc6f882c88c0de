"""
The mirror as a shopper has it: a real page, a real person before a fake camera, real trackers, and all the troubles.

The things that are worn are boxes of colours that nobody has, so that it can be seen in the picture itself whether they
are where they belong.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import fake_camera
import numpy as np
import pytest
from access import serious, tab_to
from browser import FLAGS, PATIENT_MS, chromium, open_browser, watched
from mirror_page import (
    MIRROR,
    WATCH_THE_WORKER,
    open_mirror,
    painted,
    seen,
    seen_marks,
    shown,
    turn_on,
    wait_for,
    wait_frames,
    worn,
)
from numpy.typing import NDArray
from page_server import page_is_built
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from wearables import opened

pytestmark = page_is_built()

SIZE: Final = (640, 360)
#: A camera that may be refused: without the flag that says yes to every page.
ASKED: Final = "--use-fake-ui-for-media-stream"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with opened(tmp_path_factory.mktemp("store"), "glasses", "hat", "watch", "jacket", "bare") as port:
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture(scope="module")
def browser(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Its camera sees one person; a page has to be allowed to use it."""
    assert address
    clip = fake_camera.of_astronaut(tmp_path_factory.mktemp("camera") / "person.mjpeg", size=SIZE)
    with open_browser(*(flag for flag in fake_camera.flags(clip) if flag != ASKED)) as one:
        yield one


def context_of(browser: Browser, address: str, *, may: bool = True) -> BrowserContext:
    context = browser.new_context(viewport={"width": 800, "height": 500}, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(PATIENT_MS)
    if may:
        context.grant_permissions(["camera"], origin=address.rstrip("/"))
    context.add_init_script(WATCH_THE_WORKER)
    return context


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A newcomer's page that may use the camera; an error of its own code fails the test."""
    context = context_of(browser, address)
    with watched(context, address) as page:
        yield page


def share(mask: NDArray[np.bool_], at: tuple[int, int], reach: int = 3) -> float:
    """How much of a place is painted."""
    u, v = at
    return float(mask[max(0, v - reach) : v + reach, max(0, u - reach) : u + reach].mean())


def alert(page: Page) -> Locator:
    """What the mirror itself warns of: the page's announcer beside it says other things too."""
    return page.locator("tryon-mirror").get_by_role("alert")


def too_small(page: Page) -> list[str]:
    """What of the mirror can be pressed and is smaller than a thumb wants."""
    found: list[str] = page.evaluate(
        f"""[...{MIRROR}.renderRoot.querySelectorAll('button, select, input')].filter(one => one.checkVisibility())
          .filter(one => Math.min(one.getBoundingClientRect().width, one.getBoundingClientRect().height) < 43.5)
          .map(one => one.outerHTML)"""
    )
    return found


def is_lamp_off(page: Page) -> bool:
    lamp_off: bool = page.evaluate("window.__tracks.length > 0 && window.__tracks.every(t => t.readyState === 'ended')")
    return lamp_off


def still_sells(page: Page) -> None:
    """After all that, the store is there: the product's page, its price, its cart."""
    expect(page.locator("tryon-mirror")).to_have_count(0)
    expect(page.get_by_role("heading", level=1, name="Box")).to_be_visible()
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("button", name="Cart, 1 items")).to_be_visible()


def test_spectacles_are_worn_before_the_eyes_in_the_chosen_colour_and_the_lamp_goes_out(
    page: Page, address: str
) -> None:
    open_mirror(page, address, "glasses")
    turn_on(page)
    worn(page)
    picture, eyes = seen(page)
    for eye in eyes:
        assert share(painted(picture, "green"), eye) > 0.9
    assert painted(picture, "green").mean() < 0.12, "and nowhere else"

    page.get_by_role("button", name="Blue").click()
    wait_for(page, "m.wardrobe.shown.variant.name === 'Blue' && !m.wardrobe.shown.isLoading")
    wait_frames(page, 2)
    picture, eyes = seen(page)
    for eye in eyes:
        assert share(painted(picture, "blue"), eye) > 0.9
    assert painted(picture, "green").sum() < 20

    # Held still, another thing is put on: the same person, dressed anew.
    page.get_by_role("button", name="Hold still").click()
    before = shown(page)
    page.get_by_role("button", name="Box hat").click()
    wait_for(page, "m.wardrobe.worn.length === 2 && m.wardrobe.worn.every(one => one.manifest && !one.isLoading)")
    after, eyes = seen(page)
    top = min(v for _, v in eyes)
    hat = painted(after, "green")
    assert hat[:top].mean() > 0.02, "above the eyes"
    assert hat[top + 20 :].sum() < 20
    rest = ~hat & ~painted(before, "blue")
    assert np.abs(after[rest].astype(int) - before[rest]).mean() < 6, "but for its shadow the frame is the same"

    page.get_by_role("button", name="Take a picture").click()
    dialog = page.get_by_role("dialog", name="Your picture")
    expect(dialog.get_by_role("heading")).to_be_focused()
    with page.expect_download() as saved:
        dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    with Image.open(io.BytesIO(saved.value.path().read_bytes())) as opened_again:
        assert opened_again.format == "JPEG"
        mirrored = np.asarray(opened_again.convert("RGB"))[:, ::-1]
    assert np.abs(mirrored.astype(int) - after).mean() < 4

    page.get_by_role("button", name="Turn the camera off").click()
    assert is_lamp_off(page)
    still_sells(page)


def test_two_colours_side_by_side_by_keys_alone(page: Page, address: str) -> None:
    page.goto(f"{address}?rung=list#/p/glasses/try")
    expect(page.get_by_role("heading", name="See it on you")).to_be_focused()
    tab_to(page, ".act")
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="The mirror’s tools")).to_be_visible()
    worn(page)
    tab_to(page, ".compare", key="Shift+Tab")
    page.keyboard.press("Enter")
    seam = page.get_by_role("slider", name="Where the two meet")
    expect(seam).to_be_focused()
    expect(seam).to_have_attribute("aria-valuetext", "Green on the left, Blue on the right")
    wait_for(page, "m.wardrobe.rival && booth.mirror.split")
    # Between the eyes, wherever they are; not mirrored: the canvas's left is the screen's right.
    for _ in range(25):
        picture, (left, right) = seen(page)
        at = round(picture.shape[1] * page.evaluate(f"{MIRROR}.booth.mirror.split.at"))
        if left[0] + 8 < at < right[0] - 8:
            break
        page.keyboard.press("ArrowRight")
    wait_frames(page, 3)
    picture, _ = seen(page)
    # The person sways, the seam does not: each colour keeps to its side of it.
    blue, green = painted(picture, "blue"), painted(picture, "green")
    assert blue[:, : at - 1].sum() > 100
    assert green[:, at + 1 :].sum() > 100
    assert blue[:, at + 1 :].sum() < 20
    assert green[:, : at - 1].sum() < 20
    page.keyboard.press("Home")
    wait_frames(page, 2)
    picture, eyes = seen(page)
    assert painted(picture, "green").sum() < 20
    assert min(share(painted(picture, "blue"), eye) for eye in eyes) > 0.9
    tab_to(page, ".sides .plain:last-child")
    page.keyboard.press("Enter")
    expect(seam).to_be_hidden()
    wait_for(page, "m.wardrobe.shown.variant.name === 'Blue' && !booth.mirror.split")
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{address}?rung=list#/p/glasses")
    assert is_lamp_off(page)


@contextmanager
def before(browser: Browser, address: str, clip: Path) -> Iterator[Page]:
    """A page whose camera sees somebody else."""
    assert browser.is_connected()
    with (
        browser.browser_type.launch(executable_path=chromium(), args=[*FLAGS, *fake_camera.flags(clip)]) as other,
        watched(context_of(other, address), address) as page,
    ):
        yield page


def test_a_watch_is_worn_round_the_wrist_and_nowhere_else(
    browser: Browser, address: str, shared_data: Path, tmp_path: Path
) -> None:
    hand = shared_data / "people" / "hand" / "thumb_up.jpg"
    clip = fake_camera.of_picture(tmp_path / "hand.mjpeg", hand, size=SIZE)
    with before(browser, address, clip) as page:
        open_mirror(page, address, "watch")
        turn_on(page)
        wait_for(page, "window.__marks.hand && m.wardrobe.worn[0]?.manifest && !m.wardrobe.worn[0].isLoading")
        wait_frames(page, 6)
        picture, marks = seen_marks(page, "hand")
    wrist, knuckles = marks[0], marks[[5, 9, 13, 17]].mean(axis=0)
    palm = float(np.linalg.norm(wrist - knuckles))
    away = (wrist - knuckles) / palm
    strap = painted(picture, "green")
    rows, columns = np.nonzero(strap)
    spots = np.column_stack([columns, rows]) - wrist
    assert 0.05 < len(spots) / palm**2 < 0.8
    middle = np.median(spots, axis=0) / palm
    # Beyond the wrist on the fore-arm, which bends off from the palm's own line in this picture.
    assert 0.15 < middle @ away < 0.95
    assert abs(middle @ [-away[1], away[0]]) < 0.45
    assert np.linalg.norm(spots / palm - middle, axis=1).max() < 1, "closed about the arm, and nowhere else"
    assert max(share(strap, (round(u), round(v))) for u, v in marks[4::4]) == 0, "no finger wears it"


def test_a_jacket_is_worn_on_chest_and_arms_and_leaves_face_and_legs(
    browser: Browser, address: str, shared_data: Path, tmp_path: Path
) -> None:
    person = shared_data / "people" / "fullbody" / "standing_suit.jpg"
    clip = fake_camera.of_picture(tmp_path / "body.mjpeg", person, size=SIZE)
    with before(browser, address, clip) as page:
        open_mirror(page, address, "jacket")
        turn_on(page)
        wait_for(page, "m.wardrobe.worn[0]?.manifest && !m.wardrobe.worn[0].isLoading")
        # Cloth fades in as a body is believed.
        wait_for(page, "booth.bodies.length === 1 && booth.bodies[0].confidence > 0.99")
        wait_frames(page, 2)
        picture, marks = seen_marks(page, "body")
    cloth = painted(picture, "green")

    def covered(*landmarks: int) -> float:
        u, v = marks[list(landmarks)].mean(axis=0)
        return share(cloth, (round(u), round(v)))

    assert covered(11, 12, 23, 24) > 0.9, "the trunk's middle"
    assert min(covered(11, 13), covered(12, 14)) > 0.6, "both upper arms"
    assert [covered(0), covered(25), covered(26), covered(27), covered(28)] == [0] * 5, "nose, knees and ankles"
    rows, _ = np.nonzero(cloth)
    assert marks[0, 1] < rows.min(), "nothing above the nose"
    assert rows.max() < marks[[25, 26], 1].min(), "nor below the knees"


def test_a_thing_that_does_not_say_where_it_sits_is_left_out_and_all_else_goes_on(page: Page, address: str) -> None:
    open_mirror(page, address, "bare")
    turn_on(page)
    expect(alert(page)).to_contain_text("does not say where it sits")
    page.get_by_role("button", name="Box glasses").click()
    worn(page, 2)
    page.get_by_role("button", name="Hat without anchors").click()
    expect(alert(page)).to_have_count(0)
    worn(page)
    picture, eyes = seen(page)
    assert min(share(painted(picture, "green"), eye) for eye in eyes) > 0.9


def test_heights_that_nobody_has_are_refused_and_others_taken(page: Page, address: str) -> None:
    open_mirror(page, address, "glasses")
    turn_on(page)
    page.get_by_role("button", name="Does it fit?").click()
    field = page.get_by_label("Your height")
    for text, said in [("17", "from 100 to 230 cm"), ("500", "from 100 to 230 cm"), ("tall", "in digits")]:
        field.fill(text)
        field.press("Enter")
        expect(alert(page)).to_contain_text(said)
        assert page.evaluate(f"{MIRROR}.booth.height_m") is None
    field.fill("1,72 m")
    field.press("Enter")
    expect(alert(page)).to_have_count(0)
    assert page.evaluate(f"{MIRROR}.booth.height_m") == pytest.approx(1.72)
    page.get_by_role("button", name="Erase everything").click()
    expect(page.locator("tryon-mirror .note")).to_be_visible()
    assert page.evaluate(f"{MIRROR}.booth.height_m") is None
    assert is_lamp_off(page)


def test_a_card_measures_the_head_and_the_measure_can_be_used_by_keys(page: Page, address: str) -> None:
    open_mirror(page, address, "glasses")
    turn_on(page)
    worn(page)
    page.get_by_role("button", name="Does it fit?").click()
    expect(page.locator(".aside")).to_contain_text("irises")
    page.get_by_role("button", name="Measure more exactly with a card").click()
    page.get_by_role("button", name="Hold still now").click()
    use = page.get_by_role("button", name="Use this")
    expect(use).to_be_enabled()
    assert painted(shown(page), "green").sum() < 20, "what is worn is not in the way"
    # There is no card in this picture: the marks are put where one would be, and moved.
    mark = page.get_by_role("button", name="Mark on the left")
    said = page.locator("tryon-card .found")
    before = said.text_content()
    mark.focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    expect(said).not_to_have_text(before or "")
    for _ in range(12):
        page.keyboard.press("Shift+ArrowLeft")
    expect(use).to_be_disabled()
    expect(said).to_contain_text("not where a card can be")
    for _ in range(12):
        page.keyboard.press("Shift+ArrowRight")
    expect(use).to_be_enabled()
    use.click()
    by_card = "booth.heads[0]?.size.from === 'card' && booth.state === 'live' && !booth.mirror.split"
    scale = wait_for(page, f"{by_card} && booth.heads[0].scale")
    expect(page.locator(".aside")).to_contain_text("Measured by a card")
    # It is the head's measure, not the camera's.
    page.evaluate(f"void {MIRROR}.booth.open({MIRROR}.booth.device)")
    assert wait_for(page, f"{by_card} && booth.heads[0].scale") == scale


def test_nothing_keeps_anybody_out(page: Page, address: str) -> None:
    open_mirror(page, address, "glasses")
    assert serious(page) == []
    turn_on(page)
    worn(page)
    page.get_by_role("button", name="Hold still").click()
    page.get_by_role("button", name="Does it fit?").click()
    assert serious(page) == []
    page.get_by_role("button", name="Does it fit?").click()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("slider")).to_be_visible()
    assert serious(page) == []
    page.set_viewport_size({"width": 390, "height": 780})
    assert too_small(page) == []


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("refused", "The camera was not allowed"),
        ("hash", "is not the one it should be"),
        ("network", "could not be loaded"),
        ("lost", "The camera went away"),
    ],
)
def test_trouble_is_said_there_is_a_way_on_and_the_store_stays(
    browser: Browser, address: str, trouble: str, words: str
) -> None:
    context = context_of(browser, address, may=trouble != "refused")
    page = context.new_page()
    model = "**/trackers/face_landmarker.task"
    if trouble == "hash":
        context.route(
            model, lambda route: route.fulfill(body=b"PK\x03\x04 not the model", content_type="application/x")
        )
    elif trouble == "network":
        context.route(model, lambda route: route.abort())
    open_mirror(page, address, "glasses")
    page.get_by_role("button", name="Turn the camera on").click()
    if trouble == "lost":
        expect(page.get_by_role("group", name="The mirror’s tools")).to_be_visible()
        context.clear_permissions()
    expect(alert(page)).to_contain_text(words)
    expect(page.get_by_role("button", name="Try again")).to_be_focused()
    if trouble != "refused":
        assert is_lamp_off(page)
    # What was wrong is put right, and it goes on from here.
    context.unroute_all()
    context.grant_permissions(["camera"], origin=address.rstrip("/"))
    page.get_by_role("button", name="Try again").click()
    worn(page)
    page.keyboard.press("Escape")
    still_sells(page)
    context.close()


@pytest.mark.parametrize(
    ("sight", "words"), [("none", "No camera was found"), ("#000000", "too dark"), ("#8f8b84", "Come into the picture")]
)
def test_no_camera_no_light_and_nobody_are_told_apart(
    address: str, browser: Browser, tmp_path_factory: pytest.TempPathFactory, sight: str, words: str
) -> None:
    clip = fake_camera.nobody(tmp_path_factory.mktemp("nobody") / "clip.mjpeg", colour=sight.replace("none", "#000000"))
    flags = () if sight == "none" else fake_camera.flags(clip)
    assert browser.is_connected()
    with browser.browser_type.launch(executable_path=chromium(), args=[*FLAGS, *flags]) as other:
        page = context_of(other, address).new_page()
        open_mirror(page, address, "glasses")
        page.get_by_role("button", name="Turn the camera on").click()
        said = page.locator("tryon-mirror").get_by_role("alert" if sight == "none" else "status").filter(has_text=words)
        expect(said).to_be_visible()
        page.keyboard.press("Escape")
        still_sells(page)
