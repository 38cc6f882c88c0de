"""Who is behind a request: proxies, hosts and origins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom.errors import BadRequest
from showroom.http.limits import network
from showroom.http.peers import Peers, origin_of

LOCAL = Peers(host="127.0.0.1", public_url="", allowed_origins=[], trusted_proxies=[])
PROXIED = Peers(
    host="0.0.0.0",
    public_url="https://Shop.Example/",
    allowed_origins=["https://friend.example"],
    trusted_proxies=["10.0.0.0/8", "127.0.0.1", "fd00::/8"],
)


@given(st.text(max_size=60), st.text(max_size=20))
def test_nobody_but_a_trusted_proxy_says_who_is_calling(forwarded: str, scheme: str) -> None:
    found = LOCAL.peer("6.6.6.6", "http", forwarded_for=forwarded, forwarded_proto=scheme)
    assert (found.address, found.scheme) == ("6.6.6.6", "http")


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("9.9.9.9, 1.2.3.4", "1.2.3.4"),  # the left one is what the caller claims
        ("9.9.9.9, 1.2.3.4, 10.0.0.5", "1.2.3.4"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("10.0.0.9, 10.0.0.5", "10.0.0.9"),
        ("", "10.1.1.1"),
    ],
)
def test_behind_proxies_it_is_the_first_that_is_none(forwarded: str, address: str) -> None:
    found = PROXIED.peer("10.1.1.1", "http", forwarded_for=forwarded, forwarded_proto="https")
    assert (found.address, found.scheme) == (address, "https")


@pytest.mark.parametrize(
    "host", ["shop.example", "shop.example:443", "SHOP.example", "127.0.0.1:8080", "192.0.2.7", "[2001:db8::1]:80"]
)
def test_a_public_server_goes_by_its_name_and_by_any_address_in_digits(host: str) -> None:
    assert PROXIED.is_own_host(host)


@pytest.mark.parametrize("host", ["evil.example", "shop.example.evil.example", "", "[::1", "192.0.2.7.evil.example"])
def test_a_name_of_somebody_else_is_refused(host: str) -> None:
    assert not PROXIED.is_own_host(host)


def test_a_local_server_goes_by_no_address_of_the_network() -> None:
    assert not LOCAL.is_own_host("192.0.2.7")


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("https://shop.example", True),
        ("https://friend.example", True),
        ("http://shop.example", False),
        ("https://shop.example.evil.example", False),
        ("https://evil.example", False),
        ("null", False),
        ("", True),
    ],
)
def test_only_our_own_pages_and_friends_may_change_things(origin: str, may: bool) -> None:
    found = PROXIED.may_change("POST", origin=origin, host="10.1.1.1:8080", fetch_site="", has_cookie=True)
    assert found is may


def test_reading_is_for_all_pages() -> None:
    assert PROXIED.may_change("GET", origin="https://evil.example", host="x", fetch_site="cross-site", has_cookie=True)


@pytest.mark.parametrize("url", ["shop.example", "ftp://shop.example", "https://", "https://[", "https://a:99999", ""])
def test_what_is_no_site_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(BadRequest, match=r"Write https://shop\.example"):
        origin_of(url)


def test_a_default_port_is_none() -> None:
    assert origin_of("https://a.example:443/x?y") == "https://a.example"
    assert origin_of("http://a.example:8080") == "http://a.example:8080"


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("nonsense", "unknown"),
    ],
)
def test_who_has_a_network_counts_once(address: str, counts_as: str) -> None:
    assert network(address) == counts_as
