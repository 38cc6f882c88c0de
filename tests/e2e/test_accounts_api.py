"""Accounts over HTTP and at the command line: signing in by cookie, tokens, who may add whom."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_server import Answer, Asker
from click.testing import CliRunner, Result
from whole_server import running

from showroom.accounts.principal import Role
from showroom.cli import cli
from showroom.server import Server
from showroom.settings import Settings, with_changes

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Asker, Server, Path]]:
    data = tmp_path_factory.mktemp("accounts") / "data"
    settings = with_changes(
        Settings(), rate_costly=1e4, rate_write=1e4, metrics_token="scrape-me", trusted_proxies=["127.0.0.1"]
    )
    with running(data, settings=settings) as (ask, server):
        accounts = server.services.accounts
        ask.run(accounts.add_account("ada", role=Role.OPERATOR, password=PASSWORD))
        ask.run(accounts.add_account("mira", role=Role.MERCHANT, tenant="nordlicht", password=PASSWORD))
        yield ask, server, data


def sign_in(ask: Asker, login: str, password: str = PASSWORD, **headers: str) -> Answer:
    return ask("POST", "/api/sessions", json={"login": login, "password": password}, **headers)


def cookie(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


def test_a_session_is_a_cookie_that_no_script_can_read(house: tuple[Asker, Server, Path]) -> None:
    ask, *_ = house
    answer = sign_in(ask, "ada")
    assert answer.status == 201
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(answer.headers["set-cookie"].split("; "))
    assert "Secure" not in answer.headers["set-cookie"]
    assert answer.json()["role"] == "operator"
    me = ask("GET", "/api/me", Cookie=cookie(answer))
    assert me.json()["name"] == "ada"
    assert me.headers["cache-control"] == "no-store"
    over_tls = sign_in(ask, "ada", X_Forwarded_Proto="https", X_Forwarded_For="198.51.100.7")
    assert "Secure" in over_tls.headers["set-cookie"].split("; ")
    assert "max-age" in over_tls.headers["strict-transport-security"]


def test_who_signs_out_is_nobody(house: tuple[Asker, Server, Path]) -> None:
    ask, *_ = house
    mine = cookie(sign_in(ask, "mira"))
    gone = ask("DELETE", "/api/sessions", Cookie=mine)
    assert gone.status == 204
    assert "Max-Age=0" in gone.headers["set-cookie"]
    assert ask("GET", "/api/me", Cookie=mine).json()["id"] == ""


def test_a_page_elsewhere_cannot_sign_anybody_in_or_use_a_session(house: tuple[Asker, Server, Path]) -> None:
    ask, *_ = house
    mine = cookie(sign_in(ask, "mira"))
    assert sign_in(ask, "ada", Origin="https://evil.example").code == "request.origin"
    stolen = ask(
        "POST", "/api/tokens", json={"name": "x", "scopes": ["shop"]}, Cookie=mine, Origin="https://evil.example"
    )
    assert stolen.code == "request.origin"
    form = ask("POST", "/api/sessions", body=b'{"login":"ada","password":"x"}', Content_Type="text/plain;charset=UTF-8")
    assert form.code == "request.media_type"


def test_a_wrong_password_is_slowed_down_by_name_and_address(house: tuple[Asker, Server, Path]) -> None:
    ask, *_ = house
    answers = [sign_in(ask, "nobody-here", "wrong wrong", X_Forwarded_For="203.0.113.9") for _ in range(7)]
    assert [answer.status for answer in answers] == [401] * 5 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0
    assert sign_in(ask, "ada", X_Forwarded_For="203.0.113.10").status == 201


def test_a_token_is_shown_once_and_cannot_make_one_that_may_more(house: tuple[Asker, Server, Path]) -> None:
    ask, *_ = house
    mine = cookie(sign_in(ask, "mira"))
    made = ask("POST", "/api/tokens", json={"name": "ci", "scopes": ["shop", "products:write"]}, Cookie=mine)
    assert made.status == 201
    bearer = "Bearer " + made.json()["token"]
    listed = ask("GET", "/api/tokens", Authorization=bearer)
    assert made.json()["token"].encode() not in listed.body
    assert [one["name"] for one in listed.json()["tokens"]] == ["ci"]
    more = ask("POST", "/api/tokens", json={"name": "more", "scopes": ["orders:write"]}, Authorization=bearer)
    assert (more.status, more.code) == (400, "account.invalid")
    assert ask("DELETE", f"/api/tokens/{made.json()['about']['id']}", Cookie=mine).status == 204
    assert ask("GET", "/api/me", Authorization=bearer).code == "account.pass_over"


@pytest.mark.parametrize("who", ["nobody", "guest", "mira"])
def test_only_operators_see_and_change_accounts(house: tuple[Asker, Server, Path], who: str) -> None:
    ask, *_ = house
    headers = {}
    if who == "guest":
        headers["Authorization"] = "Bearer " + ask("POST", "/api/guests", json={"name": "Bo"}).json()["token"]
    elif who == "mira":
        headers["Cookie"] = cookie(sign_in(ask, "mira"))
    new = {"login": "eve", "role": "operator", "password": PASSWORD}
    assert ask("GET", "/api/accounts", **headers).status in {401, 403}
    assert ask("POST", "/api/accounts", json=new, **headers).status in {401, 403}
    assert ask("POST", "/api/merchants", json={"id": "x", "name": "X"}, **headers).status in {401, 403}


def test_an_operator_adds_a_host_who_then_signs_in_until_shut_out(house: tuple[Asker, Server, Path]) -> None:
    ask, *_ = house
    operator = cookie(sign_in(ask, "ada"))
    new = {"login": "Hanna", "role": "host", "tenant": "nordlicht", "password": PASSWORD}
    made = ask("POST", "/api/accounts", json=new, Cookie=operator)
    assert made.status == 201
    assert ask("POST", "/api/accounts", json=new, Cookie=operator).code == "account.name_taken"
    assert sign_in(ask, "hanna").json()["scopes"] == ["host", "shop"]
    shut = ask("PATCH", f"/api/accounts/{made.json()['id']}", json={"is_disabled": True}, Cookie=operator)
    assert shut.json()["is_disabled"] is True
    assert sign_in(ask, "hanna").status == 401
    assert {"id": "nordlicht", "name": "nordlicht"} in ask("GET", "/api/merchants").json()["merchants"]


@pytest.mark.parametrize("name", ["", "x" * 25, "a\u0000b", "a\u202eb", "a\nb"])
def test_a_nickname_is_one_short_line(house: tuple[Asker, Server, Path], name: str) -> None:
    assert house[0]("POST", "/api/guests", json={"name": name}).status == 400


def test_metrics_are_for_who_has_the_token(house: tuple[Asker, Server, Path]) -> None:
    ask, *_ = house
    assert ask("GET", "/metrics").status == 403
    assert ask("GET", "/metrics", Authorization="Bearer wrong").status == 403
    page = ask("GET", "/metrics", Authorization="Bearer scrape-me")
    assert page.status == 200
    for name in ("showroom_http_requests_total", "showroom_live_ticks_total", "process_resident_memory_bytes"):
        assert name in page.body.decode()


def test_the_operators_commands_work_beside_a_running_server(house: tuple[Asker, Server, Path]) -> None:
    ask, _, data = house

    def run(*words: str, typed: str = "") -> Result:
        return CliRunner().invoke(cli, [*words, "--data", str(data)], input=typed)

    listed = json.loads(run("account", "list", "--format", "json").output)
    assert {"ada", "mira"} <= {one["login"] for one in listed}
    made = run("account", "add", "otto", "--role", "merchant", "--password-stdin", typed=PASSWORD + "\n")
    assert made.exit_code == 0, made.output
    assert sign_in(ask, "otto").json()["tenant"] == "default"
    token = run("account", "token", "otto", "--scope", "stores:write").stdout.strip()
    assert ask("GET", "/api/me", Authorization=f"Bearer {token}").json()["scopes"] == ["stores:write"]
    assert run("account", "disable", "otto").exit_code == 0
    assert sign_in(ask, "otto").status == 401
    assert run("account", "enable", "otto").exit_code == 0
    assert run("account", "password", "otto", "--password-stdin", typed="another password\n").exit_code == 0
    assert sign_in(ask, "otto", "another password").status == 201
    short = run("account", "password", "otto", "--password-stdin", typed="short\n")
    assert short.exit_code != 0
