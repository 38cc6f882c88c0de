"""The demo's people: they give way to others, are different people, and go with the server."""

import os
import subprocess
import sys
import time
from pathlib import Path

from whole_server import running

from showroom.demo.crowd import crowd
from showroom.services import Services
from showroom.stores.templates.boutique import boutique
from showroom.tenants import DEFAULT_TENANT

_WITHIN_S = 60


async def _boutique(services: Services) -> None:
    await services.stores.put(DEFAULT_TENANT, boutique(), by="test")
    await services.stores.publish(DEFAULT_TENANT, "boutique")


def test_three_people_walk_in_and_leave_no_seat_behind(tmp_path: Path) -> None:
    with running(tmp_path, prepare=_boutique) as (_, server):
        copies = server.services.realtime.hub.copies
        people = crowd(3, "boutique/boutique", server.address)
        people.come()
        try:
            assert people.pid is not None
            assert os.getpriority(os.PRIO_PROCESS, people.pid) > os.getpriority(os.PRIO_PROCESS, 0)
            until = time.monotonic() + _WITHIN_S
            while sum(len(copy.visits) for copy in copies.values()) < 3:
                assert time.monotonic() < until
                time.sleep(0.05)
            (copy,) = copies.values()
            looks = [(visit.look.avatar, *visit.look.tint) for visit in list(copy.visits.values())]
            assert len(set(looks)) == 3
        finally:
            people.go()
        assert people.pid is None
        until = time.monotonic() + 10  # the server hears the good-byes; without one a seat is kept for longer
        while copy.visits and time.monotonic() < until:
            time.sleep(0.05)
        assert not copy.visits


def test_bots_end_with_whoever_started_them(tmp_path: Path) -> None:
    with running(tmp_path, prepare=_boutique) as (_, server):
        code = (
            "import sys, time; from showroom.demo.crowd import crowd;"
            f"people = crowd(1, 'boutique/boutique', {server.address!r});"
            "people.come(); print(people.pid, flush=True); time.sleep(600)"
        )
        parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
        parent.wait(10)
        parent.stdout.close()
        until = time.monotonic() + _WITHIN_S
        while Path(f"/proc/{pid}").exists() and _state(pid) != "Z":
            assert time.monotonic() < until
            time.sleep(0.05)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"
