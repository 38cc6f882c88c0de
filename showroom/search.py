"""
A small search over products: ranked, forgiving of typing errors, at home in Latin and Chinese writing.

Text is folded (case, accents, width), cut into words, and Chinese, Japanese and Korean into single characters and
pairs of them, for they put no spaces. A word of the query finds a word of the index that is equal, that it begins, or
that is one typing error away (two in long words). All words must be found; if nothing has them all, what has most of
them is shown. Ranking is by field, by kind of match and by how rare the word is (after BM25's inverse frequency).

In memory and rebuilt with the shelf: a few thousand products take milliseconds. SQLite's own full-text search is not
there on PostgreSQL, and neither forgives typing errors. Sans I/O.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
_WIDE: Final = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+|[^\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
)
_MOST_WORDS: Final = 12
_MOST_LETTERS: Final = 40
_PREFIX: Final = 0.6
_TYPO: Final = 0.4


@dataclass(frozen=True, slots=True)
class Entry:
    """What is found: its id, and texts with how much each counts."""

    id: str
    texts: Sequence[tuple[float, str]]


class Index:
    """All entries, by word."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._weights: dict[str, dict[str, float]] = defaultdict(dict)
        count = 0
        for entry in entries:
            count += 1
            for weight, text in entry.texts:
                for word in set(words(text)):
                    held = self._weights[word]
                    held[entry.id] = max(held.get(entry.id, 0.0), weight)
        self._count = count
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in self._weights:
            self._by_length[len(word)].append(word)

    def find(self, query: str) -> list[str]:
        """Ids that match, best first; ties by id."""
        asked = list(dict.fromkeys(words(query)))[:_MOST_WORDS]
        if not asked:
            return []
        scores: dict[str, float] = defaultdict(float)
        hits: dict[str, int] = defaultdict(int)
        for word in asked:
            for entry, score in self._one(word).items():
                scores[entry] += score
                hits[entry] += 1
        most = max(hits.values(), default=0)
        # With a single word missing in a long query, still show what has the others; never what has less than half.
        if 2 * most < len(asked):
            return []
        return sorted((one for one in hits if hits[one] == most), key=lambda one: (-scores[one], one))

    def _one(self, asked: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for word, quality in self._near(asked):
            held = self._weights[word]
            rarity = math.log(1 + (self._count - len(held) + 0.5) / (len(held) + 0.5))
            for entry, weight in held.items():
                found[entry] = max(found.get(entry, 0.0), weight * quality * (0.1 + rarity))
        return found

    def _near(self, asked: str) -> Iterator[tuple[str, float]]:
        if asked in self._weights:
            yield asked, 1.0
        if _is_wide(asked):
            return
        for length, group in self._by_length.items():
            if length > len(asked) >= 2:
                yield from ((word, _PREFIX) for word in group if word.startswith(asked))
        allowed = 0 if len(asked) < 4 else 1 if len(asked) < 8 else 2
        for length in range(len(asked) - allowed, len(asked) + allowed + 1):
            for word in self._by_length.get(length, ()) if allowed else ():
                if word != asked and not _is_wide(word) and within(asked, word, allowed):
                    yield word, _TYPO


def words(text: str) -> list[str]:
    """Folded words; wide writing as single characters and pairs."""
    found: list[str] = []
    for word in _WORD.findall(_fold(text)):
        for part in _WIDE.findall(word):
            if _is_wide(part):
                found += [*part, *(part[at : at + 2] for at in range(len(part) - 1))]
            else:
                found.append(part[:_MOST_LETTERS])
    return found


def within(a: str, b: str, allowed: int) -> bool:
    """
    Whether ``b`` is at most ``allowed`` typing errors from ``a``: a letter more, less, another, or two swapped.

    Source: optimal string alignment distance (Damerau 1964), by rows.
    """
    if abs(len(a) - len(b)) > allowed:
        return False
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > allowed:
            return False
    return row[-1] <= allowed


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).casefold()
    marks = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", marks)


def _is_wide(text: str) -> bool:
    return bool(re.match(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]", text))
