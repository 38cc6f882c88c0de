"""
Block lists: words a store does not want to read, found also when they are disguised.

A word is found as a whole word (``Scunthorpe`` passes), through case, accents, letters of other scripts, leetspeak
(``5h1t``), stretching (``shiiit``), stars (``sh*t``) and spacing (``s h i t``, ``s.h.i.t``). Words of scripts that do
not put spaces between words are found anywhere. Numbers alone (``455``) are never words.

A filter keeps honest people polite; it does not stop somebody determined. That is what moderators are for.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import islice
from typing import Final

from showroom.social.text import fold

MOST_WORDS: Final = 2000
LONGEST_WORD: Final = 40

# Letters of other scripts that stand in for Latin ones. Only where the whole word can be read so: a Russian word is
# Russian, and not an odd spelling of something else.
_FOREIGN: Final = str.maketrans(
    {
        look: plain
        for plain, looks in {
            "a": "аαɑ", "b": "вь", "c": "сϲⅽ", "d": "ԁⅾ", "e": "еєε", "g": "ɡԍ", "h": "һ", "i": "іιı", "j": "ј",
            "k": "кκ", "l": "ⅼӏ", "m": "мⅿ", "n": "пո", "o": "оοσօ", "p": "рρ", "q": "ԛ", "r": "гꞅ", "s": "ѕꜱ",
            "t": "тτ", "u": "υս", "v": "ѵν", "w": "ѡԝ", "x": "хχ", "y": "уү",
        }.items()
        for look in looks
    }
)  # fmt: skip
_DIGITS: Final = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g"}
_SYMBOLS: Final = {"@": "a", "$": "s", "€": "e", "+": "t", "¢": "c"}
# 1, ! and | stand for i or for l; both readings are tried.
_READINGS: Final = tuple(str.maketrans(_DIGITS | _SYMBOLS | {"1": one, "!": one, "|": one}) for one in "il")
_CHUNK: Final = re.compile(r"\S+")
_UNSPACED: Final = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")


class BlockList:
    """
    Words that a store refuses, made ready for matching.

    Parameters
    ----------
    words
        In any case and script; at most 2,000 of at most 40 characters, longer ones and the rest are not looked at.
        A line that begins with ``#`` is none.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        by_first: dict[str, set[str]] = defaultdict(set)
        anywhere: set[str] = set()
        for word in islice(_words(words), MOST_WORDS):
            if any(_is_unspaced(letter) for letter in word):
                anywhere.add("".join(word.split()))
            else:
                by_first[word[0]].add(word)
        self._tight = _compile(by_first, r"[^\w\s]{0,2}")
        self._spaced = _compile(by_first, r"\s+")
        self._anywhere = tuple(sorted(anywhere, key=len))

    def found(self, text: str) -> bool:
        """Whether one of the words is in ``text``, disguised or not."""
        folded = fold(text)
        if self._anywhere:
            joined = "".join(letter for letter in folded if letter.isalnum())
            if any(word in joined for word in self._anywhere):
                return True
        if self._tight is None or self._spaced is None:
            return False
        return any(
            self._tight.search(reading) is not None or self._spaced.search(reading) is not None
            for reading in _readings(folded)
        )


def _words(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        word = fold(line)
        if word and not word.startswith("#") and len(word) <= LONGEST_WORD:
            # A list may itself be written with digits for letters; a word must hold at least one letter.
            letters = "".join(c for c in word if c.isalnum() or c == " ").strip()
            if any(c.isalpha() for c in letters) and len(letters) > 1:
                yield letters


def _is_unspaced(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_UNSPACED)


def _readings(folded: str) -> set[str]:
    """The text as it may be meant: letters for digits and symbols, but not in numbers."""
    texts = {folded}
    for table in _READINGS:
        texts.add(_CHUNK.sub(lambda chunk, table=table: _read(chunk[0], table), folded))  # type: ignore[misc]
        texts.add(_CHUNK.sub(lambda chunk, table=table: _read_inside(chunk[0], table), folded))  # type: ignore[misc]
    return texts


def _read(chunk: str, table: dict[int, str]) -> str:
    if not any(c.isalpha() for c in chunk):
        return chunk  # a price, a time, a telephone number
    latin = chunk.translate(_FOREIGN)
    return (latin if latin.isascii() else chunk).translate(table)


def _read_inside(chunk: str, table: dict[int, str]) -> str:
    end = len(chunk)
    while end and not chunk[end - 1].isalnum():
        end -= 1
    return _read(chunk[:end], table) + chunk[end:]


def _compile(by_first: dict[str, set[str]], gap: str) -> re.Pattern[str] | None:
    """One pattern for all words. Grouped by first letter, which lets the search skip most of the list."""
    if not by_first:
        return None
    groups = []
    for first, words in sorted(by_first.items()):
        tails = "|".join(_tail(word[1:], gap) for word in sorted(words))
        groups.append(f"{re.escape(first)}+(?:{tails})")
    return re.compile(rf"(?<!\w)(?:{'|'.join(groups)})(?!\w)")


def _tail(letters: str, gap: str) -> str:
    """The letters after the first: each may be stretched or starred out, with a gap before it."""
    return "".join(r"[\W_]+" if letter == " " else rf"{gap}(?:{re.escape(letter)}+|[*#%])" for letter in letters)


@cache
def default_list() -> BlockList:
    """``default_words``, made ready."""
    return BlockList(default_words())


@cache
def default_words() -> tuple[str, ...]:
    """The lists that come with the server: a few dozen common swear words of English, Spanish and Chinese."""
    folder = resources.files("showroom.social") / "wordlists"
    return tuple(
        line
        for name in ("en.txt", "es.txt", "zh.txt")
        for line in (folder / name).read_text(encoding="utf-8").splitlines()
    )
