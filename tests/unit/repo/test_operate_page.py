"""The page for operators lists every setting as it is in the code."""

from pathlib import Path

from showroom.settings_table import filled

PAGE = Path(__file__).parents[3] / "docs" / "operate.md"


def test_the_table_of_settings_is_that_of_the_code() -> None:
    text = PAGE.read_text("utf-8")
    assert filled(text) == text, "run: python -m showroom.settings_table docs/operate.md"
