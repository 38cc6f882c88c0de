"""
One input to one product folder: runs the recipe, judges, publishes, stamps.

This is what a worker process does with its life. Nothing here knows of other inputs.
"""

import importlib
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

from showroom_assets.errors import QualityRefused
from showroom_pipeline import folder, inputs, stamp
from showroom_pipeline.cache import Cache
from showroom_pipeline.events import Done, Event, Started
from showroom_pipeline.graph import Json, source_digest
from showroom_pipeline.inputs import FileState
from showroom_pipeline.options import Options
from showroom_pipeline.run import Run

DEFAULT_RECIPE = "showroom_pipeline.recipe"
REFUSED = ".refused"
"""Ending of the folder that keeps the report of a refused product beside the place where it would have been."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """
    One input to convert.

    ``cache`` is the step cache's folder, or None to keep nothing. ``files`` are the input's files as last hashed.
    ``recipe`` names the module whose ``intake`` and ``product`` give the steps; it is imported, so it must never come
    from outside.
    """

    path: str
    name: str
    out: str
    options: Options
    cache: str | None
    files: tuple[FileState, ...]
    recipe: str = DEFAULT_RECIPE

    def to_json(self) -> Json:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: Json) -> "Job":
        files = tuple(FileState(f["name"], tuple(f["stat"]), f["sha256"]) for f in fields["files"])
        return cls(**{**fields, "options": Options.from_json(fields["options"]), "files": files})


def is_current(job: Job) -> stamp.Stamp | None:
    """The stamp of a product that need not be made again, else None. Loads no numpy."""
    found = stamp.read(Path(job.out), job.name)
    if (
        found is not None
        and found.source == os.path.abspath(job.path)
        and [(s.name, s.sha256) for s in found.files] == [(s.name, s.sha256) for s in job.files]
        and found.chooser == source_digest(job.recipe)
        and found.recipe == _recipe(job).product(job.options, found.facts, name=job.name).digest()
        and stamp.outputs_intact(Path(job.out), found)
    ):
        return found
    return None


def make(job: Job, emit: Callable[[Event], None]) -> Done:
    """
    Convert the input.

    Raises
    ------
    QualityRefused
        Under the quality bar and not forced. The report is kept in ``OUT/<name>.refused``; a product of an earlier
        run stays as it is.
    ShowroomError
        Whatever a step found wrong.
    """
    out, path = Path(job.out), Path(job.path)
    emit(Started(name=job.name, source=job.path))
    run = Run(
        name=job.name,
        path=job.path,
        content=inputs.content_digest(path, job.files),
        cache=Cache(Path(job.cache)) if job.cache is not None else None,
        emit=emit,
    )
    recipe = _recipe(job)
    run.extend(recipe.intake(job.options))
    facts: Json = run.value(recipe.FACTS)
    graph = recipe.product(job.options, facts, name=job.name)
    run.extend(graph)
    run.settle()
    summary: Json = run.value(recipe.SUMMARY)
    refused = summary["verdict"] == "refused" and not job.options.is_order
    name = job.name + REFUSED if refused else job.name
    files = _report_only(run.files()) if refused else run.files()
    target = folder.put(out, name, files)
    if refused:
        stamp.remove(out, name)
        reasons = " ".join(summary["reasons"])
        raise QualityRefused(
            f"{reasons} See {target / 'report.html'}, or use --force to publish it all the same.",
            folder=str(target),
            **summary,
        )
    stamp.write(
        out,
        job.name,
        stamp.Stamp(
            source=os.path.abspath(job.path),
            files=job.files,
            facts=facts,
            chooser=source_digest(job.recipe),
            recipe=graph.digest(),
            folder=name,
            outputs=tuple(inputs.states(target)),
            result=summary,
        ),
    )
    folder.discard(out, job.name + REFUSED)
    return Done(name=job.name, folder=str(target), result=summary)


def _recipe(job: Job) -> ModuleType:
    return importlib.import_module(job.recipe)


def _report_only(files: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """The pictures and the report; without the manifest, so that nobody takes the folder for a product."""
    for name, data in files:
        if name.startswith(("report", "poster")):
            yield name, data
