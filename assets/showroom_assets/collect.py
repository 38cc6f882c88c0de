"""
Tidying a library: old versions expire, and blobs that nobody refers to any more are removed.

Nothing that somebody may still be using goes: a version that expires keeps its files for the grace time, so whoever
is reading it can finish; blobs younger than the grace time stay; what a running publisher has announced stays (see
``leases``). If anything cannot be read, nothing is removed: to delete on a doubt is how libraries burn.
"""

import time
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from typing import Final

from .errors import LibraryConflict
from .history import Event, History, recorded
from .leases import leased_hashes, mark, now_of
from .library import Library

DEFAULT_GRACE_S: Final = 24 * 3600.0
DEFAULT_KEEP: Final = 10
_ATTEMPTS: Final = 50
# What killed writers left in a folder's staging place is certainly dead after this.
_STAGING_S: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """
    What a tidying run did, or would do: versions expired now as ``(product, version)``, blobs removed and their bytes.

    ``kept_for_now`` counts unreferenced blobs that are still too young.
    """

    expired: list[tuple[str, int]] = field(default_factory=list)
    removed: int = 0
    removed_bytes: int = 0
    kept_for_now: int = 0
    dry_run: bool = False


def collect(
    library: Library,
    *,
    keep: int | None = DEFAULT_KEEP,
    grace_s: float = DEFAULT_GRACE_S,
    dry_run: bool = False,
    on_progress: Callable[[str], None] = lambda line: None,
) -> Collected:
    """
    Tidy one namespace.

    Parameters
    ----------
    library
        The library and its namespace.
    keep
        How many of the newest versions of each product stay, besides the current one; None keeps all.
    grace_s
        How long files stay after nothing refers to them, in seconds. It must be longer than the longest download.
    dry_run
        Say what would be done, and do nothing.
    on_progress
        Called with a line now and then.

    Raises
    ------
    LibraryError
        Something could not be read; nothing was removed on that account.
    """
    histories = {product: library.history(product) for product in library.ids()}
    expired = [
        (product, version)
        for product, history in histories.items()
        for version in _expire(library, product, history, keep=keep, dry_run=dry_run)
    ]
    on_progress(f"{len(histories):,} products, {len(expired):,} versions expire")
    manifests: dict[str, set[str]] = {}
    if dry_run:
        condemned, young = _condemned(library, manifests, now=time.time(), grace_s=grace_s, going=set(expired))
        sizes = library.blobs.entries()
        total = sum(sizes[one].size_bytes for one in condemned)
        return Collected(expired=expired, removed=len(condemned), removed_bytes=total, kept_for_now=young, dry_run=True)
    removed = removed_bytes = 0
    while True:
        # One look without the mark, which fills the cache of manifests: publishers wait only for the second, short one.
        condemned, young = _condemned(
            library, manifests, now=now_of(library.objects, library.namespace), grace_s=grace_s
        )
        if not condemned:
            break
        with mark(library.objects, library.namespace) as raised:
            condemned, young = _condemned(library, manifests, now=raised.now, grace_s=grace_s)
            sizes = library.blobs.entries()
            done = 0
            for one in sorted(condemned & set(sizes)):
                if not raised.live:
                    break
                library.blobs.delete(one)
                done += 1
                removed_bytes += sizes[one].size_bytes
        removed += done
        on_progress(f"{removed:,} blobs removed")
        if done == 0 or done == len(condemned):
            break
    now = now_of(library.objects, library.namespace)
    library.objects.sweep(older_than_s=max(grace_s, _STAGING_S), now=now)
    return Collected(expired=expired, removed=removed, removed_bytes=removed_bytes, kept_for_now=young)


def _expire(library: Library, product: str, history: History, *, keep: int | None, dry_run: bool) -> list[int]:
    """Append the event that says which versions go; returns them."""
    if keep is None:
        return []
    for _ in range(_ATTEMPTS):
        events = history.events()
        if not events:
            return []
        known = recorded(events)
        newest = set(sorted(known)[-keep:]) if keep > 0 else set()
        goes = [one.version for one in known.values() if not (one.expired or one.current or one.version in newest)]
        if not goes or dry_run:
            return goes
        last = events[-1]
        event = Event.after(events, "expire", last, at=library.now(), expired=goes, withdrawn=last.withdrawn)
        if history.append(event):
            return goes
    raise LibraryConflict(f"{product}: too many publishers at the same moment. Tidy again later.", product=product)


def _condemned(
    library: Library,
    manifests: dict[str, set[str]],
    *,
    now: float,
    grace_s: float,
    going: Set[tuple[str, int]] = frozenset(),
) -> tuple[set[str], int]:
    """
    Blobs that may go, and how many more are unreferenced but too young. ``going`` are versions to be taken as
    expired this moment (a dry run).

    The order matters: blobs are listed first, then leases, then logs. A blob stored after the list is not in it; a
    publisher that gave back its lease before we looked has its event in the log by then.
    """
    blobs = library.blobs.entries()
    needed = leased_hashes(library.objects, library.namespace, now=now)
    for product in library.ids():
        history = library.history(product)
        events = history.events()
        if not events:
            continue
        went = {version: history.modified[event.number] for event in events for version in event.expired}
        for one in recorded(events).values():
            if one.expired and now - went[one.version] >= grace_s:
                continue
            if grace_s <= 0 and (product, one.version) in going:
                continue
            if one.manifest_sha256 not in manifests:
                # An expired version's manifest may be gone already; a kept one's must be there.
                if one.expired and one.manifest_sha256 not in blobs:
                    continue
                files = library.manifest_of(product, one).files
                manifests[one.manifest_sha256] = {one.manifest_sha256, *(file.sha256 for file in files)}
            needed |= manifests[one.manifest_sha256]
    unreferenced = set(blobs) - needed
    condemned = {one for one in unreferenced if now - blobs[one].modified >= grace_s}
    return condemned, len(unreferenced) - len(condemned)
