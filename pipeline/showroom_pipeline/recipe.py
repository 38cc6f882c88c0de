"""
Which steps make a product, in what order, with what numbers.

Two graphs: ``intake`` reads the input and finds out what it is; ``product`` begins with the same steps and goes on to
the files. All numbers come from ``presets/*.toml`` and the options. Importing this module loads no numpy: the same
graphs are built to find out that nothing has changed.
"""

from showroom_pipeline.graph import INPUT, Graph, Json, Step, digest
from showroom_pipeline.options import Options

FACTS = "facts"
SUMMARY = "summary"
_STAGES = "showroom_pipeline.stages."


def intake(options: Options) -> Graph:
    """Reading, and the facts that ``product`` is chosen by."""
    return Graph(steps=_intake(options))


def product(options: Options, facts: Json, *, name: str) -> Graph:
    """
    The whole graph for an input of which ``facts`` are known.

    Its steps that write are the product's files; the step ``SUMMARY`` gives the row for the final table.
    """
    steps = [
        *_intake(options),
        Step(name="surface", call=_STAGES + "prepare:scanned_surface", inputs=("read",), cached=False, geometry=True),
        Step(
            name="clean",
            call=_STAGES + "prepare:clean",
            inputs=("surface",),
            params={"authored": facts["authored"]},
            geometry=True,
        ),
        Step(name="plain", call=_STAGES + "deliver:plain", inputs=("clean",)),
        _file("plain.glb", "plain"),
    ]
    made = ["plain"]
    steps.append(
        Step(
            name="product",
            call=_STAGES + "manifest:product",
            inputs=("read", *made),
            params={
                "names": made,
                "name": name,
                "recipe": {"name": "scan", "version": _version(), "sha256": digest([s.params for s in steps])},
                "licence": {"text": options.licence, "attribution": options.attribution},
            },
        )
    )
    steps += [
        Step(
            name="manifest", call=_STAGES + "manifest:file_of", inputs=("product",), writes="product.json", cached=False
        ),
        Step(name=SUMMARY, call=_STAGES + "manifest:summary_of", inputs=("product",)),
    ]
    return Graph(steps=tuple(steps))


def _intake(options: Options) -> tuple[Step, ...]:
    return (
        Step(name="read", call=_STAGES + "read:read", inputs=(INPUT,), geometry=True),
        Step(name=FACTS, call=_STAGES + "read:facts", inputs=("read",)),
    )


def _file(name: str, of: str, call: str = _STAGES + "deliver:file_of") -> Step:
    """The step that hands a made file on to the product's folder."""
    return Step(name=f"{name} file", call=call, inputs=(of,), writes=name, cached=False, weight=0.0)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("showroom")
    except PackageNotFoundError:
        return "0.0.0"
