"""
Which SKU is which colour in which size, as a manifest says it; and what a manifest may not say about it.

A SKU is one colour in one size. A variant lists those of its colour, a size those of that size: the SKU that is on both
lists is the one to buy. None on both means that the colour is not made in that size. A variant with one SKU and no list
is sold in one size (or in all of them under that SKU), as in manifests from before sizes could be bought.

What it is not: the chart of what fits whom (``size_charts``), prices and stock (the shop's).

See docs/decisions/sizes.md.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from .product import Product, Variant


def skus_of_variant(variant: Variant) -> Sequence[str]:
    """Everything that is sold in a colour, one SKU a size."""
    return variant.skus or ([variant.sku] if variant.sku else [])


def sizes_sold(product: Product) -> dict[str, Sequence[str]]:
    """
    The SKUs of each size that is sold, from small to large; empty if a size is not part of what one buys.

    Sizes of a chart that nobody sells are left out.
    """
    chart = product.size_chart
    rows: dict[str, Sequence[str]] = {}
    if chart is not None:
        rows = {size.label: size.skus for size in chart.sizes if size.skus}
    if rows or product.wearable is None:
        return rows
    return {row.label: [row.sku] for row in product.wearable.sizes if row.sku}


def sizing_faults(product: Product) -> Iterator[str]:
    """What is wrong with the SKUs of colours and sizes, one sentence each; nothing if each is one thing to buy."""
    listed = [variant for variant in product.variants if variant.skus]
    for sku, count in sorted(Counter(sku for one in product.variants for sku in set(skus_of_variant(one))).items()):
        if count > 1:
            yield f"the SKU of a variant, {sku!r} is listed {count} times. Keep one."
    for variant in listed:
        if len(set(variant.skus)) < len(variant.skus):
            yield f"variant {variant.name!r} lists a SKU twice. Keep one."
        if variant.sku not in variant.skus:
            yield (
                f"variant {variant.name!r}: sku is {variant.sku!r}, which is not among its skus. "
                "Give the one of the size that the model shows."
            )
    sizes = sizes_sold(product)
    for variant in listed:
        yield from _told_apart(variant, sizes)
    if listed and sizes:
        coloured = {sku for variant in product.variants for sku in skus_of_variant(variant)}
        for label, skus in sizes.items():
            for sku in skus:
                if sku not in coloured:
                    yield f"SKU {sku!r} of size {label!r} is of no variant. List it with its colour."


def _told_apart(variant: Variant, sizes: dict[str, Sequence[str]]) -> Iterator[str]:
    if not sizes:
        if len(variant.skus) > 1:
            yield (
                f"variant {variant.name!r} has {len(variant.skus)} SKUs, and no size chart tells them apart. "
                "List each with its size."
            )
        return
    for label, skus in sizes.items():
        both = [sku for sku in variant.skus if sku in skus]
        if len(both) > 1:
            yield f"variant {variant.name!r} in size {label!r} has {len(both)} SKUs: {', '.join(both)}. Keep one."
    for sku in variant.skus:
        if not any(sku in skus for skus in sizes.values()):
            yield f"SKU {sku!r} of variant {variant.name!r} is sold in no size. List it with its size."
