"""From rows of endpoints to an API: whatever is sent, one shape of answer; and only who may gets past."""

import json
from collections.abc import Iterator
from typing import Annotated

import pytest
from aiohttp import web
from api_server import Asker, serving
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Meta, Struct

from showroom.accounts.principal import SCOPES, Principal, Role, Scope
from showroom.errors import Conflict, NotFound, SignInNeeded
from showroom.http.api import Api
from showroom.http.context import COOKIE
from showroom.http.endpoint import Call, Endpoint
from showroom.http.limits import Limits, Rate
from showroom.http.metrics import Metrics
from showroom.http.peers import Peers
from showroom.sample import Sample
from showroom_assets.errors import LibraryError


class Note(Struct, kw_only=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=20)]
    stars: Annotated[int, Meta(ge=1, le=5)] = 5


class Search(Struct, kw_only=True, forbid_unknown_fields=True):
    q: Annotated[str, Meta(max_length=50)] = ""
    page: Annotated[int, Meta(ge=1, le=1000)] = 1
    tag: Annotated[tuple[str, ...], Meta(max_length=3)] = ()


class Told(Struct, kw_only=True):
    who: str
    text: str = ""
    key: str = ""
    page: int = 0
    tags: tuple[str, ...] = ()


class Gate:
    async def identify(self, *, token: str, session: str) -> Principal | None:
        if token == "bad":
            raise SignInNeeded("That token is not good any more. Make another.")
        role = {"merchant": Role.MERCHANT, "guest": Role.GUEST}.get(token or session)
        return Principal(id=f"a_{role}", role=role, tenant="t", scopes=SCOPES[role]) if role else None


async def write(call: Call) -> Told:
    """Write a note."""
    return Told(who=call.who.id, text=call.body.text, key=call.idempotency_key)


async def search(call: Call) -> Told:
    """Search notes.

    By their text.
    """
    return Told(who=call.who.id, text=call.query.q, page=call.query.page, tags=call.query.tag)


async def forget(call: Call) -> None:
    """Forget a note."""
    if call.path["id"] == "none":
        raise NotFound("There is no such note. See /api/notes.")
    if call.path["id"] == "busy":
        raise Conflict("It has changed. Read it again.", seen=3)


async def broken(call: Call) -> None:
    """Fail."""
    if call.path["how"] == "library":
        raise LibraryError("/srv/secret/place cannot be read.")
    raise RuntimeError("a secret of the inside")


ROWS = [
    Endpoint(method="POST", path="/api/notes", handler=write, tag="notes", scope=Scope.PRODUCTS_WRITE, body=Note,
             answer=Told, status=201, limit="write", most_bytes=1000, is_idempotent=True),
    Endpoint(method="GET", path="/api/notes", handler=search, tag="notes", query=Search, answer=Told),
    Endpoint(method="DELETE", path=r"/api/notes/{id:\w{1,20}}", handler=forget, tag="notes", scope=Scope.SHOP,
             limit="write"),
    Endpoint(method="GET", path="/api/broken/{how}", handler=broken, tag="notes"),
    Endpoint(method="GET", path="/api/dear", handler=search, tag="notes", query=Search, answer=Told, limit="costly"),
]  # fmt: skip


def application() -> web.Application:
    rates = {"read": Rate(1e6, 1e6), "write": Rate(1e6, 1e6), "costly": Rate(0.01, 2)}
    metrics = Metrics(sources=[lambda: [Sample(name="showroom_people", help="In rooms.", value=3)]])
    peers = Peers(host="127.0.0.1", public_url="", allowed_origins=["https://friend.example"], trusted_proxies=[])
    return Api(
        ROWS,
        gate=Gate(),
        limits=Limits(rates, address_factor=1, clock=lambda: 0.0),
        peers=peers,
        metrics=metrics,
        pages=lambda router: router.add_get("/metrics", metrics.answer),
    ).app()


@pytest.fixture(scope="module")
def ask() -> Iterator[Asker]:
    with serving(application) as asker:
        yield asker


GOOD = {"Authorization": "Bearer merchant", "Idempotency-Key": "k1"}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=anything | st.fixed_dictionaries({"text": st.text(max_size=30), "stars": st.integers(-9, 9)}))
def test_whatever_the_body_the_answer_is_what_was_asked_or_one_error_that_names_what_is_wrong(
    ask: Asker, body: object
) -> None:
    answer = ask("POST", "/api/notes", json=body, **GOOD)
    if answer.status == 201:
        assert answer.json()["text"] == body["text"]  # type: ignore[index]
    else:
        assert answer.status in {400, 413, 415}
        error = answer.json()["error"]
        assert set(error) == {"code", "message", "fields"}
        assert error["message"].endswith(".")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=1500))
def test_bytes_that_are_no_json_are_refused_and_never_a_server_error(ask: Asker, body: bytes) -> None:
    answer = ask("POST", "/api/notes", body=body, **{**GOOD, "Content-Type": "application/json"})
    assert answer.status in {201, 400, 413}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=80))
def test_whatever_the_query_the_answer_is_no_server_error(ask: Asker, query: str) -> None:
    assert ask("GET", "/api/notes?" + query).status in {200, 400}


def test_an_error_says_which_field_is_wrong_and_how(ask: Asker) -> None:
    error = ask("POST", "/api/notes", json={"text": "x", "stars": 9}, **GOOD).json()["error"]
    assert error["code"] == "request.invalid"
    assert error["fields"] == {"field": "stars"}
    assert "<= 5" in error["message"]


def test_a_query_is_text_made_into_what_the_field_wants(ask: Asker) -> None:
    assert ask("GET", "/api/notes?q=vase&page=3&tag=a&tag=b").json() == {
        "who": "", "text": "vase", "key": "", "page": 3, "tags": ["a", "b"],
    }  # fmt: skip
    assert ask("GET", "/api/notes?tag=a").json()["tags"] == ["a"]
    assert ask("GET", "/api/notes?page=0").status == 400
    assert ask("GET", "/api/notes?pages=1").status == 400
    assert ask("GET", "/api/notes?page=1&page=2").status == 400


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 401, "access.sign_in"),
        ({"Authorization": "Bearer bad"}, 401, "access.sign_in"),
        ({"Authorization": "Basic YTpi"}, 401, "access.sign_in"),
        ({"Authorization": "Bearer guest"}, 401, "access.sign_in"),
        ({"Authorization": "Bearer merchant"}, 400, "request.invalid"),  # no Idempotency-Key
        ({"Authorization": "Bearer merchant", "Idempotency-Key": "a b"}, 400, "request.invalid"),
        ({**GOOD, "Content-Type": "text/plain"}, 415, "request.media_type"),
        ({**GOOD, "Origin": "https://evil.example"}, 403, "request.origin"),
        ({**GOOD, "Origin": "null"}, 403, "request.origin"),
        ({**GOOD, "Host": "evil.example"}, 421, "request.host"),
    ],
)
def test_who_may_not_does_not_get_past(ask: Asker, headers: dict[str, str], status: int, code: str) -> None:
    answer = ask("POST", "/api/notes", json={"text": "x"}, **headers)
    assert (answer.status, answer.code) == (status, code)


def test_a_cookie_is_of_no_use_to_a_page_of_another_site(ask: Asker) -> None:
    cookie = {"Cookie": f"{COOKIE}=merchant", "Idempotency-Key": "k"}
    own = f"http://127.0.0.1:{ask.port}"
    assert ask("POST", "/api/notes", json={"text": "x"}, **cookie, Origin=own).status == 201
    assert ask("POST", "/api/notes", json={"text": "x"}, **cookie).status == 201
    for more in ({"Origin": "http://127.0.0.1:1"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        assert ask("POST", "/api/notes", json={"text": "x"}, **cookie, **more).code == "request.origin"


def test_only_a_friend_of_the_house_may_call_from_its_own_pages(ask: Asker) -> None:
    friend = ask("OPTIONS", "/api/notes", Origin="https://friend.example", Access_Control_Request_Method="POST")
    assert friend.status == 204
    assert friend.headers["access-control-allow-origin"] == "https://friend.example"
    assert "access-control-allow-credentials" not in friend.headers
    assert ask("POST", "/api/notes", json={"text": "x"}, **GOOD, Origin="https://friend.example").status == 201
    stranger = ask("OPTIONS", "/api/notes", Origin="https://evil.example", Access_Control_Request_Method="POST")
    assert "access-control-allow-origin" not in stranger.headers
    assert "Origin" in stranger.headers["vary"]


def test_a_body_larger_than_the_endpoint_allows_is_refused_before_it_is_read(ask: Asker) -> None:
    answer = ask("POST", "/api/notes", json={"text": "x" * 5000}, **GOOD)
    assert (answer.status, answer.json()["error"]["fields"]) == (413, {"most_bytes": 1000})


@pytest.mark.parametrize(("path", "status"), [("none", 404), ("busy", 409), ("some", 204)])
def test_an_error_of_the_domain_travels_under_its_status(ask: Asker, path: str, status: int) -> None:
    assert ask("DELETE", f"/api/notes/{path}", Authorization="Bearer guest").status == status


@pytest.mark.parametrize(("how", "status"), [("library", 503), ("code", 500)])
def test_what_is_unforeseen_has_a_number_that_is_in_the_log_and_tells_nothing_of_the_inside(
    ask: Asker, how: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    answer = ask("GET", f"/api/broken/{how}")
    assert answer.status == status
    assert b"secret" not in answer.body
    number = answer.json()["error"]["fields"]["id"]
    assert number == answer.headers["x-request-id"]
    assert any(getattr(record, "id", "") == number and record.exc_info for record in caplog.records)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("PUT", "/api/notes", 405)])
def test_what_is_not_there_has_the_same_shape_and_the_same_headers(
    ask: Asker, method: str, path: str, status: int
) -> None:
    answer = ask(method, path)
    assert answer.status == status
    assert set(answer.json()["error"]) == {"code", "message", "fields"}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["server"] == "showroom"


def test_who_asks_too_often_is_told_when_to_come_back(ask: Asker) -> None:
    answers = [ask("GET", "/api/dear") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_metrics_count_by_pattern_and_ask_the_services(ask: Asker) -> None:
    ask("GET", "/api/notes?q=private")
    page = ask("GET", "/metrics").body.decode()
    assert 'showroom_http_requests_total{method="GET",route="/api/notes",status="200"}' in page
    assert "showroom_people 3.0" in page
    assert "private" not in page


def test_metrics_are_not_shown_through_a_proxy_that_nobody_named(ask: Asker) -> None:
    answer = ask("GET", "/metrics", X_Forwarded_For="198.51.100.7")
    assert (answer.status, answer.code) == (403, "access.forbidden")


def test_head_is_get_without_the_body(ask: Asker) -> None:
    answer = ask("HEAD", "/api/notes")
    assert (answer.status, answer.body) == (200, b"")


def test_the_document_describes_what_runs(ask: Asker) -> None:
    found = json.loads(ask("GET", "/openapi.json").body)
    post = found["paths"]["/api/notes"]["post"]
    assert post["summary"] == "Write a note"
    assert post["x-scope"] == "products:write"
    assert {one["name"] for one in post["parameters"]} == {"Idempotency-Key"}
    assert {"201", "400", "401", "403", "429", "500"} <= set(post["responses"])
    assert found["paths"]["/api/notes/{id}"]["delete"]["responses"].keys() >= {"204", "404"}
    assert [one["name"] for one in found["paths"]["/api/notes"]["get"]["parameters"]] == ["q", "page", "tag"]
