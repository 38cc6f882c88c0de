"""
Furniture in the shopper's own room: a camera session in a captured room, played by iwer, and a photo of a drawn room.

The page is the built one, the shop the real server's. Everything in the session steps by frames.
"""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import trimesh
from access import AXE, serious
from browser import watched
from msgspec.structs import replace
from page_server import furnish, page_is_built, sell, served
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect
from shelf_files import product_folder
from shoppers import shoppers
from small_store import picture
from waiting import at_rest, until

from showroom.services import Services
from showroom_assets.manifest import Bounds, Placement, Product, Variant, load, write_manifest

REPO: Final = Path(__file__).parents[2]
MODULES: Final = REPO / "webclient" / "node_modules"
IWER: Final = MODULES / "iwer" / "build" / "iwer.js"
SEM: Final = MODULES / "@iwer" / "sem" / "build" / "iwer-sem.js"
ROOM: Final = MODULES / "@iwer" / "sem" / "captures" / "living_room.json"
WINDOW: Final[ViewportSize] = {"width": 480, "height": 640}
# Width, height, depth in metres; category; surface.
FURNITURE: Final = {
    "sofa": ((1.9, 0.8, 0.9), "sofa", "floor"),
    "stool": ((0.4, 0.45, 0.4), "chair", "floor"),
    "lamp": ((0.3, 0.43, 0.3), "lamp", "table"),
}

pytestmark = [
    page_is_built(SEM, AXE),
    # Every frame is drawn twice without a graphics card: the page's, and the room's.
    pytest.mark.timeout(1500),
]


def box(size: tuple[float, float, float]) -> bytes:
    """A box that stands on the floor, as a GLB."""
    mesh = trimesh.creation.box(extents=size)
    mesh.apply_translation((0, size[1] / 2, 0))
    data: bytes = trimesh.Scene(mesh).export(file_type="glb")
    return data


def on_shelf(folder: Path, name: str) -> Path:
    (w, h, d), category, surface = FURNITURE[name]
    made = product_folder(folder / name, name=name, model=box((w, h, d)), more={"poster.webp": picture()})
    product: Product = replace(
        load(made),
        bounds_m=Bounds(min=(-w / 2, 0.0, -d / 2), max=(w / 2, h, d / 2)),
        dimensions_m=(w, h, d),
        name=name.title(),
        category=category,
        placement=Placement(surface=surface),  # type: ignore[arg-type]
        skus=[f"{name.upper()}-BONE"],
        variants=[Variant(name="Bone", sku=f"{name.upper()}-BONE", swatch="#e6dfd1")],
    )
    (made / "product.json").write_bytes(write_manifest(product))
    return made


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a sofa, a stool and a lamp, all on sale."""
    folder = tmp_path_factory.mktemp("place")

    async def prepare(services: Services) -> None:
        for name in FURNITURE:
            await sell(services, on_shelf(folder, name), unsold=9)
        await furnish(services, hero="stool")

    with served(folder, prepare) as ask:
        yield f"http://127.0.0.1:{ask.port}/"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page whose errors, and requests to anybody else, fail the test."""
    context = browser.new_context(viewport=WINDOW, locale="en-IE", reduced_motion="reduce")

    # iwer reports on the console what a frame threw there.
    def is_wrong(said: ConsoleMessage) -> bool:
        return said.type == "error" and "Failed to load resource" not in said.text

    with watched(context, address, is_wrong=is_wrong) as page:
        yield page


def opened(page: Page, address: str, product: str) -> None:
    page.goto(f"{address}?rung=list#/p/{product}")
    page.get_by_role("button", name="Place it in your room").click()
    expect(page.get_by_role("heading", name="In your room")).to_be_visible()


def do(page: Page, script: str, *given: Any) -> Any:
    """The value of an asynchronous function's body, with ``room`` (the element) at hand."""
    return page.evaluate(
        f"async (given) => {{ const room = document.querySelector('place-room'); {script} }}", list(given)
    )


def entered(page: Page, address: str, product: str) -> None:
    """In the living room, with the headset on."""
    opened(page, address, product)
    looked_around(page)
    assert do(page, "return ar.waitFor(() => room.home.arrangement.room?.isWhole)")
    do(page, "await ar.stand([-0.2, 1.6, 1.4], [-0.2, 0, -1])")


def looked_around(page: Page) -> None:
    """The session has begun, small enough to be drawn without a graphics card."""
    do(page, "ar.furnish(given[0])", json.loads(ROOM.read_text()))
    page.get_by_role("button", name="Place it with the camera").click()
    page.set_viewport_size({"width": 120, "height": 90})
    assert do(page, "return ar.waitFor(() => room.ar)")


def test_three_pieces_are_placed_measured_and_still_there_after_a_reload(page: Page, address: str) -> None:
    page.add_init_script(IWER.read_text())
    page.add_init_script(SEM.read_text())
    page.add_init_script(path=str(REPO / "tests" / "support" / "ar_page.js"))
    entered(page, address, "sofa")

    # The sofa is in hand: a press puts it where one points, on the floor, in its own size.
    do(page, "await ar.put([0.2, 0, -1.2])")
    do(page, "await ar.press('add'); await ar.press('take:stool'); await ar.put([-0.2, 0, 0.1])")
    # A lamp may stand on a table: the captured one is 79 cm high.
    do(page, "await ar.press('add'); await ar.press('take:lamp'); await ar.put([-1.54, 0.79, 0.2])")
    assert do(page, "return ar.waitFor(() => ar.pieces().every((one) => one.hasModel))")
    placed = do(page, "return ar.pieces()")
    assert [one["product"] for one in placed] == ["sofa", "stool", "lamp"]
    for one, target in zip(placed, ([0.2, 0, -1.2], [-0.2, 0, 0.1], [-1.54, 0.79, 0.2]), strict=True):
        size = FURNITURE[one["product"]][0]
        turned = size if abs(np.sin(one["yaw"])) < 0.5 else (size[2], size[1], size[0])
        assert one["at"] == pytest.approx(target, abs=0.012)
        if abs(np.sin(2 * one["yaw"])) < 0.01:
            assert one["drawn"] == pytest.approx(turned, abs=0.01)
        assert one["drawn"][1] == pytest.approx(size[1], abs=1e-4)
    assert placed[1]["verdict"]["kind"] == "fits"
    assert placed[2]["verdict"]["kind"] in ("fits", "unsure")

    # Take hold of the stool and pull it into the sofa: the verdict says what is in the way.
    do(page, "await ar.point([-0.2, 0.3, 0.1]); await ar.button('trigger', 1); await ar.point([0.2, 0.3, -1.0])")
    do(page, "await ar.button('trigger', 0)")
    assert do(page, "return ar.pieces()[1].verdict")["reason"] in ("piece", "thing", "wall")
    assert do(page, "return ar.waitFor(() => ar.words().join().includes('does not fit'))")
    do(page, "room.home.arrangement.move(room.home.arrangement.pieces[1].id, {x_m: -0.2, z_m: 0.1})")
    # The stick turns what is in hand; nothing makes it larger.
    before = do(page, "return ar.pieces()[1].yaw")
    do(page, "await ar.stick(1, 6)")
    after = do(page, "return ar.pieces()[1]")
    assert after["yaw"] != pytest.approx(before, abs=0.01)
    assert after["drawn"][1] == pytest.approx(0.45, abs=1e-4)

    # Into the same cart as everywhere in the shop.
    do(page, "await ar.press('cart')")
    assert do(page, "return ar.waitFor(() => ar.words().join().includes('in your cart'))")
    cart = page.evaluate("fetch('/api/shop/cart').then((answer) => answer.json())")
    assert [(line["sku"], line["quantity"]) for line in cart["lines"]] == [("STOOL-BONE", 1)]
    was = do(page, "return ar.pieces()")
    assert do(page, "return ar.waitFor(() => JSON.parse(localStorage.getItem('showroom.place')).anchor)")

    page.set_viewport_size(WINDOW)
    page.reload()
    page.get_by_role("button", name="Place it in your room").click()
    expect(page.get_by_text("is kept, with 3 pieces")).to_be_visible()
    looked_around(page)
    assert do(page, "return ar.waitFor(() => ar.pieces().length === 3)")
    for one, other in zip(do(page, "return ar.pieces()"), was, strict=True):
        assert one["product"] == other["product"]
        assert one["at"] == pytest.approx(other["at"], abs=0.002)
        assert np.exp(1j * one["yaw"]) == pytest.approx(np.exp(1j * other["yaw"]), abs=0.002)

    # Forgotten is forgotten, and the device forgets the place too.
    do(page, "await room.ar.leave()")
    page.set_viewport_size(WINDOW)
    page.get_by_role("button", name="Forget this room").click()
    until(page, "localStorage.getItem('showroom.place') === null")


# A photo of 800 × 600: a camera at 1.5 m, 3 m before the near edge of a mat of 1.2 × 0.8 m.
FOCAL_PX: Final = 580.0
EYE: Final = np.array([0.6, 1.5, 3.0])
DOWN_RAD: Final = 0.42


def seen(points: list[tuple[float, float, float]]) -> np.ndarray:
    """Where places of the room are in the photo, pixels."""
    c, s = np.cos(DOWN_RAD), np.sin(DOWN_RAD)
    local = (np.array(points) - EYE) @ np.array([[1, 0, 0], [0, -c, s], [0, -s, -c]]).T
    return np.asarray(local[:, :2] / local[:, 2:] * FOCAL_PX + [400, 300])


def drawn_room() -> bytes:
    """A floor, a wall and the mat, as that camera has them."""
    image = Image.new("RGB", (800, 600), "#d9d2c4")
    pen = ImageDraw.Draw(image)
    floor = [(-1.8, 0.0, 2.0), (3.0, 0.0, 2.0), (3.0, 0.0, -2.2), (-1.8, 0.0, -2.2)]
    pen.polygon([tuple(one) for one in seen(floor)], fill="#b79c78")
    pen.polygon([tuple(one) for one in seen([(0, 0, 0), (1.2, 0, 0), (1.2, 0, -0.8), (0, 0, -0.8)])], fill="#6d7f6a")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_a_photo_with_a_mat_of_known_size_shows_the_sofa_true_and_says_whether_it_fits(
    page: Page, address: str
) -> None:
    page.set_viewport_size({"width": 1100, "height": 700})
    opened(page, address, "sofa")
    assert serious(page, within="dialog") == []
    page.locator("place-room input[type=file]").set_input_files(
        {"name": "room.png", "mimeType": "image/png", "buffer": drawn_room()}
    )
    page.get_by_label("What do you know the size of?").select_option("tile")
    page.get_by_label("Its width (cm)").fill("120")
    page.get_by_label("Its length (cm)").fill("80")
    page.keyboard.press("Tab")

    # Marks are dragged with a mouse, and put right with keys.
    expect(page.get_by_role("button", name="Mark 4 of 4")).to_be_visible()
    box = page.locator("place-room .frame").bounding_box()
    assert box is not None
    scale = box["width"] / 800
    corners = seen([(0, 0, 0), (1.2, 0, 0), (1.2, 0, -0.8), (0, 0, -0.8)])
    for i, (x, y) in enumerate(corners):
        mark = page.get_by_role("button", name=f"Mark {i + 1} of 4")
        mark.hover()
        page.mouse.down()
        page.mouse.move(box["x"] + x * scale, box["y"] + y * scale)
        page.mouse.up()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    assert serious(page, within="dialog") == []
    page.get_by_role("button", name="Put furniture in").click()

    # The sofa stands on the floor in its true size: its box's corners are where that camera would see them.
    room = page.get_by_role("application")
    expect(room).to_be_focused()
    piece = do(page, "const [one] = room.home.arrangement.pieces; return {x: one.x_m, z: one.z_m}")
    for height in (0.0, 0.8):
        at = do(page, "return room.photo.seen(given[0], given[1], given[2])", piece["x"], height, piece["z"])
        assert at == pytest.approx(seen([(piece["x"], height, piece["z"])])[0], abs=4)
    says = page.locator("place-room .says")
    expect(says).to_contain_text("The room is not measured yet")

    # By keys: five centimetres a press, and what is said is heard.
    page.keyboard.press("ArrowRight")
    moved = do(page, "const [one] = room.home.arrangement.pieces; return {x: one.x_m, z: one.z_m}")
    assert np.hypot(moved["x"] - piece["x"], moved["z"] - piece["z"]) == pytest.approx(0.05, abs=1e-6)
    assert moved["x"] > piece["x"]
    expect(page.locator("dialog > [role=status]")).to_contain_text("Sofa moved")

    # The floor's corners are tapped; then there is a verdict, and it changes with the place.
    page.get_by_role("button", name="Measure the floor").click()
    floor = seen([(-1.8, 0, 2.0), (3.0, 0, 2.0), (3.0, 0, -2.2), (-1.8, 0, -2.2)])
    for x, y in np.clip(floor, 6, [794, 594]):
        page.mouse.click(box["x"] + x * scale, box["y"] + y * scale)
    page.get_by_role("button", name="That is the floor").click()
    do(page, "room.home.arrangement.move(1, {x_m: 0.6, z_m: -0.4, yaw_rad: 0})")
    expect(says).to_contain_text("It fits")
    do(page, "room.home.arrangement.move(1, {x_m: 2.6})")
    expect(says).to_contain_text("It does not fit here")

    # A door that is typed, and the link for a friend: products and lengths alone.
    page.get_by_text("Will it pass the door?").click()
    page.get_by_label("Door, width (cm)").fill("70")
    page.keyboard.press("Tab")
    expect(page.locator("place-room .rail")).to_contain_text("By its box it does not pass")
    assert serious(page, within="dialog") == []
    link = do(page, "return room.home.link()")
    assert "#/place?layout=sofa~SOFA-BONE~2600" in link
    page.goto("about:blank")
    page.goto(link)
    expect(page.get_by_role("heading", name="A friend’s room")).to_be_focused()
    expect(page.locator("place-visit .shelf li")).to_have_text(re.compile("Sofa"))
    page.get_by_role("button", name="Put it into my own room").press("Enter")
    expect(page.get_by_text("A friend shows you 1 pieces")).to_be_visible()


def test_a_friend_sees_the_room_while_it_is_furnished(browser: Browser, address: str) -> None:
    with shoppers(browser, "Ada", "Ben") as (ada, ben):
        for one in (ada, ben):
            one.enter(address + "?rung=list")
        expect(ada.row(ben)).to_be_visible()
        page = ada.page
        page.goto(f"{address}?rung=list#/p/sofa")
        page.get_by_role("button", name="Place it in your room").press("Enter")
        page.locator("place-room input[type=file]").set_input_files(
            {"name": "room.png", "mimeType": "image/png", "buffer": drawn_room()}
        )
        page.get_by_label("What do you know the size of?").select_option("tile")
        corners = seen([(0, 0, 0), (1.2, 0, 0), (1.2, 0, -0.8), (0, 0, -0.8)])
        marked = "room.photo.refer('tile', {width_m: 1.2, length_m: 0.8}); room.photo.marks = given[0]"
        do(page, marked, corners.tolist())
        page.get_by_role("button", name="Put furniture in").press("Enter")
        expect(page.get_by_role("application")).to_be_focused()
        page.get_by_role("button", name="Let friends see it").press("Enter")
        expect(page.get_by_role("button", name="Friends see it")).to_have_attribute("aria-pressed", "true")

        ben.asked(yes="Look")
        theirs = ben.page
        expect(theirs.get_by_role("heading", name="Ada’s room")).to_be_focused()
        expect(theirs.locator("place-visit .shelf li")).to_have_text(re.compile("Sofa"))
        do(
            page,
            "room.home.arrangement.move(1, {x_m: 0.4, z_m: -1.2, yaw_rad: 0.5}); await room.home.take('lamp', null)",
        )
        do(page, "room.home.put(0.1, 0.5, -0.3, 0)")
        expect(theirs.locator("place-visit .shelf li")).to_have_count(2)
        stands = "document.querySelector('place-visit').layout.pieces.map(one => [one.product, one.x_m, one.z_m])"
        furnished = [["sofa", 0.4, -1.2], ["lamp", 0.1, -0.3]]
        until(theirs, f"JSON.stringify({stands}) === JSON.stringify(given[0])", furnished)
        # It is drawn: the house's pixels are of many colours, and turn with a key.
        house = theirs.get_by_role("img", name=re.compile("Sofa, Lamp"))
        before = at_rest(house)
        assert len(np.unique(np.asarray(Image.open(io.BytesIO(before)).convert("L")))) > 30
        house.press("ArrowLeft")
        assert at_rest(house, unlike=before) != before
        assert serious(theirs, within="dialog") == []
        theirs.get_by_role("button", name="Add to cart: Lamp").press("Enter")
        expect(theirs.locator("dialog > [role=status]")).to_contain_text("Lamp is in your cart")

        page.get_by_role("button", name="Friends see it").press("Enter")
        expect(page.get_by_role("button", name="Let friends see it")).to_be_visible()
        do(page, "room.home.arrangement.move(1, {x_m: 1.4})")
        theirs.wait_for_timeout(1000)
        assert theirs.evaluate(stands)[0] == ["sofa", 0.4, -1.2], "nothing is seen once it is switched off"
