"""
Text from strangers, made fit to be shown, and folded for comparing.

``clean`` is what others will read: canonical form (NFC), nothing invisible, nothing that turns the direction of a line,
no piles of marks. ``fold`` is what rules compare: compatibility form (NFKC), no case, no marks. The shown text is not
brought to NFKC: that would turn the full-width punctuation of Chinese and Japanese into ASCII.

``skeleton`` follows the idea of Unicode TS 39: two names with one skeleton look alike. The map is a small one, of the
letters that are really used to imitate Latin names, not the whole table.
"""

import unicodedata
from typing import Final

_ZWNJ, _ZWJ, _EMOJI_LOOK = "\u200c", "\u200d", "\ufe0f"
# Drawn as nothing, though Unicode calls them letters, symbols or marks.
_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0")
_MARKS: Final = ("Mn", "Me", "Mc")
_MOST_MARKS: Final = 3


def clean(text: str) -> str:
    """
    ``text`` as it may be shown to others, on one line, without space at its ends; possibly empty.

    The result is stable: cleaning it again changes nothing.
    """
    kept: list[str] = []
    marks = 0
    previous_kind = "Zs"
    for character in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(character)
        if kind in ("Zs", "Zl", "Zp") or character in "\t\n\r\v\f\x85":
            character, kind = " ", "Zs"
            if previous_kind == "Zs":
                continue
        elif character in (_ZWNJ, _ZWJ):
            # Needed inside of words of some scripts and of composed emoji; anywhere else they only hide things.
            if previous_kind not in ("Lo", "Mn", "Mc", "So", "Sk"):
                continue
        elif kind in ("Cc", "Cf", "Cs", "Co", "Cn") or character in _BLANK:
            continue
        elif character == _EMOJI_LOOK:
            if previous_kind not in ("So", "Po", "Nd", "Sm"):
                continue
        elif "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
            continue
        if kind in _MARKS:
            marks += 1
            if marks > _MOST_MARKS or previous_kind == "Zs":
                continue
        else:
            marks = 0
        kept.append(character)
        previous_kind = kind
    while kept and kept[-1] in (" ", _ZWNJ, _ZWJ):
        kept.pop()
    result = unicodedata.normalize("NFC", "".join(kept))
    # What was dropped may have kept a base and a mark apart; one more round settles it.
    return result if result == text else clean(result)


def fold(text: str) -> str:
    """``text`` for comparing: compatibility form, without case, marks and invisible characters."""
    decomposed = unicodedata.normalize("NFKD", clean(unicodedata.normalize("NFKC", text)).casefold())
    bare = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Me") and c not in (_ZWNJ, _ZWJ))
    return unicodedata.normalize("NFKC", bare)


# Written as pairs of strings: every character of the second looks like the one of the first.
_LOOKALIKES: Final[dict[str, str]] = {
    look: plain
    for plain, looks in {
        "a": "аαɑ4@", "b": "вьЬβ8ƅ", "c": "сϲⅽ¢ꞓ", "d": "ԁⅾɗ", "e": "еєεҽ3€ǝɘ", "f": "ƒϝ", "g": "ɡԍ9ց", "h": "һнʜհ",
        "j": "јϳ", "k": "кκĸ", "l": "i1|!іιıǀⅼӏl¡ɩ", "m": "мⅿ", "n": "пηոռɴ", "o": "оοσ0օ०০ơⲟ", "p": "рρϱþ", "q": "ԛգ",
        "r": "гꞅʀᴦ", "s": "ѕ5$ꜱʂ", "t": "тτ7+ƭ", "u": "υսʋцμ", "v": "ѵνⅴ", "w": "ѡԝωшщɯ", "x": "хχⅹ×", "y": "уүγʏყ",
        "z": "ᴢʐ2ȥ",
    }.items()
    for look in looks
}  # fmt: skip
_TRANSLATION: Final = str.maketrans(_LOOKALIKES)


def skeleton(text: str) -> str:
    """
    What ``text`` looks like at a glance, letters and digits only: equal skeletons may be mistaken for each other.

    Not for showing, and not a proof: it knows the imitations of Latin letters and digits.
    """
    looks = fold(text).translate(_TRANSLATION)
    bare = "".join(c for c in looks if c.isalnum())
    return bare.replace("rn", "m").replace("vv", "w")
