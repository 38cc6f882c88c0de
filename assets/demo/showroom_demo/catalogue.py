"""
The demo catalogue: everything the demo store sells, hard goods, soft goods and furniture.

Products are modules with a function ``product()``; they are imported only when asked for, because building one takes
seconds. Their order is the shop's.
"""

from collections.abc import Iterable
from importlib import import_module

from showroom_assets.errors import InputError
from showroom_demo.kit.product import DemoProduct

MODULES = {
    "marlo-glasses": "showroom_demo.hard.glasses",
    "solen-sunglasses": "showroom_demo.hard.sunglasses",
    "aurelin-watch": "showroom_demo.hard.watch",
    "lume-ring": "showroom_demo.hard.ring",
    "aria-headphones": "showroom_demo.hard.headphones",
    "field-cap": "showroom_demo.soft.cap",
    "alder-tee": "showroom_demo.soft.tshirt",
    "rove-bomber": "showroom_demo.soft.jacket",
    "court-sneaker": "showroom_demo.soft.sneaker",
    "mere-tote": "showroom_demo.soft.bag",
    "tarn-bottle": "showroom_demo.hard.bottle",
    "halo-lamp": "showroom_demo.hard.lamp",
    "terra-vase": "showroom_demo.hard.vase",
    "lund-chair": "showroom_demo.furniture.chair",
    "orlo-table": "showroom_demo.furniture.table",
    "dune-sofa": "showroom_demo.furniture.sofa",
}
"""Where each product is made, by its id."""


def ids() -> tuple[str, ...]:
    """The ids of all products, without building any."""
    return tuple(MODULES)


def product(product_id: str) -> DemoProduct:
    """
    Build one product.

    Raises
    ------
    InputError
        If there is none of that id.
    """
    if product_id not in MODULES:
        raise InputError(
            f"The demo catalogue has no '{product_id:.60}'. It has: {', '.join(MODULES)}.", product=product_id
        )
    made: DemoProduct = import_module(MODULES[product_id]).product()
    return made


def products(only: Iterable[str] | None = None) -> list[DemoProduct]:
    """Build all products, or those named, in the shop's order."""
    return [product(product_id) for product_id in (only if only is not None else MODULES)]
