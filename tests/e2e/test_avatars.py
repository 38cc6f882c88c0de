"""Avatars of one's own, as shoppers and operators meet them: brought, worn, seen, reported, taken away."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_server import Answer, Asker
from avatar_files import avatar
from whole_server import running

from showroom.accounts.principal import Role
from showroom.realtime.look import Look
from showroom.server import Server
from showroom.settings import Settings, with_changes
from showroom.stores.templates.boutique import boutique
from showroom.tenants import DEFAULT_TENANT

GLB = "model/gltf-binary"


class House:
    """A server, and people in it."""

    def __init__(self, ask: Asker, server: Server) -> None:
        self.ask = ask
        self.server = server
        accounts = server.services.accounts
        ask.run(accounts.add_account("ada", role=Role.OPERATOR, password="correct horse battery"))
        answer = ask("POST", "/api/sessions", json={"login": "ada", "password": "correct horse battery"})
        self.operator = {"Cookie": answer.headers["set-cookie"].partition(";")[0]}

    def guest(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.ask('POST', '/api/guests', json={'name': name}).json()['token']}"}

    def bring(self, who: dict[str, str], data: bytes, **headers: str) -> Answer:
        return self.ask("POST", "/api/avatars", body=data, **{"Content_Type": GLB, **who, **headers})

    def files(self) -> list[Path]:
        return sorted((self.server.services.places.data / "avatars").rglob("*.*"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = with_changes(Settings(), rate_costly=1e4, avatar_each=2)
    with running(tmp_path / "data", settings=settings) as (ask, server):
        yield House(ask, server)


def test_what_one_brings_others_are_shown_byte_by_byte(house: House) -> None:
    data = avatar(seed=1)
    brought = house.bring(house.guest("Ana"), data)
    assert brought.status == 201
    found: dict[str, Any] = brought.json()
    assert found["id"] == hashlib.sha256(data).hexdigest()[:32]
    assert found["avatar"] == f"own/{found['id']}"
    seen = house.ask("GET", found["url"])
    assert (seen.status, seen.body) == (200, data)
    assert seen.headers["content-type"] == GLB
    assert "sandbox" in seen.headers["content-security-policy"]
    part = house.ask("GET", found["url"], Range="bytes=0-3")
    assert (part.status, part.body) == (206, b"glTF")
    again = house.ask("GET", found["url"], If_None_Match=seen.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_the_same_file_of_two_people_is_kept_once_and_as_long_as_one_wants_it(house: House) -> None:
    ana, ben, data = house.guest("Ana"), house.guest("Ben"), avatar()
    first, second = house.bring(ana, data).json(), house.bring(ben, data).json()
    assert first == second
    assert len(house.files()) == 1
    gone = house.ask("DELETE", f"/api/avatars/{first['id']}", **ana)
    assert gone.status == 204
    assert house.ask("GET", "/api/avatars", **ana).json() == {"avatars": []}
    assert house.ask("GET", first["url"]).status == 200
    assert house.ask("DELETE", f"/api/avatars/{first['id']}", **ana).code == "avatar.missing"
    assert house.ask("DELETE", f"/api/avatars/{first['id']}", **ben).status == 204
    assert house.ask("GET", first["url"]).code == "avatar.missing"
    assert house.files() == []


def test_nobody_keeps_more_than_their_share(house: House) -> None:
    ana = house.guest("Ana")
    kept = [house.bring(ana, avatar(seed=seed)).json()["id"] for seed in (1, 2)]
    refused = house.bring(ana, avatar(seed=3))
    assert (refused.status, refused.code) == (429, "avatar.too_many")
    assert house.bring(ana, avatar(seed=2)).status == 201  # it is there already
    mine = house.ask("GET", "/api/avatars", **ana).json()["avatars"]
    assert {one["id"] for one in mine} == set(kept)
    assert len(house.files()) == 2


def test_nobody_brings_them_all_day(house: House) -> None:
    ana = house.guest("Ana")
    answers = [house.bring(ana, b"no avatar") for _ in range(6)]
    assert [answer.code for answer in answers] == ["avatar.refused"] * 5 + ["avatar.too_many"]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert house.files() == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Content_Type": "application/json"}, 415), ({"Content_Type": "text/plain"}, 415), ({"Content_Type": GLB}, 422)],
)
def test_what_is_no_avatar_is_not_kept(house: House, headers: dict[str, str], status: int) -> None:
    assert house.bring(house.guest("Ana"), b"x" * 1000, **headers).status == status
    assert house.files() == []


def test_too_large_a_file_is_refused_before_it_is_read_and_while_it_is(house: House) -> None:
    ana = house.guest("Ana")
    assert house.bring(ana, bytes((8 << 20) + 1)).status == 422
    assert house.files() == []


def test_who_is_nobody_brings_nothing_and_no_page_of_another_site_does(house: House) -> None:
    assert house.bring({}, avatar()).status == 401
    assert house.bring(house.guest("Ana"), avatar(), Origin="https://blog.example").status == 403


def test_an_operator_hears_of_it_and_takes_it_away_for_good(house: House) -> None:
    ana, ben, cleo = (house.guest(name) for name in ("Ana", "Ben", "Cleo"))
    data = avatar(seed=5)
    brought = house.bring(ana, data).json()
    for who, reason in ((ben, "hate"), (ben, "sexual"), (cleo, "other")):
        said = house.ask("POST", f"/api/avatars/{brought['id']}/reports", json={"reason": reason, "text": "No"}, **who)
        assert said.status == 204
    assert house.ask("GET", "/api/avatar-reports", **ana).status == 401
    (reported,) = house.ask("GET", "/api/avatar-reports", **house.operator).json()["reported"]
    assert (reported["avatar"]["id"], reported["reports"], reported["reason"]) == (brought["id"], 2, "other")
    assert house.ask("DELETE", f"/api/avatars/{brought['id']}", **ben).status == 404  # it is not his
    assert house.ask("DELETE", f"/api/avatars/{brought['id']}", **house.operator).status == 204
    assert house.ask("GET", brought["url"]).code == "avatar.removed"
    assert house.bring(ben, data).code == "avatar.removed"
    assert house.ask("GET", "/api/avatar-reports", **house.operator).json() == {"reported": []}
    assert house.files() == []


def test_who_wears_what_is_taken_away_stands_there_as_a_plain_figure(house: House) -> None:
    services = house.server.services
    house.ask.run(services.stores.put(DEFAULT_TENANT, boutique(), by="test"))
    house.ask.run(services.stores.publish(DEFAULT_TENANT, "boutique"))
    brought = house.bring(house.guest("Ana"), avatar()).json()
    look = {"avatar": brought["avatar"], "tint": [0xC68E6F]}
    ticket = house.ask("POST", "/api/rooms/boutique/boutique/tickets", json={"nickname": "Ana", "look": look})
    assert ticket.status == 201

    async def seated() -> Look:
        from room_client import Guest

        guest = Guest()
        guest.url = ticket.json()["url"]
        await guest.connect(ticket.json()["ticket"])
        await guest.until_welcome()
        (copy,) = services.realtime.hub.copies.values()
        (visit,) = copy.visits.values()
        assert visit.look.avatar == brought["avatar"]
        old = visit.rev
        await services.avatars.remove(await _operator(house), brought["id"])
        assert visit.rev != old
        found: Look = visit.look
        await guest.leave()
        return found

    assert house.ask.run(seated()) == Look(tint=[0xC68E6F])


async def _operator(house: House) -> Any:
    cookie = house.operator["Cookie"].partition("=")[2]
    return await house.server.services.accounts.identify(token="", session=cookie)


def test_a_store_may_do_without(tmp_path: Path) -> None:
    with running(tmp_path / "data", settings=with_changes(Settings(), avatar_each=0)) as (ask, server):
        house = House(ask, server)
        assert house.bring(house.guest("Ana"), avatar()).code == "avatar.refused"


def test_what_nobody_looked_at_for_long_goes(house: House) -> None:
    shelf = house.server.services.avatars
    brought = house.bring(house.guest("Ana"), avatar(seed=8)).json()
    now_s = shelf._unix_s
    shelf._unix_s = lambda: now_s() + 31 * 86_400
    assert house.bring(house.guest("Ben"), avatar(seed=9)).status == 201
    assert house.ask("GET", brought["url"]).status == 404
    assert len(house.files()) == 1
