"""``python -m showroom.settings_table docs/operate.md`` writes the table of settings into a page, from the code."""

import sys
from pathlib import Path
from typing import Final

from showroom.configuration import Row, rows, shown
from showroom_assets.errors import ShowroomError

_BEGIN: Final = "<!-- settings -->"
_END: Final = "<!-- /settings -->"


def table() -> str:
    """Markdown: a line a setting."""
    lines = ["| setting | default | unit | what it is |", "|---|---|---|---|"]
    lines += [f"| `{row.name}` | {_default(row)} | {row.unit} | {_cell(row.help)} |" for row in rows()]
    return "\n".join(lines)


def filled(page: str) -> str:
    """
    A page with the table between its marks.

    Raises
    ------
    ShowroomError
        It has no marks.
    """
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ShowroomError(f"The page has no {_BEGIN} and {_END}. Put them where the table is to stand.")
    return f"{before}{_BEGIN}\n\n{table()}\n\n{_END}{after}"


def _default(row: Row) -> str:
    value = shown(row, row.default)
    return f"`{value}`" if value else "–"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(filled(path.read_text("utf-8")), "utf-8")
