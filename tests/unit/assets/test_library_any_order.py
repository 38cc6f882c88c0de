"""Publish, roll back, withdraw, tidy, die and read in any order: every listed version is whole."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from showroom_assets.collect import collect
from showroom_assets.errors import NotInLibrary
from showroom_assets.library import Library
from showroom_assets.manifest import load, write_manifest

MakeProduct = Callable[..., Path]


class LibraryMachine(RuleBasedStateMachine):
    """Publish, roll back, tidy and read in any order, against a plain dictionary of what should be there."""

    names = st.sampled_from(["chair", "lamp"])
    contents = st.integers(0, 4)

    def __init__(self, make: MakeProduct) -> None:
        super().__init__()
        self.make = make
        self.folder = Path(tempfile.mkdtemp())
        self.library = Library(self.folder / "library")
        self.versions: dict[str, dict[int, bytes]] = {"chair": {}, "lamp": {}}
        self.current: dict[str, int] = {}
        self.gone: dict[str, set[int]] = {"chair": set(), "lamp": set()}

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(name=names, content=contents)
    def publish(self, name: str, content: int) -> None:
        data = b"%d" % content
        done = self.library.publish(self.make(self.folder / "product", name=name.title(), content=data))
        known = {value: version for version, value in self.versions[name].items()}
        assert done.new_version == (data not in known)
        assert done.version == known.get(data, len(known) + 1)
        self.versions[name][done.version] = data
        self.gone[name].discard(done.version)
        self.current[name] = done.version

    @rule(name=names, version=st.integers(1, 5))
    def roll_back(self, name: str, version: int) -> None:
        if version in self.versions[name] and version not in self.gone[name]:
            assert self.library.rollback(name, version) == (self.current.get(name) != version)
            self.current[name] = version
        else:
            with pytest.raises(NotInLibrary):
                self.library.rollback(name, version)

    @rule(name=names)
    def withdraw(self, name: str) -> None:
        if self.versions[name]:
            assert self.library.withdraw(name) == (name in self.current)
            self.current.pop(name, None)

    @rule(keep=st.integers(0, 2), dry_run=st.booleans())
    def tidy(self, keep: int, dry_run: bool) -> None:
        done = collect(self.library, keep=keep, grace_s=0, dry_run=dry_run)
        should = {
            (name, version)
            for name, versions in self.versions.items()
            for version in versions
            if version != self.current.get(name)
            and version not in self.gone[name]
            and version not in sorted(versions)[len(versions) - keep :]
        }
        assert set(done.expired) == should
        if not dry_run:
            for name, version in should:
                self.gone[name].add(version)

    @rule(content=contents)
    def a_publisher_dies_before_its_event(self, content: int) -> None:
        product = load(self.make(self.folder / "product", content=b"orphan %d" % content))
        self.library.blobs.put_bytes(b"orphan %d" % content)
        self.library.blobs.put_bytes(write_manifest(product))

    @invariant()
    def every_listed_version_is_whole(self) -> None:
        listed = {one.product.id: one.version for one in self.library.products()}
        assert listed == self.current
        for name in self.library.ids():
            for one in self.library.versions(name):
                assert one.expired == (one.version in self.gone[name])
                if not one.expired:
                    assert self.library.verify(name, one.version) == []
                    assert (
                        self.library.fetch(name, "mobile.glb", version=one.version) == self.versions[name][one.version]
                    )


def test_in_any_order_of_events_every_listed_version_is_whole(make_product: MakeProduct) -> None:
    limits = settings(max_examples=25, stateful_step_count=12, deadline=None)
    run_state_machine_as_test(lambda: LibraryMachine(make_product), settings=limits)
