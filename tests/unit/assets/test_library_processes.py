"""Real processes, really killed: whatever was acknowledged is there, whatever is listed is whole."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from showroom_assets.collect import collect
from showroom_assets.leases import mark_life_s
from showroom_assets.library import Library
from showroom_assets.manifest import check_manifest

MakeProduct = Callable[..., Path]

# Publishes every product folder below argv[2] in turn, and says so once it is done.
PUBLISH = """
import sys
from pathlib import Path
from showroom_assets.library import Library
library = Library(sys.argv[1])
print("ready", flush=True)
for folder in sorted(Path(sys.argv[2]).iterdir()) * int(sys.argv[3]):
    done = library.publish(folder)
    print(done.version, folder.name, flush=True)
"""

# Reads everything that is current, over and over; a fault ends it with a message.
READ = """
import sys, tempfile, time
from pathlib import Path
from showroom_assets.errors import NotInLibrary
from showroom_assets.library import Library
from showroom_assets.manifest import check_manifest
library = Library(sys.argv[1])
grace_s = float(sys.argv[2])
print("ready", flush=True)
rounds = 0
with tempfile.TemporaryDirectory() as scratch:
    while not Path(sys.argv[3]).exists():
        began = time.monotonic()
        try:
            for one in library.products():
                copy = Path(scratch) / str(rounds)
                product = library.materialise(one.product.id, copy)
                faults = check_manifest(product, copy)
                assert not faults, faults
                rounds += 1
        except NotInLibrary:
            # The only excuse: the machine was so busy that the reading took longer than the grace time.
            if time.monotonic() - began < grace_s:
                raise
print(rounds, flush=True)
"""

COLLECT = """
import sys
from pathlib import Path
from showroom_assets.collect import collect
from showroom_assets.library import Library
library = Library(sys.argv[1])
print("ready", flush=True)
while not Path(sys.argv[3]).exists():
    collect(library, keep=1, grace_s=float(sys.argv[2]))
print("done", flush=True)
"""


@contextmanager
def child(script: str, *args: object) -> Iterator[subprocess.Popen[str]]:
    """A Python process that has said it is ready; killed at the end if it is still there."""
    command = [sys.executable, "-c", script, *map(str, args)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.stderr.read() if process.stderr else ""
            yield process
        finally:
            process.kill()


def products(make: MakeProduct, folder: Path, count: int) -> Path:
    for number in range(count):
        make(folder / f"{number:03d}", content=b"content %d" % number)
    return folder


def every_kept_version_is_whole(library: Library) -> None:
    for name in library.ids():
        for one in library.versions(name) if library.events(name) else []:
            if not one.expired:
                assert library.verify(name, one.version) == []


def test_a_publisher_killed_at_any_moment_loses_nothing_it_acknowledged(
    make_product: MakeProduct, tmp_path: Path
) -> None:
    folders = products(make_product, tmp_path / "products", 40)
    library = Library(tmp_path / "library")
    rng = random.Random(7)
    acknowledged: dict[str, int] = {}
    for _ in range(12):
        with child(PUBLISH, tmp_path / "library", folders, 100) as publisher:
            time.sleep(rng.uniform(0, 0.25))
            publisher.kill()
            assert publisher.stdout is not None
            lines = publisher.stdout.read().split("\n")[:-1]
        for line in lines:
            version, folder = line.split()
            assert acknowledged.setdefault(folder, int(version)) == int(version), "equal content is the same version"
        every_kept_version_is_whole(library)
        for folder, version in acknowledged.items():
            assert library.fetch("chair", "mobile.glb", version=version) == b"content %d" % int(folder)
    assert acknowledged, "no publisher lived long enough to test anything"
    # What the killed ones left behind hinders nobody and goes with age.
    leases = library.objects.entries("default/leases")
    for stat in leases:
        os.utime(tmp_path / "library" / stat.key, (0, 0))
    collect(library, keep=None, grace_s=0)
    assert library.objects.entries("default/leases") == []
    every_kept_version_is_whole(library)


def test_readers_see_whole_products_while_others_publish_and_tidy(make_product: MakeProduct, tmp_path: Path) -> None:
    grace_s = 1.5
    stop = tmp_path / "stop"
    root = tmp_path / "library"
    folders = products(make_product, tmp_path / "products", 25)
    Library(root).publish(folders / "000")
    with (
        child(READ, root, grace_s, stop) as reader,
        child(COLLECT, root, grace_s, stop) as collector,
        child(PUBLISH, root, folders, 10_000) as first,
        child(PUBLISH, root, folders, 10_000) as second,
    ):
        time.sleep(5)
        assert first.poll() is None, first.communicate()[1]
        assert second.poll() is None, second.communicate()[1]
        first.kill()
        second.kill()
        stop.touch()
        rounds, fault = reader.communicate(timeout=60)
        assert (reader.returncode, fault) == (0, "")
        assert int(rounds) > 10
        done, fault = collector.communicate(timeout=120)
        assert (done, fault) == ("done\n", "")
    library = Library(root)
    every_kept_version_is_whole(library)
    kinds = {event.kind for event in library.events("chair")}
    assert kinds == {"publish", "expire"}, "the processes never met"


def test_tidying_killed_at_any_moment_harms_nothing(make_product: MakeProduct, tmp_path: Path) -> None:
    folders = products(make_product, tmp_path / "products", 6)
    root = tmp_path / "library"
    library = Library(root)
    rng = random.Random(11)
    for turn in range(6):
        for folder in sorted(folders.iterdir()):
            library.publish(folder)
        for number in range(60):
            library.blobs.put_bytes(b"nobody's %d %d" % (turn, number))
        with child(COLLECT, root, 0, tmp_path / "never") as collector:
            time.sleep(rng.uniform(0, 0.1))
            collector.kill()
        every_kept_version_is_whole(library)
        for stat in library.objects.entries("default/marks"):
            then = stat.modified - mark_life_s(library.objects) - 1
            os.utime(root / stat.key, (then, then))
    library.materialise("chair", tmp_path / "copy")
    assert check_manifest(library.show("chair"), tmp_path / "copy") == []
