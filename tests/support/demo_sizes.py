"""What the demo's merchant writes of colours and sizes, as the manifest would have it."""

from msgspec.structs import replace

from showroom.demo.source import SIZES
from showroom_assets.facts import all_skus, read_facts
from showroom_assets.manifest import SCHEMA, Bounds, Product, Provenance, Quality, Tool
from showroom_assets.size_charts import read_size_chart
from showroom_assets.sizing import sizes_sold, sizing_faults, skus_of_variant
from showroom_demo.kit.product import DemoProduct
from showroom_demo.sidecar import sidecar


def sold(product: DemoProduct, chart: bytes) -> dict[str, list[str]]:
    """
    The sizes that each colour of a product is made in, by the colour's name; what the manifest's check would refuse is
    refused.
    """
    fields, _ = read_facts(sidecar(product).encode())
    fields["size_chart"] = read_size_chart(chart, name=SIZES)
    assert set(all_skus(fields)) == set(fields["skus"]), "the chart sells what no colour lists"
    empty = Product(
        schema=SCHEMA, id="x", name="X", files=[], deliveries={}, bounds_m=Bounds(min=(0, 0, 0), max=(0, 0, 0)),
        dimensions_m=(0, 0, 0), provenance=Provenance(tool=Tool(name="t", version="0")),
        quality=Quality(verdict="passed"),
    )  # fmt: skip
    whole = replace(empty, **{key: fields[key] for key in ("skus", "variants", "wearable", "size_chart")})
    assert [*sizing_faults(whole)] == []
    sizes = sizes_sold(whole)
    return {
        variant.name: [label for label, skus in sizes.items() if set(skus) & set(skus_of_variant(variant))]
        for variant in whole.variants
    }
