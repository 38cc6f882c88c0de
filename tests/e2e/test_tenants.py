"""
What one merchant has not published does not exist for anybody else: not by name, not by number, not by a hint.

Every endpoint of the API that takes a name is asked for a thing that is another merchant's secret, and for one of the
same shape that does not exist. Whoever may not see the first must not be able to tell the two apart.
"""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from api_server import Answer, Asker
from whole_server import running

from showroom.accounts.principal import Role, Scope
from showroom.http.endpoint import Endpoint
from showroom.server import Server
from showroom.settings import Settings, with_changes
from showroom.stores.manifest import to_json
from showroom.stores.templates import TEMPLATES

SECRET = "quarterdeck"
"""The word that is in the name of everything secret."""
STRANGERS = ("nobody", "guest", "shopper", "host of another", "merchant of another", "merchant's read token")


@dataclass
class House:
    ask: Asker
    server: Server
    passes: dict[str, str]
    secrets: dict[str, str]

    def __call__(self, who: str, method: str, path: str, **more: Any) -> Answer:
        headers = {"Idempotency_Key": uuid.uuid4().hex}
        if self.passes.get(who):
            headers["Authorization"] = f"Bearer {self.passes[who]}"
        return self.ask(method, path, **headers, **more)


def _store(name: str) -> dict[str, Any]:
    store = msgspec.structs.replace(TEMPLATES["boutique"][0](), id=name, name=name)
    return dict(json.loads(to_json(store)))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    data: Path = tmp_path_factory.mktemp("tenants") / "data"
    plenty = with_changes(Settings(), rate_read=1e5, rate_write=1e5, rate_costly=1e5)
    with running(data, settings=plenty) as (ask, server):
        accounts = server.services.accounts

        async def token(login: str, role: Role, tenant: str, scopes: list[Scope] | None = None) -> str:
            try:
                account = await accounts.account(login)
            except Exception:  # noqa: BLE001 - not there yet
                account = await accounts.add_account(login, role=role, tenant=tenant)
            allowed = scopes or [Scope.SHOP, *({
                Role.MERCHANT: [scope for scope in Scope if scope not in {Scope.OPERATE, Scope.SHOP}],
                Role.HOST: [Scope.HOST], Role.OPERATOR: [Scope.OPERATE, Scope.STORES_WRITE],
            }.get(role, []))]  # fmt: skip
            return (await accounts.add_token(account, name="test", scopes=allowed, days=1))[1]

        passes = {
            "owner": ask.run(token("owner", Role.MERCHANT, "nordlicht")),
            "operator": ask.run(token("operator", Role.OPERATOR, "")),
            "merchant of another": ask.run(token("other", Role.MERCHANT, "suedwind")),
            "host of another": ask.run(token("host", Role.HOST, "suedwind")),
            "shopper": ask.run(token("shopper", Role.SHOPPER, "")),
            "merchant's read token": ask.run(token("owner", Role.MERCHANT, "nordlicht", [Scope.SHOP])),
            "guest": ask("POST", "/api/guests", json={"name": "Ada"}).json()["token"],
        }
        found = House(ask, server, passes, {})
        put = found("owner", "PUT", f"/api/stores/nordlicht.{SECRET}", json=_store(SECRET))
        assert put.status == 200, put.body
        upload = found("owner", "POST", "/api/uploads", json={"name": f"{SECRET}.glb", "size_bytes": 10})
        assert upload.status == 201, upload.body
        found.secrets = {"store": f"nordlicht.{SECRET}", "upload": str(upload.json()["id"])}
        yield found


def _rows(server: Server) -> list[Endpoint]:
    return [row for row in server.services.endpoints() if "{" in row.path]


def _path(row: Endpoint, name: str) -> str:
    """The row's address with every variable set to a name."""
    return re.sub(r"\{\w+(?::(?:[^{}]|\{[^{}]*\})*)?\}", name, row.path)


def _body(row: Endpoint, name: str) -> dict[str, Any]:
    if row.body is None:
        return {}
    plain = name.rpartition(".")[2]
    for guess in ({}, {"product": None}, _store(plain)):
        try:
            msgspec.convert(guess, row.body)
        except msgspec.ValidationError:
            continue
        return {"json": guess}
    return {"json": {}}


def _alike(answer: Answer, name: str) -> tuple[int, str]:
    """What an answer tells, apart from the name that was asked for and its number."""
    text = answer.body.decode(errors="replace").replace(name, "NAME").replace(name.rpartition(".")[2], "NAME")
    text = re.sub(answer.headers.get("x-request-id", "–"), "ID", text)
    return answer.status, re.sub(r"[0-9a-f]{16,}|\d{5,}", "N", text)


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("kind", ["store", "upload"])
def test_what_is_secret_and_what_does_not_exist_cannot_be_told_apart(house: House, who: str, kind: str) -> None:
    secret = house.secrets[kind]
    missing = secret.replace(SECRET, "nonexisting") if SECRET in secret else secret[:-4] + "zzzz"
    rows = _rows(house.server)
    assert len(rows) > 15
    for row in rows:
        answers = {
            name: _alike(house(who, row.method, _path(row, name), **_body(row, name)), name)
            for name in (secret, missing)
        }
        assert answers[secret] == answers[missing], f"{who}: {row.method} {row.path}"
        assert answers[secret][0] < 500, f"{who}: {row.method} {row.path}: {answers[secret]}"


@pytest.mark.parametrize("who", STRANGERS)
def test_no_list_names_what_is_secret(house: House, who: str) -> None:
    for row in house.server.services.endpoints():
        if row.method == "GET" and "{" not in row.path:
            for query in ("", "?mine=true"):
                answer = house(who, "GET", row.path + query)
                assert SECRET.encode() not in answer.body, f"{who}: {row.path}{query}"


@pytest.mark.parametrize("who", ["owner", "operator"])
def test_who_it_belongs_to_and_the_operator_see_it(house: House, who: str) -> None:
    assert SECRET in house(who, "GET", f"/api/stores/{house.secrets['store']}?version=draft").json()["name"]
    assert SECRET.encode() in house(who, "GET", "/api/stores?mine=true").body


def test_a_store_of_the_same_name_is_another_store(house: House) -> None:
    answer = house("merchant of another", "PUT", f"/api/stores/suedwind.{SECRET}", json=_store(SECRET))
    assert (answer.status, answer.json()["version"]) == (200, 1)
    assert house("merchant of another", "POST", f"/api/stores/suedwind.{SECRET}/close").status == 204
