"""A furnished store in small, behind the whole server and the built page: for tests that go shopping in a browser."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace
from page_server import furnish, sell, served
from PIL import Image, ImageDraw
from shelf_files import product_folder

from showroom.services import Services
from showroom_assets.manifest import Bounds, Product, Variant, load, write_manifest


def picture() -> bytes:
    """A poster: something round on a pale ground."""
    drawn = Image.new("RGB", (256, 256), "#e6ddce")
    ImageDraw.Draw(drawn).ellipse((60, 40, 196, 220), fill="#9a6b45")
    out = io.BytesIO()
    drawn.save(out, "WEBP", quality=60)
    return out.getvalue()


def on_shelf(folder: Path, name: str, title: str, *, second: str = "Ink") -> Path:
    """A finished product in two colours, bone and a ``second``. Its model is broken: the picture must do."""
    made = product_folder(folder / name, name=name, more={"poster.webp": picture()})
    skus = [f"{name.upper()}-BONE", f"{name.upper()}-INK"]
    variants = [Variant(name="Bone", sku=skus[0], swatch="#e6dfd1"), Variant(name=second, sku=skus[1])]
    size = Bounds(min=(-0.1, 0.0, -0.1), max=(0.1, 0.3, 0.1))
    product: Product = replace(load(made), bounds_m=size, dimensions_m=(0.2, 0.3, 0.2))
    product = replace(product, name=title, description=f"About {title}", skus=skus, variants=variants)
    (made / "product.json").write_bytes(write_manifest(product))
    return made


@contextmanager
def opened(
    folder: Path, products: Mapping[str, str], *, unsold: int, second: Mapping[str, str] | None = None
) -> Iterator[str]:
    """
    The address of a server with these products, all on sale; a lamp and a vase stand in its boutique.

    ``second``: other names than "Ink" of the second colour, by product.
    """
    colours = second or {}

    async def prepare(services: Services) -> None:
        for name, title in products.items():
            await sell(services, on_shelf(folder, name, title, second=colours.get(name, "Ink")), unsold=unsold)
        await furnish(services, hero="lamp", island_a="vase")

    with served(folder, prepare) as ask:
        yield f"http://127.0.0.1:{ask.port}/"
