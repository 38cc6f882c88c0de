"""
Links in chat: refused unless a store allows their host. They are how strangers lead shoppers away from a shop.

Found with and without ``https://``, with ``(dot)`` and with full-width letters; ``end.Next`` after a sentence is none.
"""

import re
from collections.abc import Iterable
from typing import Final

from showroom.social.text import fold

# Bare names are links only under these, which are not also words that follow a full stop with a forgotten space; under
# any ending they are with a scheme, ``www.`` or a path.
_ENDINGS: Final = frozenset(
    {
        "app", "biz", "br", "cc", "club", "cn", "co", "com", "dev", "eu", "fr", "gg", "gle", "info", "io", "jp", "kr",
        "ly", "mobi", "mx", "net", "nl", "online", "org", "pl", "ru", "site", "store", "tk", "tv", "uk", "vip", "xyz",
    }
)  # fmt: skip
_SCHEME: Final = re.compile(r"(?:https?|ftp|file|tg|weixin)\s?:\s?//\S++|(?:javascript|data|magnet):\S++")
# Possessive: without it, five hundred characters of ``a.a.a.`` took 20 ms.
_HOST: Final = re.compile(r"(?P<at>[\w.+-]++@)?+(?P<host>[\w-]++(?:\.[\w-]++)++)(?::\d++)?(?P<path>/\S*+)?")
_DOT: Final = re.compile(r"\s?[\(\[\{<]\s?(?:dot|punto|点)\s?[\)\]\}>]\s?")
_SAID_DOT: Final = re.compile(r"\s(?:dot|punto)\s(?=(?:com|net|org|io|gg|ru|cn)\b)")
_WWW: Final = re.compile(r"\bwww\s?\.\s?\S++")


def has_link(text: str, *, allowed: Iterable[str] = ()) -> bool:
    """
    Whether ``text`` leads somewhere else.

    Parameters
    ----------
    allowed
        Hosts that may be named, their subdomains included: ``example.com``.
    """
    folded = _SAID_DOT.sub(".", _DOT.sub(".", fold(text).replace("。", ".")))
    hosts = tuple(allowed)
    for scheme in _SCHEME.finditer(folded):
        if not _is_allowed(scheme[0], hosts):
            return True
    plain = _SCHEME.sub(" ", folded)
    for www in _WWW.finditer(plain):
        if not _is_allowed("".join(www[0].split()), hosts):
            return True
    return any(_is_link(found) and not _is_allowed(found[0], hosts) for found in _HOST.finditer(plain))


def _is_link(found: re.Match[str]) -> bool:
    ending = found["host"].rsplit(".", 1)[1]
    is_word = ending.isalpha() and 2 <= len(ending) <= 24
    return ending in _ENDINGS or (is_word and bool(found["at"] or found["path"]))


def _is_allowed(link: str, hosts: tuple[str, ...]) -> bool:
    scheme, colon, rest = link.partition("://")
    if colon and scheme not in ("http", "https"):
        return False
    host = re.split(r"[/:?#\\]", rest if colon else link, maxsplit=1)[0].rstrip(".,;!")
    return "@" not in link and any(host == known or host.endswith("." + known) for known in hosts)
