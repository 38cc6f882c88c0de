"""Moderation over HTTP: for the store's own staff alone; what is lifted is lifted in the rooms."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from api_server import Answer, Asker, serving

from showroom.accounts.principal import SCOPES, Principal, Role
from showroom.db import rooms
from showroom.db.database import Database, sqlite_url
from showroom.db.tables import metadata
from showroom.errors import NotFound
from showroom.http.api import Api
from showroom.http.limits import Limits, Rate
from showroom.http.metrics import Metrics
from showroom.http.moderation import endpoints
from showroom.http.peers import Peers
from showroom.social import storage
from showroom.social.errors import Banned
from showroom.social.moderation import Act, Decision, Moderation, Target

PEOPLE = {
    "hanna": Principal(id="a_hanna", role=Role.HOST, tenant="casa", scopes=SCOPES[Role.HOST]),
    "otto": Principal(id="a_otto", role=Role.HOST, tenant="other", scopes=SCOPES[Role.HOST]),
    "sam": Principal(id="a_sam", role=Role.SHOPPER),
    "ada": Principal(id="a_ada", role=Role.OPERATOR, scopes=SCOPES[Role.OPERATOR]),
}
BASE = "/api/stores/shop/moderation"


class Names:
    """The token is the name."""

    async def identify(self, *, token: str, session: str) -> Principal | None:
        return PEOPLE.get(token)


class House:
    """A store with a banned guest, a locked room and a report."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(sqlite_url(folder / "house.db"))
        with self.database.engine.begin() as connection:
            tables = [rooms.room_sanctions, rooms.room_switches, rooms.room_audit]
            metadata.create_all(connection, tables=tables)
        self.moderation = Moderation("shop", tenant="casa")
        guest = Target(person="g_1", name="Eve", address="net:1")
        self.write(self.moderation.decide(Act.BAN, PEOPLE["hanna"], now_ms=10, target=guest, reason="shouting"))
        self.write(self.moderation.decide(Act.LOCK, PEOPLE["hanna"], now_ms=11, room="main"))
        line = self.moderation.report("g_2", guest, now_ms=12, room="main", category="spam", text="again")
        self.database.write_now(storage.audit(line))

    def write(self, decision: Decision) -> None:
        self.database.write_now(storage.decide(decision))
        self.moderation.apply(decision)

    async def of(self, store: str) -> Moderation:
        await asyncio.sleep(0)
        if store != "shop":
            raise NotFound("There is no such store.")
        return self.moderation

    def app(self) -> web.Application:
        plenty = Rate(1e6, 1e6)
        return Api(
            endpoints(self.database, self.of, clock_ms=lambda: 100),
            gate=Names(),
            limits=Limits(dict.fromkeys(("read", "write", "costly"), plenty), address_factor=1, clock=lambda: 0.0),
            peers=Peers(host="127.0.0.1", public_url="", allowed_origins=[], trusted_proxies=[]),
            metrics=Metrics(),
        ).app()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def ask(house: House) -> Iterator[Asker]:
    with serving(house.app) as asker:
        yield asker


def _as(ask: Asker, who: str, method: str, path: str = "") -> Answer:
    return ask(method, BASE + path, **({"Authorization": f"Bearer {who}"} if who else {}))


@pytest.mark.parametrize("who", ["", "sam", "otto"])
@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("GET", "/audit"), ("DELETE", "/ban/g_1")])
def test_nobody_but_the_stores_own_staff_sees_or_lifts_anything(
    house: House, ask: Asker, who: str, method: str, path: str
) -> None:
    answer = _as(ask, who, method, path)
    assert answer.status in (401, 403)
    assert b"Eve" not in answer.body
    assert house.moderation.in_force("ban", "g_1", "main", 100)


def test_the_audit_tells_acts_and_reports_page_by_page(ask: Asker) -> None:
    lines = _as(ask, "hanna", "GET", "/audit").json()["lines"]
    assert [(line["act"], line["by"], line["subject"]) for line in lines] == [
        ("report", "g_2", "g_1"), ("lock", "a_hanna", ""), ("ban", "a_hanna", "g_1"),
    ]  # fmt: skip
    page = _as(ask, "ada", "GET", f"/audit?limit=1&before={lines[1]['id']}").json()["lines"]
    assert page == lines[2:]


@pytest.mark.parametrize("query", ["limit=0", "limit=9999", "before=-1", "before=x", "who=me"])
def test_an_odd_question_is_refused(ask: Asker, query: str) -> None:
    assert _as(ask, "hanna", "GET", f"/audit?{query}").status == 400


def test_what_is_in_force_is_told(ask: Asker) -> None:
    held = _as(ask, "hanna", "GET").json()
    assert sorted((s["kind"], s["subject"], s["reason"]) for s in held["sanctions"]) == [
        ("ban", "g_1", "shouting"), ("ban", "net:1", "shouting"),
    ]  # fmt: skip
    assert held["rooms"] == [{"room": "main", "is_locked": True, "slow_s": 0}]


def test_a_ban_that_is_lifted_is_lifted_in_the_rooms_at_once_and_kept_so(house: House, ask: Asker) -> None:
    with pytest.raises(Banned):
        house.moderation.check_ban("g_1", "main", 100, address="net:1")
    assert _as(ask, "hanna", "DELETE", "/ban/g_1").status == 204
    house.moderation.check_ban("g_1", "main", 100, address="net:1")
    assert house.database.read_now(storage.in_force("shop", 100))[0] == []
    assert _as(ask, "hanna", "GET", "/audit").json()["lines"][0]["act"] == "unban"
    assert _as(ask, "hanna", "DELETE", "/ban/g_1").status == 404


@pytest.mark.parametrize("path", ["/kick/g_1", "/ban/", "/ban/g_9", "/mute/g_1", "/ban/..%2f..%2fx"])
def test_what_does_not_hold_cannot_be_lifted(ask: Asker, path: str) -> None:
    assert _as(ask, "hanna", "DELETE", path).status == 404


def test_another_store_is_not_there(ask: Asker) -> None:
    answer = ask("GET", "/api/stores/nope/moderation", Authorization="Bearer hanna")
    assert answer.status == 404
