"""
Runs the steps of a graph for one input: from the cache where it can, in order where it must.

A result is only loaded when a step that really runs asks for it. If everything is cached, no geometry is read at all;
if only texture options changed, the mesh steps are settled by their keys alone.

What it is not: a scheduler of many inputs (``batch``), or the making of a product's folder (``product``).
"""

import importlib
import time
from collections.abc import Callable, Iterator
from typing import Any

from showroom_pipeline import values
from showroom_pipeline.cache import Cache
from showroom_pipeline.events import Event, Note, StepDone, StepStarted
from showroom_pipeline.graph import INPUT, Graph, Step


class Run:
    """
    The results of one graph for one input.

    Parameters
    ----------
    name
        The product's name, for events.
    path, content
        The input's path and the digest of its bytes: the value and the digest of the step name ``input``.
    cache
        None runs every step and keeps nothing on disk.
    emit
        Told of each step that begins and ends.

    A graph may be extended while it runs (``extend``): the steps after reading depend on what was read.
    """

    def __init__(
        self, *, name: str, path: str, content: str, cache: Cache | None, emit: Callable[[Event], None]
    ) -> None:
        self.name = name
        self.graph = Graph(steps=())
        self.ran: list[str] = []
        """Names of the steps that were really run, in order."""
        self._cache = cache
        self._emit = emit
        self._values: dict[str, Any] = {INPUT: path}
        self._digests: dict[str, str] = {INPUT: content}
        self._keys: dict[str, str] = {}
        self._settled = 0.0
        self._can_store = True

    def extend(self, graph: Graph) -> None:
        """Go on with a larger graph that begins with the steps of the present one."""
        if graph.steps[: len(self.graph.steps)] != self.graph.steps:
            raise ValueError("the larger graph does not begin with the smaller one")
        self.graph = graph

    def settle(self) -> None:
        """Bring every step that writes a file, and all it needs, into the cache or into memory; then forget."""
        for step in self.graph:
            self._digest(step.name)
            self._forget(step)

    def value(self, name: str) -> Any:
        """
        The result of the step ``name``, run if need be.

        Raises
        ------
        ShowroomError
            Whatever the step, or one before it, raises.
        """
        if name in self._values:
            return self._values[name]
        step = self.graph[name]
        if self._cache is not None and step.cached:
            try:
                self._values[name] = self._cache.load(self._key(step))
            except KeyError:
                pass  # not there, or damaged and now removed
            else:
                return self._values[name]
        return self._run(step)

    def digest(self, name: str) -> str:
        """A hash that changes with the result of the step ``name``."""
        return self._digest(name)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The product's files as the graph's steps wrote them: name and bytes, one step in memory at a time."""
        for step in self.graph:
            if not step.writes:
                continue
            value = self.value(step.name)
            yield from value.items() if step.writes == "*" else ((step.writes, value),)
            self._values.pop(step.name, None)

    def _key(self, step: Step) -> str:
        if step.name not in self._keys:
            self._keys[step.name] = step.key(self._digest(name) for name in step.inputs)
        return self._keys[step.name]

    def _digest(self, name: str) -> str:
        if name in self._digests:
            return self._digests[name]
        step = self.graph[name]
        key = self._key(step)
        if not step.cached:
            self._digests[name] = key  # made when it is asked for; names the inputs instead of the result
            return key
        found = self._cache.digest(key) if self._cache is not None else None
        if found is None:
            self._run(step)
        else:
            self._digests[name] = found
            self._settle(step, cached=True)
        return self._digests[name]

    def _run(self, step: Step) -> Any:
        key = self._key(step)
        inputs = [self.value(name) for name in step.inputs]
        self._emit(StepStarted(name=self.name, step=step.name, fraction=self._fraction()))
        begun = time.monotonic()
        value = _function(step.call)(*inputs, **step.params)
        self.ran.append(step.name)
        self._values[step.name] = value
        if step.cached:
            self._keep(step, key, value)
        self._settle(step, cached=False, wall_s=time.monotonic() - begun)
        return value

    def _keep(self, step: Step, key: str, value: Any) -> None:
        if self._cache is None or not self._can_store:
            self._digests.setdefault(step.name, key)
            return
        encoded = values.encode(value)
        # The digest may be known already, from an entry whose body turned out to be damaged: the keys of later steps
        # were made with it, and a deterministic step gives it again.
        self._digests.setdefault(step.name, encoded.digest)
        try:
            self._cache.store(key, encoded)
        except OSError as exc:
            self._can_store = False
            self._emit(Note(name=self.name, text=f"The cache cannot be written ({exc}); going on without it."))

    def _settle(self, step: Step, *, cached: bool, wall_s: float = 0.0) -> None:
        self._settled += step.weight
        self._emit(
            StepDone(name=self.name, step=step.name, fraction=self._fraction(), cached=cached, wall_s=round(wall_s, 3))
        )

    def _fraction(self) -> float:
        total = sum(step.weight for step in self.graph) or 1.0
        return round(min(1.0, self._settled / total), 4)

    def _forget(self, step: Step) -> None:
        """Drop from memory what no later step reads and the cache still has."""
        if self._cache is None or not self._can_store:
            return
        steps = list(self.graph)
        later = {name for other in steps[steps.index(step) + 1 :] for name in other.inputs}
        for name in list(self._values):
            if name != INPUT and name not in later and self.graph[name].cached:
                del self._values[name]


def _function(call: str) -> Callable[..., Any]:
    module, _, name = call.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found
