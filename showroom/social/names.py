"""
Nicknames: readable, one line, one script, nobody else's and nobody's in charge.

Names are for the eyes. Whoever is muted, banned or reported is so by id.
"""

import random
import unicodedata
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Final

from showroom.social.errors import NameRefused
from showroom.social.links import has_link
from showroom.social.text import clean, skeleton
from showroom.social.words import BlockList, default_list

SHORTEST: Final = 2
LONGEST: Final = 24  # of the protocol's Name
_PUNCTUATION: Final = frozenset(" -_.'’·・")
_LETTERS: Final = ("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd")

# Scripts that are written together (Unicode TS 39, "highly restrictive"); any other pair in one name is refused.
_COMPANY: Final = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
)
_SCRIPTS: Final = frozenset(
    {
        "LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN",
        "HEBREW", "ARABIC", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA",
        "MALAYALAM", "SINHALA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN", "MONGOLIAN", "ETHIOPIC",
    }
)  # fmt: skip

# Who answers for a store. Compared by skeleton and as whole words, so that ``Аdm1n Ana`` is found, and Adminta is not.
RESERVED: Final = (
    "admin", "administrator", "administrador", "administradora", "moderator", "moderador", "moderadora", "mod", "staff",
    "support", "soporte", "helpdesk", "host", "operator", "operador", "owner", "official", "oficial", "system",
    "sistema", "server", "showroom", "security", "root", "team", "bot", "cashier", "payment",
    "админ", "администратор", "модератор", "поддержка",
)  # fmt: skip
RESERVED_UNSPACED: Final = (
    "管理员",
    "管理員",
    "客服",
    "官方",
    "主持人",
    "店主",
    "店长",
    "系统",
    "運営",
    "公式",
    "관리자",
)


class NameRules:
    """
    Parameters
    ----------
    blocked
        Words that no name may hold; None: those that come with the server.
    reserved
        More names that only staff may bear, such as the store's own.
    """

    def __init__(self, *, blocked: BlockList | None = None, reserved: Iterable[str] = ()) -> None:
        self._blocked = default_list() if blocked is None else blocked
        own = tuple(reserved)
        self._reserved: Final = frozenset(skeleton(word) for word in (*RESERVED, *own)) - {""}
        self._unspaced: Final = tuple(word for word in (*RESERVED_UNSPACED, *own) if not word.isascii())

    def check(self, wanted: str, *, is_staff: bool = False) -> str:
        """
        The name as it will be shown.

        Raises
        ------
        NameRefused
            With what to change.
        """
        if len(wanted) > 4 * LONGEST:  # before any work on it
            raise NameRefused(f"That name is too long. Choose one of at most {LONGEST} characters.", most=LONGEST)
        name = clean(unicodedata.normalize("NFKC", wanted))
        letters = [c for c in name if c not in _PUNCTUATION]
        if len(name) < SHORTEST or not any(unicodedata.category(c) in _LETTERS[:5] for c in letters):
            raise NameRefused(f"A name needs at least {SHORTEST} characters and a letter. Choose another.")
        if len(name) > LONGEST:
            raise NameRefused(f"That name is too long. Choose one of at most {LONGEST} characters.", most=LONGEST)
        odd = sorted({c for c in letters if unicodedata.category(c) not in _LETTERS})
        if odd:
            raise NameRefused(f"A name cannot hold {' '.join(odd[:3])!r}. Use letters, digits, spaces and - _ . '")
        scripts = {script for c in letters if (script := _script(c))}
        if not scripts <= _SCRIPTS or (len(scripts) > 1 and not any(scripts <= company for company in _COMPANY)):
            raise NameRefused("That name mixes scripts that look alike. Write it in one script.")
        if self._blocked.found(name) or has_link(name):
            raise NameRefused("That name is not welcome here. Choose another.")
        if not is_staff and self._is_reserved(name):
            raise NameRefused("That name sounds like the store's staff. Choose another.")
        return name

    def _is_reserved(self, name: str) -> bool:
        words = "".join(c if c not in _PUNCTUATION else " " for c in name).split()
        words = [word for word in words if not word.isdigit()]  # Walker 807 is no bot
        looks = {skeleton(word) for word in words} | {skeleton(name)}
        # Digits at the end do not make another person of Admin2.
        looks |= {skeleton(word.rstrip("0123456789")) for word in words}
        return bool(looks & self._reserved) or any(word in name for word in self._unspaced)


class _Namesakes:
    """People of one name: which number the next gets. The lowest that is free, without looking at all of them."""

    __slots__ = ("count", "free", "next")

    def __init__(self) -> None:
        self.count = 0
        self.free: list[int] = []
        self.next = 2

    def take(self) -> int:
        if self.free:
            return heappop(self.free)
        self.next += 1
        return self.next - 1


class NamesTaken:
    """
    The names in one room: no two that look alike.

    Parameters
    ----------
    chance
        For the numbers of guests without a name.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._by_person: dict[str, str] = {}
        self._skeletons: dict[str, str] = {}
        self._namesakes: dict[str, _Namesakes] = {}
        self._numbers: dict[str, tuple[str, int]] = {}

    def claim(self, person: str, name: str) -> str:
        """
        ``name``, or with a number behind it if somebody else's looks like it; ``Guest`` and a number if it is empty.

        The same person claims again at no cost: the old name is given up first.
        """
        self.release(person)
        chosen = name or f"Guest {self._chance.randrange(1000, 10_000)}"
        if skeleton(chosen) in self._skeletons:
            base = name or "Guest"
            chosen = self._numbered(person, base)
        self._by_person[person] = chosen
        self._skeletons[skeleton(chosen)] = person
        return chosen

    def release(self, person: str) -> None:
        """The person has left; the name is free."""
        name = self._by_person.pop(person, None)
        if name is None:
            return
        del self._skeletons[skeleton(name)]
        base, number = self._numbers.pop(person, ("", 0))
        namesakes = self._namesakes.get(base)
        if namesakes is not None:
            heappush(namesakes.free, number)
            namesakes.count -= 1
            if not namesakes.count:
                del self._namesakes[base]

    def _numbered(self, person: str, base: str) -> str:
        namesakes = self._namesakes.setdefault(base, _Namesakes())
        while True:
            number = namesakes.take()
            tail = f" {number}"
            chosen = base[: LONGEST - len(tail)].rstrip() + tail
            if skeleton(chosen) not in self._skeletons:  # else somebody is called so of their own choice
                break
        namesakes.count += 1
        self._numbers[person] = (base, number)
        return chosen


def _script(character: str) -> str:
    """The script of a letter, by the first word of its Unicode name; empty for digits and marks common to all."""
    kind = unicodedata.category(character)
    if kind == "Nd" and character.isascii():
        return ""
    name = unicodedata.name(character, "")
    if kind == "Mn" and name.startswith("COMBINING"):
        return ""
    if character in "ーｰ々〆":
        return "CJK"
    first = name.split(" ", 1)[0].split("-", 1)[0]
    return "GREEK" if first == "COPTIC" else first
