"""
A body from MakeHuman's sliders: where every vertex of the base mesh is, plainly and under each morph.

Metres, +Y up, front +Z; the soles of the bare feet stand ``SOLE_M`` above the floor, on the soles of shoes.

What it is not: clothes, hair or eyes, which are made on it.

Source: MakeHuman's macro modelling: a target's strength is the product of its name's parts.
"""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from showroom_demo.avatars.people import SHAPES, Person
from showroom_demo.avatars.source import BODY_VERTICES, MakeHuman
from showroom_demo.kit.shape import F64

SOLE_M = 0.022
_AGES = {"young": 25.0, "old": 90.0}
FACES = ("blink", "smile", "open")


@dataclass(frozen=True, slots=True, eq=False)
class Human:
    """``points (19158, 3)`` · ``morphs`` name → displacements of the same shape · the barefoot height."""

    person: Person
    points: F64
    morphs: dict[str, F64]
    height_m: float


def human(data: MakeHuman, person: Person) -> Human:
    """The body of a person, its height exact to a millimetre."""
    plain = _sum(data, person) * 0.1
    low, high = plain[:BODY_VERTICES, 1].min(), plain[:BODY_VERTICES, 1].max()
    scale = person.height_m / (high - low)
    origin = np.array([0.0, low, 0.0])

    def placed(points: F64) -> F64:
        return np.asarray((points - origin) * scale + [0.0, SOLE_M, 0.0])

    morphs = {}
    for name in SHAPES:
        other = placed(_sum(data, _shaped(person, name)) * 0.1)
        morphs[name] = _without_growth(other - placed(plain), placed(plain))
    people = ("african", "asian", "caucasian")
    for name, parts in _EXPRESSIONS.items():
        total = np.zeros_like(plain)
        for share, ethnic in zip(person.people, people, strict=True):
            for target, strength in parts.items():
                index, delta = data.target(f"expression/units/{ethnic}/{target}")
                total[index] += share * strength * delta
        morphs[name] = total * 0.1 * scale
    return Human(person, placed(plain), morphs, person.height_m)


_EXPRESSIONS = {
    "blink": {"eye-left-closure": 1.0, "eye-right-closure": 1.0},
    "smile": {"mouth-corner-puller": 0.55, "eye-left-slit": 0.12, "eye-right-slit": 0.12, "mouth-elevation": 0.12},
    "open": {"mouth-open": 0.22, "mouth-part-later": 0.3},
}


def _shaped(person: Person, shape: str) -> Person:
    """The same person four steps wider, stronger or older."""
    if shape == "wide":
        return replace(person, weight=min(person.weight + 0.38, 1.0))
    if shape == "strong":
        return replace(person, muscle=min(person.muscle + 0.38, 1.0))
    return replace(person, age=min(person.age + 34.0, 85.0))


def _without_growth(delta: F64, points: F64) -> F64:
    """
    A morph without its share of growth in height, for the bones do not move with it.

    The linear trend of the vertical displacement over height goes; what is left is flesh.
    """
    body = slice(0, BODY_VERTICES)
    y, dy = points[body, 1] - SOLE_M, delta[body, 1]
    slope = float((y * dy).sum() / (y * y).sum())
    out = delta.copy()
    out[:, 1] -= slope * (points[:, 1] - SOLE_M)
    feet = np.clip((points[:, 1] - SOLE_M) / 0.10, 0.0, 1.0)[:, None]
    return np.asarray(out * feet)


def _mix(value: float, low: str, high: str, middle: str) -> dict[str, float]:
    """A slider about 0.5 as shares of its two named ends."""
    return {middle: 2 * (1 - value), high: 2 * value - 1} if value > 0.5 else {low: 1 - 2 * value, middle: 2 * value}


def _sum(data: MakeHuman, person: Person) -> F64:
    points = data.points.copy()
    gender = "male" if person.is_male else "female"
    old = np.clip((person.age - _AGES["young"]) / (_AGES["old"] - _AGES["young"]), 0.0, 1.0)
    ages = {"young": 1 - old, "old": old}
    people = dict(zip(("african", "asian", "caucasian"), person.people, strict=True))
    muscles = _mix(person.muscle, "minmuscle", "maxmuscle", "averagemuscle")
    weights = _mix(person.weight, "minweight", "maxweight", "averageweight")

    def add(name: str, strength: float) -> None:
        if abs(strength) > 1e-4 and data.has(name):
            index, delta = data.target(name)
            points[index] += strength * delta

    for (who, share), (age, of_age) in product(people.items(), ages.items()):
        add(f"macrodetails/{who}-{gender}-{age}", share * of_age)
    for (age, of_age), (muscle, m), (weight, w) in product(ages.items(), muscles.items(), weights.items()):
        kind = f"{gender}-{age}-{muscle}-{weight}"
        strength = of_age * m * w
        add(f"macrodetails/universal-{kind}", strength)
        ideal = "idealproportions" if person.proportions > 0.5 else "uncommonproportions"
        add(f"macrodetails/proportions/{kind}-{ideal}", strength * abs(2 * person.proportions - 1))
    for name, strength in person.features.items():
        if name.startswith("*"):
            folder, _, part = name[1:].partition("/")
            add(f"{folder}/l-{part}", strength)
            add(f"{folder}/r-{part}", strength)
        else:
            add(name, strength)
    return points
