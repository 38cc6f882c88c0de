"""The shop over HTTP: who may, what is refused, and the shape of it; through the real API on a real port."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from api_server import Answer, Asker, serving
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from showroom.accounts.principal import Principal, Role, Scope
from showroom.db.database import Database, sqlite_url
from showroom.db.tables import metadata
from showroom.http import shop as http_shop
from showroom.http.api import Api
from showroom.http.limits import Limits, Rate
from showroom.http.metrics import Metrics
from showroom.http.peers import Peers
from showroom.shop.rehearsal import TestProvider
from showroom.shop.service import Shop

MERCHANT = frozenset({Scope.PRODUCTS_WRITE, Scope.ORDERS_READ, Scope.ORDERS_WRITE})
PEOPLE = {
    "ann": Principal(id="g_ann", role=Role.GUEST),
    "ben": Principal(id="g_ben", role=Role.GUEST),
    "mira": Principal(id="a_mira", role=Role.MERCHANT, tenant="nord", scopes=MERCHANT),
    "otto": Principal(id="a_otto", role=Role.MERCHANT, tenant="sued", scopes=MERCHANT),
    "reader": Principal(id="a_reader", role=Role.MERCHANT, tenant="nord", scopes=frozenset({Scope.ORDERS_READ})),
    "ada": Principal(id="a_ada", role=Role.OPERATOR, scopes=frozenset(Scope)),
}
LAMP = "/api/shop/offers/nord/LMP-1"


class Names:
    """The token is the name."""

    async def identify(self, *, token: str, session: str) -> Principal | None:
        return PEOPLE.get(token)


class Client:
    """Asks as somebody, with a fresh key for each write unless one is given."""

    def __init__(self, ask: Asker) -> None:
        self._ask = ask
        self._keys = 0

    def __call__(
        self, who: str, method: str, path: str, json: Any = None, *, key: str | None = None, **headers: str
    ) -> Answer:
        self._keys += 1
        headers["Idempotency-Key"] = f"k{self._keys}" if key is None else key
        if method == "GET" or not headers["Idempotency-Key"]:
            del headers["Idempotency-Key"]
        if who:
            headers["Authorization"] = f"Bearer {who}"
        return self._ask(method, path, json=json, **headers)


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Client]:
    database = Database(sqlite_url(tmp_path / "shop.db"))
    with database.engine.begin() as connection:
        metadata.create_all(connection)

    def make() -> web.Application:
        plenty = Rate(1e6, 1e6)
        return Api(
            http_shop.endpoints(Shop(database, TestProvider(b"a secret of 16 b", clock_s=time.time))),
            gate=Names(),
            limits=Limits(dict.fromkeys(("read", "write", "costly"), plenty), address_factor=1, clock=lambda: 0.0),
            peers=Peers(host="127.0.0.1", public_url="", allowed_origins=[], trusted_proxies=[]),
            metrics=Metrics(),
        ).app()

    with serving(make) as asker:
        client = Client(asker)
        terms = {"product": "lamp", "prices": {"EUR": 12800}, "limit_each": 2}
        assert client("mira", "PUT", LAMP, terms).status == 200
        assert client("mira", "PUT", "/api/shop/stock/nord/LMP-1", {"add": 5}).status == 200
        yield client
    database.close()


def order(ask: Client, who: str = "ann") -> Mapping[str, Any]:
    assert ask(who, "POST", "/api/shop/claims", {"tenant": "nord", "sku": "LMP-1"}).status == 201
    answer = ask(who, "POST", "/api/shop/orders", {"tenant": "nord", "currency": "EUR"})
    assert answer.status == 201
    found: Mapping[str, Any] = answer.json()
    return found


def test_from_an_empty_cart_to_a_refund(ask: Client) -> None:
    assert ask("ann", "GET", "/api/shop/cart").json() == {"lines": [], "totals_minor": {}}
    placed = order(ask)
    paid = ask("ann", "POST", f"/api/shop/test-payments/{placed['payment']['intent']}", {"answer": "double"})
    assert paid.json()["verdicts"] == ["pay", "nothing"]
    for step in ("pack", "send"):
        assert ask("mira", "POST", f"/api/shop/orders/{placed['id']}/steps", {"step": step}).status == 200
    assert ask("ann", "POST", f"/api/shop/orders/{placed['id']}/cancel", {}).code == "shop.wrong_state"
    back = ask("mira", "POST", f"/api/shop/orders/{placed['id']}/refund", {"restocks": True})
    assert back.json()["state"] == "refunded"
    assert ask("", "GET", LAMP).json()["available"] == 5


@pytest.mark.parametrize("who", ["ben", "otto"])
@pytest.mark.parametrize(
    ("method", "what", "body"),
    [("GET", "", None), ("POST", "/cancel", {}), ("POST", "/refund", {}), ("POST", "/steps", {"step": "pack"})],
)
def test_another_s_order_does_not_exist(ask: Client, who: str, method: str, what: str, body: Any) -> None:
    placed = order(ask)
    answer = ask(who, method, f"/api/shop/orders/{placed['id']}{what}", body)
    unknown = ask(who, method, f"/api/shop/orders/o_unknown{what}", body)
    assert (answer.status, answer.code) == (unknown.status, unknown.code)
    assert answer.status in {401, 404}
    assert ask("ann", "GET", f"/api/shop/orders/{placed['id']}").json()["state"] == "paying"


@pytest.mark.parametrize(
    ("who", "method", "path", "body", "status"),
    [
        ("ann", "PUT", LAMP, {"product": "lamp", "prices": {"EUR": 1}}, 401),
        ("otto", "PUT", LAMP, {"product": "lamp", "prices": {"EUR": 1}}, 403),
        ("reader", "PUT", LAMP, {"product": "lamp", "prices": {"EUR": 1}}, 403),
        ("otto", "PUT", "/api/shop/stock/nord/LMP-1", {"unsold": 0}, 403),
        ("otto", "GET", "/api/shop/stock/nord", None, 403),
        ("otto", "GET", "/api/shop/orders?tenant=nord", None, 403),
        ("ann", "GET", "/api/shop/orders?tenant=nord", None, 401),
        ("", "GET", "/api/shop/orders", None, 401),
        ("", "GET", "/api/shop/cart", None, 401),
        ("", "POST", "/api/shop/claims", {"tenant": "nord", "sku": "LMP-1"}, 401),
        ("ann", "GET", "/api/shop/offers?hidden=true&tenant=nord", None, 401),
        ("mira", "GET", "/api/shop/offers?hidden=true", None, 403),
        ("ada", "GET", "/api/shop/orders?tenant=nord", None, 200),
        ("mira", "GET", "/api/shop/offers?hidden=true&tenant=nord", None, 200),
    ],
)
def test_only_who_may_does(ask: Client, who: str, method: str, path: str, body: Any, status: int) -> None:
    assert ask(who, method, path, body).status == status


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/api/shop/cart/nord/LMP-1", {"quantity": 1}),
        ("DELETE", "/api/shop/cart/nord/LMP-1", None),
        ("POST", "/api/shop/cart/codes", None),
        ("POST", "/api/shop/claims", {"tenant": "nord", "sku": "LMP-1"}),
        ("DELETE", "/api/shop/claims/c_1", None),
        ("POST", "/api/shop/orders", {"tenant": "nord", "currency": "EUR"}),
    ],
)
def test_every_write_needs_a_key(ask: Client, method: str, path: str, body: Any) -> None:
    assert ask("ann", method, path, body, key="").status == 400


@pytest.mark.parametrize(
    "body",
    [
        {"tenant": "nord", "sku": "LMP-1", "quantity": 0},
        {"tenant": "nord", "sku": "LMP-1", "quantity": -1},
        {"tenant": "nord", "sku": "LMP-1", "quantity": 10**30},
        {"tenant": "nord", "sku": "LMP-1", "quantity": 1.5},
        {"tenant": "nord", "sku": "LMP-1", "price_minor": 1},
        {"tenant": "nord", "sku": "x" * 201},
        {"tenant": "nord", "sku": "a\x00b"},
        {"tenant": "../nord", "sku": "LMP-1"},
        {"sku": "LMP-1"},
        [],
    ],
)
def test_a_bad_claim_is_refused_with_one_clear_error(ask: Client, body: Any) -> None:
    answer = ask("ann", "POST", "/api/shop/claims", body)
    assert answer.status == 400
    assert set(answer.json()["error"]) == {"code", "message", "fields"}


def test_refusals_have_codes_and_numbers(ask: Client) -> None:
    assert ask("ann", "POST", "/api/shop/claims", {"tenant": "nord", "sku": "no"}).status == 404
    ask("mira", "PUT", "/api/shop/stock/nord/LMP-1", {"unsold": 1})
    answer = ask("ann", "POST", "/api/shop/claims", {"tenant": "nord", "sku": "LMP-1", "quantity": 2})
    assert (answer.status, answer.code, answer.json()["error"]["fields"]["available"]) == (409, "shop.sold_out", 1)
    assert ask("ann", "POST", "/api/shop/orders", {"tenant": "nord", "currency": "EUR"}).code == "shop.cart_empty"
    assert ask("ann", "POST", "/api/shop/cart/moves", {"code": "ABCDEFGH"}).status == 410


def test_a_sku_may_have_any_characters(ask: Client) -> None:
    path = "/api/shop/offers/nord/%C3%84%2F1%3F%23%20x"
    assert ask("mira", "PUT", path, {"product": "lamp", "prices": {"EUR": 1}}).json()["sku"] == "Ä/1?# x"
    assert ask("ann", "PUT", "/api/shop/cart/nord/%C3%84%2F1%3F%23%20x", {"quantity": 2}).status == 200
    assert ask("", "GET", "/api/shop/offers?tenant=nord&limit=1").json()["next"] == "nord/LMP-1"
    rest = ask("", "GET", "/api/shop/offers?tenant=nord&limit=1&after=nord/LMP-1").json()
    assert [one["sku"] for one in rest["offers"]] == ["Ä/1?# x"]


def test_a_late_webhook_is_handed_out_and_may_be_posted_when_it_shall_come(ask: Client) -> None:
    placed = order(ask)
    path = f"/api/shop/test-payments/{placed['payment']['intent']}"
    (late,) = ask("ann", "POST", path, {"answer": "late"}).json()["later"]
    assert ask("ann", "POST", f"/api/shop/orders/{placed['id']}/cancel", {}).json()["state"] == "cancelled"
    hook = ask._ask("POST", "/api/shop/webhooks/test", body=late["body"].encode(), Showroom_Signature=late["signature"])
    assert hook.json() == {"verdict": "return_late"}


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [("/api/shop/webhooks/test", 10, 403), ("/api/shop/webhooks/test", 70_000, 413), ("/api/shop/webhooks/x", 10, 404)],
)
def test_an_unsigned_webhook_is_refused(ask: Client, path: str, size: int, status: int) -> None:
    assert ask._ask("POST", path, body=b"x" * size, Showroom_Signature="t=1,v1=00").status == status


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
WRITES = [
    ("POST", "/api/shop/claims", {"tenant": "nord", "sku": "LMP-1", "quantity": 1}),
    ("POST", "/api/shop/orders", {"tenant": "nord", "currency": "EUR", "contact": {"name": "Ann"}}),
    ("PUT", "/api/shop/cart/nord/LMP-1", {"quantity": 1}),
    ("POST", "/api/shop/cart/moves", {"code": "ABCDEFGH"}),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(WRITES), st.data())
def test_hostile_bodies_never_break_the_server(ask: Client, write: tuple[str, str, dict[str, Any]], data: Any) -> None:
    method, path, good = write
    field = data.draw(st.sampled_from(sorted(good)))
    body = data.draw(st.one_of(junk, junk.map(lambda value: {**good, field: value})))
    assert ask("ann", method, path, body).status < 500


def test_concurrent_claims_over_http_take_what_there_is(ask: Client) -> None:
    PEOPLE.update({f"g{n}": Principal(id=f"g_{n}", role=Role.GUEST) for n in range(40)})

    async def rush() -> list[int]:
        def one(number: int) -> int:
            return ask(f"g{number}", "POST", "/api/shop/claims", {"tenant": "nord", "sku": "LMP-1"}, key="k").status

        return await asyncio.gather(*(asyncio.to_thread(one, number) for number in range(40)))

    answers = asyncio.run(rush())
    assert sorted(set(answers)) == [201, 409]
    assert answers.count(201) == 5
