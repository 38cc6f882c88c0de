"""The mirror in the browser and ``showroom fit`` seat products by the same numbers."""

from mirror_rules import from_client

from showroom_pipeline.wearing.rules import needed, on_head, rules, worn_as


def test_products_sit_by_the_numbers_that_the_mirror_has() -> None:
    assert set(on_head("spectacles")) == {"bridge", "ear_left", "ear_right"}
    assert len(on_head("hat")) == 5
    assert [needed(worn) for worn in ("watch", "ring")] == [(("wrist_center",), 0), (("finger_center",), 0)]
    assert needed("headphones") == (("ear_left", "ear_right", "head_top"), 0)
    assert rules() == from_client(), "the mirror's numbers have changed: run python tests/support/mirror_rules.py"


def test_what_shops_call_things_is_worn_as_what_they_are() -> None:
    assert [worn_as(kind) for kind in ("sunglasses", "cap", "t-shirt", "headphones")] == [
        "spectacles", "hat", "garment", "headphones",
    ]  # fmt: skip
    assert worn_as("sofa") is None
    assert [worn_as(kind) for kind in ("watch", "ring", "sneaker", "bag")] == ["watch", "ring", "shoes", None]
