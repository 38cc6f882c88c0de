"""The demo's people: they come after the door has opened, are different people, and go with the server."""

import os
import subprocess
import sys
import time
from pathlib import Path

from whole_server import running

from showroom.demo.crowd import Crowd
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
        crowd = Crowd(3, "boutique/boutique")
        began = time.monotonic()
        crowd.come(server.address)
        assert time.monotonic() - began < 1  # nobody waits for them
        try:
            assert crowd.pid is not None
            assert os.getpriority(os.PRIO_PROCESS, crowd.pid) > os.getpriority(os.PRIO_PROCESS, 0)
            until = time.monotonic() + _WITHIN_S
            while sum(len(copy.visits) for copy in copies.values()) < 3:
                assert time.monotonic() < until
                time.sleep(0.05)
            (copy,) = copies.values()
            looks = [(visit.look.avatar, *visit.look.tint) for visit in list(copy.visits.values())]
            assert len(set(looks)) == 3
        finally:
            crowd.go()
        assert crowd.pid is None
        assert not copy.visits


def test_nobody_comes_if_nobody_is_wanted() -> None:
    crowd = Crowd(0, "boutique/boutique")
    crowd.come("http://127.0.0.1:9/")
    assert crowd.pid is None
    crowd.go()


def test_bots_end_with_whoever_started_them(tmp_path: Path) -> None:
    with running(tmp_path, prepare=_boutique) as (_, server):
        code = (
            "import sys, time; from showroom.demo.crowd import Crowd; crowd = Crowd(1, 'boutique/boutique');"
            f"crowd.come({server.address!r}); print(crowd.pid, flush=True); time.sleep(600)"
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
