"""``showroom bots``: a crowd of shoppers that walk through a room by the real protocol."""

import asyncio
import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import click

from showroom.cli.output import Format, format_option, human_bytes, print_json, print_table

if TYPE_CHECKING:
    from showroom.bots.flock import Flock, Plan


@click.command(short_help="Let a crowd of bots walk through a room.")
@click.argument("count", type=click.IntRange(1, 5000), default=20)
@click.option("--room", "place", required=True, metavar="STORE/ROOM", help="Where they go.")
@click.option("--server", default="http://127.0.0.1:8080", show_default=True, metavar="URL", help="The store server.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same bots.")
@click.option("--seconds", type=click.FloatRange(min=1), help="How long; until interrupted by default.")
@click.option(
    "--behaviour",
    type=click.Choice(["browse", "wander", "gather", "stand"]),
    default="browse",
    show_default=True,
    help="Shelf to shelf, always on the move, all to one place, or standing still.",
)
@click.option("--joins", default=20.0, show_default=True, type=click.FloatRange(0.1, 1000), help="Joins a second.")
@click.option("--talk", default=1.0, show_default=True, type=click.FloatRange(0, 20), help="How chatty; 0 is silent.")
@click.option("--watchers", default=10, show_default=True, type=click.IntRange(0, 5000), help="Bots that read frames.")
@click.option("--lose", default=0.0, metavar="N", type=click.FloatRange(0, 10_000), help="Links lost a minute, in all.")
@click.option("--until-eof", is_flag=True, hidden=True, help="Until standard input ends: with whoever started them.")
@format_option
def bots(
    count: int,
    place: str,
    server: str,
    seed: int,
    seconds: float | None,
    behaviour: str,
    joins: float,
    talk: float,
    watchers: int,
    lose: float,
    until_eof: bool,
    output_format: Format,
) -> int:
    """
    Let COUNT bots walk through a room of a running server: to show a store with life in it, and to load it.

    They take tickets like everybody, go from shelf to shelf, look, chat now and then, walk in pairs, give way to
    others, and come back when their link is lost. What they saw is measured: how old, how complete, how many bytes.

    \b
        showroom bots 50 --room boutique/main
        showroom bots 200 --room boutique/main --seconds 60 --format json

    Exit code 1 if not one of them could come in, or if any was sent away.
    """
    from showroom.bots.flock import Plan
    from showroom.bots.mind import Behaviour, Temper

    store, slash, room = place.partition("/")
    if not (store and slash and room):
        raise click.BadParameter("it is written STORE/ROOM, like boutique/main.", param_hint="--room")
    calm = Temper()
    plan = Plan(
        bots=count,
        seed=seed,
        behaviour=Behaviour(behaviour),
        joins_per_s=joins,
        watchers=watchers,
        lost_links_per_min=lose,
        temper=Temper(
            say_per_min=calm.say_per_min * talk,
            react_per_min=calm.react_per_min * talk,
            emote_per_min=calm.emote_per_min * talk,
        ),
    )
    summary = _run(plan, server, store, room, seconds, until_eof)
    if output_format == "json":
        print_json(summary)
    else:
        print_table(["measured", ">"], _rows(summary), title=f"{count} bots in {store}/{room}")
    return 0 if summary["joined"] and not summary["sent_away"] else 1


def _run(plan: "Plan", server: str, store: str, room: str, seconds: float | None, until_eof: bool) -> dict[str, Any]:
    import uvloop

    return uvloop.run(_visit(plan, server, store, room, seconds, until_eof))


async def _visit(
    plan: "Plan", server: str, store: str, room: str, seconds: float | None, until_eof: bool
) -> dict[str, Any]:
    from showroom.bots.door import HttpDoor
    from showroom.bots.flock import Flock
    from showroom.bots.layout import ground_of

    door = HttpDoor(server, store, room)
    flock = Flock(plan, door, ground=await ground_of(door))
    running = asyncio.create_task(flock.run(seconds))
    showing = asyncio.create_task(_show(flock, plan.bots))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, running.cancel)
    if until_eof:
        _at_end_of_input(loop, running)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await running
    finally:
        showing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await showing
    return flock.summary()


def _at_end_of_input(loop: asyncio.AbstractEventLoop, running: "asyncio.Task[None]") -> None:
    def read() -> None:
        if not os.read(0, 1024):
            loop.remove_reader(0)
            running.cancel()

    loop.add_reader(0, read)


async def _show(flock: "Flock", count: int) -> None:
    """A line on the terminal, every second."""
    if not sys.stderr.isatty():
        return
    while True:
        await asyncio.sleep(1)
        numbers = flock.summary()
        age = numbers["staleness_p99_ms"]
        click.echo(
            f"\r{flock.present} of {count} inside, {numbers['in_bytes_per_s']:.0f} B/s each, staleness p99 "
            f"{'-' if age is None else f'{age:.0f} ms'}, {numbers['heard']} messages heard \x1b[K",
            nl=False,
            err=True,
        )


def _rows(summary: dict[str, Any]) -> list[tuple[str, str]]:
    def of(counts: dict[str, int]) -> str:
        return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"

    def ms(value: float | None) -> str:
        return "not measured" if value is None else f"{value:.0f} ms"

    delivered, beside, off = summary["delivered"], summary["beside_share"], summary["beside_max_cm"]
    return [
        ("came in", str(summary["joined"])),
        ("for", f"{summary['seconds']:.0f} s"),
        ("staleness, half of the time under", ms(summary["staleness_p50_ms"])),
        ("staleness, 99 % under", ms(summary["staleness_p99_ms"])),
        ("shown off their way", "not measured" if beside is None else f"{beside:.1%}, by {off:.0f} cm at most"),
        ("delivered", "not measured" if delivered is None else f"{delivered:.1%}"),
        ("frames a second", f"{summary['frames_per_s']:.1f}"),
        ("down, each", human_bytes(int(summary["in_bytes_per_s"])) + "/s"),
        ("up, each", human_bytes(int(summary["out_bytes_per_s"])) + "/s"),
        ("poses sent a second, each", f"{summary['poses_per_s']:.1f}"),
        ("messages said, and heard", f"{summary['said']}, {summary['heard']}"),
        ("links lost, resumed, joined anew", f"{summary['lost']}, {summary['resumed']}, {summary['rejoined']}"),
        ("longest way back", "-" if summary["back_max_s"] is None else f"{summary['back_max_s']:.1f} s"),
        ("poses put back", of(summary["corrected"])),
        ("requests refused", of(summary["refused"])),
        ("connections closed with", of(summary["closes"])),
        ("processor of the bots", f"{summary['cpu_share']:.0%} of one core"),
    ]
