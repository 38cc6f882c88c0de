"""
Who the six are: numbers for MakeHuman's sliders.

``people`` are shares of the African, Asian and European base; ``age`` in years; the rest as MakeHuman's macro sliders,
0..1 about 0.5. ``features`` name targets (a leading ``*/`` part stands for both sides) with their strength.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: str
    label: str
    is_male: bool
    people: tuple[float, float, float]
    age: float
    height_m: float
    muscle: float = 0.5
    weight: float = 0.5
    proportions: float = 0.75
    hair: str = "bob"
    outfit: str = "linen"
    iris: tuple[float, float, float] = (0.30, 0.19, 0.11)
    """Linear RGB."""
    features: dict[str, float] = field(default_factory=dict)


PEOPLE: tuple[Person, ...] = (
    Person(
        id="ada", label="Ada", is_male=False, people=(0.05, 0.1, 0.85), age=31, height_m=1.70, weight=0.47,
        muscle=0.52, hair="bob", outfit="linen", iris=(0.20, 0.24, 0.16),
        features={"head/head-oval": 0.5, "mouth/mouth-angles-up": 0.25, "nose/nose-point-up": 0.25,
                  "nose/nose-scale-horiz-decr": 0.2, "chin/chin-triangle": 0.25, "*eyes/eye-scale-incr": 0.15},
    ),
    Person(
        id="noor", label="Noor", is_male=False, people=(0.35, 0.2, 0.45), age=44, height_m=1.64, weight=0.60,
        muscle=0.48, hair="long", outfit="dress", iris=(0.13, 0.075, 0.035),
        features={"head/head-round": 0.35, "mouth/mouth-angles-up": 0.2, "mouth/mouth-lowerlip-volume-incr": 0.3,
                  "nose/nose-hump-incr": 0.3, "*eyes/eye-scale-incr": 0.2, "*cheek/cheek-bones-incr": 0.2},
    ),
    Person(
        id="mei", label="Mei", is_male=False, people=(0.0, 0.95, 0.05), age=24, height_m=1.60, weight=0.42,
        muscle=0.5, hair="bun", outfit="knit", iris=(0.09, 0.05, 0.028),
        features={"head/head-oval": 0.35, "mouth/mouth-angles-up": 0.3, "chin/chin-triangle": 0.2,
                  "*eyes/eye-scale-incr": 0.1},
    ),
    Person(
        id="ben", label="Ben", is_male=True, people=(0.05, 0.05, 0.9), age=58, height_m=1.80, weight=0.58,
        muscle=0.5, hair="crop", outfit="suit", iris=(0.17, 0.24, 0.33),
        features={"head/head-rectangular": 0.3, "chin/chin-width-incr": 0.2, "nose/nose-hump-incr": 0.25,
                  "mouth/mouth-angles-up": 0.2},
    ),
    Person(
        id="kofi", label="Kofi", is_male=True, people=(0.95, 0.0, 0.05), age=27, height_m=1.86, weight=0.46,
        muscle=0.66, hair="curls", outfit="active", iris=(0.075, 0.042, 0.022),
        features={"head/head-oval": 0.4, "mouth/mouth-angles-up": 0.2, "*cheek/cheek-bones-incr": 0.2},
    ),
    Person(
        id="luis", label="Luis", is_male=True, people=(0.2, 0.35, 0.45), age=38, height_m=1.73, weight=0.55,
        muscle=0.56, hair="crop", outfit="denim", iris=(0.15, 0.085, 0.04),
        features={"head/head-square": 0.25, "mouth/mouth-angles-up": 0.2, "nose/nose-scale-horiz-incr": 0.1},
    ),
)  # fmt: skip

SHAPES = ("wide", "strong", "old")
"""Shapes that bend the surface; being taller is a scale of the whole figure (``TALL_PER_STEP``)."""

TALL_PER_STEP = 0.0125


def person(id: str) -> Person:
    return next(p for p in PEOPLE if p.id == id)
