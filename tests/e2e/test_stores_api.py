"""A merchant's store over HTTP: from a template to visitors, a change, a way back; and a room that opens from it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_server import Answer, Asker
from shelf_files import product_folder
from whole_server import running

from showroom.accounts.principal import Role, Scope
from showroom.server import Server
from showroom.settings import Settings, with_changes


class Merchant:
    """Asks with a token that may change stores."""

    def __init__(self, ask: Asker, token: str) -> None:
        self.ask = ask
        self.token = token

    def __call__(self, method: str, path: str, **more: Any) -> Answer:
        return self.ask(method, path, Authorization=f"Bearer {self.token}", **more)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[Asker, Merchant, Server]]:
    plenty = with_changes(Settings(), rate_costly=1e4, rate_write=1e4)
    with running(tmp_path / "data", settings=plenty) as (ask, server):
        accounts = server.services.accounts

        async def token() -> str:
            account = await accounts.add_account("mira", role=Role.MERCHANT, tenant="default")
            return (await accounts.add_token(account, name="t", scopes=[Scope.STORES_WRITE], days=1))[1]

        server.services.library_of("default").publish(product_folder(tmp_path / "vase", name="Vase"))
        yield ask, Merchant(ask, ask.run(token())), server


def template(ask: Asker, name: str = "boutique") -> dict[str, Any]:
    found = ask("GET", "/api/store-templates").json()["templates"]
    return dict(next(one for one in found if one["name"] == name)["store"])


def test_a_store_goes_from_template_to_visitors_and_back_again(house: tuple[Asker, Merchant, Server]) -> None:
    ask, merchant, _ = house
    store = template(ask)
    put = merchant("PUT", "/api/stores/boutique", json=store)
    assert (put.status, put.json()["version"], put.json()["published"]) == (200, 1, None)
    assert ask("GET", "/api/stores/boutique").status == 404
    assert ask("POST", "/api/rooms/boutique/boutique/tickets", json={"nickname": "Ada"}).status == 404
    assert merchant("POST", "/api/stores/boutique/publish", json={}).json()["published"] == 1

    shown = ask("GET", "/api/stores/boutique")
    assert shown.json()["rooms"][0]["id"] == "boutique"
    assert ask("GET", "/api/stores/boutique", If_None_Match=shown.headers["etag"]).status == 304
    ticket = ask("POST", "/api/rooms/boutique/boutique/tickets", json={"nickname": "Ada"})
    assert ticket.status == 201, ticket.body

    store["rooms"][0]["lamps"][0]["lumen"] = 900.0
    stale = merchant("PUT", "/api/stores/boutique", json=store, If_Match='"stale"')
    assert (stale.status, stale.code) == (409, "store.changed")
    changed = merchant("PUT", "/api/stores/boutique", json=store, If_Match=shown.headers["etag"])
    assert changed.json()["version"] == 2
    assert merchant("PUT", "/api/stores/boutique", json=store).json()["version"] == 2, "the same again is no version"
    assert ask("GET", "/api/stores/boutique").headers["store-version"] == "1"
    changes = merchant("GET", "/api/stores/boutique/diff").json()["changes"]
    assert [one["path"] for one in changes] == ["rooms.boutique.lamps.hero-a.lumen"]

    assert merchant("POST", "/api/stores/boutique/publish", json={}).json()["published"] == 2
    assert ask("GET", "/api/stores/boutique").headers["store-version"] == "2"
    assert merchant("POST", "/api/stores/boutique/publish", json={"version": 1}).json()["published"] == 1
    history = merchant("GET", "/api/stores/boutique/versions").json()["versions"]
    assert [(one["version"], one["is_published"]) for one in history] == [(2, False), (1, True)]
    assert merchant("POST", "/api/stores/boutique/close").status == 204
    assert ask("GET", "/api/stores").json()["stores"] == []


def test_a_product_is_placed_if_it_is_on_the_shelf_and_fits(house: tuple[Asker, Merchant, Server]) -> None:
    ask, merchant, _ = house
    merchant("PUT", "/api/stores/boutique", json=template(ask))
    merchant("POST", "/api/stores/boutique/publish", json={})
    placed = merchant("PUT", "/api/stores/boutique/slots/hero", json={"product": "vase", "publish": True})
    assert placed.status == 200, placed.body
    slots = ask("GET", "/api/stores/boutique").json()["rooms"][0]["slots"]
    assert [slot["id"] for slot in slots if slot.get("product") == "vase"] == ["hero"]
    for slot, product, status, said in (
        ("island-a", "vase", 400, "too small"),
        ("hero", "unicorn", 400, "not on the shelf"),
        ("throne", "vase", 404, "no slot 'throne'"),
        ("hero", "a b", 400, "matching regex"),
    ):
        answer = merchant("PUT", f"/api/stores/boutique/slots/{slot}", json={"product": product})
        assert (answer.status, said in answer.json()["error"]["message"]) == (status, True), answer.body


def test_a_store_that_does_not_hold_together_is_refused_with_every_fault(
    house: tuple[Asker, Merchant, Server],
) -> None:
    ask, merchant, _ = house
    store = template(ask)
    store["mood"] = "dawn"
    store["rooms"][0]["slots"][0]["position_m"] = [0, 2, 0]
    answer = merchant("PUT", "/api/stores/boutique", json=store)
    assert (answer.status, answer.code) == (400, "store.faulty")
    assert len(answer.json()["error"]["fields"]["faults"]) == 2
    assert merchant("PUT", "/api/stores/other", json=template(ask)).json()["error"]["fields"] == {"field": "id"}
    large = json.dumps({"id": "x" * (3 << 20)}).encode()
    assert merchant("PUT", "/api/stores/boutique", body=large, Content_Type="application/json").status == 413
