"""
Heads: are glasses where they belong, as large as they are, calm, and on nobody who is not there?

Draws synthetic people of known truth (``faces_heads.py``) in Chromium, lets the product's own tracker look at those
very frames, and judges (``webclient/bench/tryon_faces.ts``) in layers that are never mixed: true landmarks in (our
maths alone, without and with a pixel of noise), the tracker's landmarks in (the product), and MediaPipe's stock face
matrix in the same table.
"""

import base64
import contextlib
import functools
import http.server
import json
import os
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from browser import open_browser
from faces_heads import PEOPLE, built
from playwright.sync_api import Page
from record import say

REPO = Path(__file__).resolve().parents[3]
WORK = REPO / "build" / "bench" / "tryon"
CLIENT = REPO / "webclient"
LENS_DEG = 63.0
TONES = ("light", "medium", "dark")
LIGHTS = ("soft", "side", "dim", "back", "warm")
NOISE = 3.0
DIM_NOISE = 8.0
LOOKS = 3
FPS = 30
SHARE_OF_A_PIXEL = 0.15
ENOUGH = 12
"""Frames that a mean needs to be called a bias; the quick run has nowhere as many."""
AGAIN = 6
"""Frames of the first person that are drawn, tracked and judged twice: how much a run differs from itself."""
PRODUCT = "marlo-glasses"

Json = dict[str, Any]
Goals = list[tuple[str, str, float | None, bool | None, str]]


def measure(quick: bool) -> Json:
    """
    Figures and goals of heads.

    The quick run has two people, fewer frames of each, films cut short to where their goals are judged, and no peer.
    """
    began = time.perf_counter()
    seconds: dict[str, float] = {}

    def timed(name: str) -> None:
        nonlocal began
        began, seconds[name] = time.perf_counter(), round(time.perf_counter() - began, 1)

    people = built(WORK, 2 if quick else len(PEOPLE))
    timed("people")
    sets = [{"person": one["id"], "cases": cases(number, one["id"], quick)} for number, one in enumerate(people)]
    films = filmed(people, quick)
    with page(people) as bench:
        timed("page")
        for one in sets:
            say(f"heads: {one['person']}, {len(one['cases'])} frames")
            one["looks"] = see(bench, one["cases"], LOOKS, with_stock=not quick)
        timed("frames")
        again = {"person": sets[0]["person"], "cases": sets[0]["cases"][:AGAIN]}
        again["looks"] = see(bench, again["cases"], LOOKS, with_stock=False)
        timed("again")
        for film in films:
            say(f"heads: the film {film['id']}")
            film["looks"] = see(bench, film["cases"], 0, with_stock=False)
        timed("films")
        cost = worn(bench, people[0]["id"], 12 if quick else 45)
        timed("worn")
    found = judged(people, sets, films)
    report = reported(people, sets, films, found)
    report["figures"]["cost"] = cost
    report["goals"].append(cost_goal(cost))
    report["figures"]["noise"] = noise(found["rows"], judged(people, [again], [])["rows"]) | {
        "frame_ms": [cost["frame_ms"], cost["frame_p90_ms"]] if cost else None
    }
    timed("judge")
    report["figures"]["seconds"] = seconds
    say(f"heads: seconds {json.dumps(seconds)}")
    return report


def noise(first: list[Json], second: list[Json]) -> Json:
    """How much the product's errors differ, on average, when the same frames are drawn and tracked a second time."""
    was = {row["id"]: row for row in first if row["layer"] == "product"}
    pairs = [
        (was[row["id"]], row)
        for row in second
        if row["layer"] == "product" and row["isFound"] and was[row["id"]]["isFound"]
    ]
    return {"frames": len(pairs)} | {
        key: round(float(np.mean([abs(a[key] - b[key]) for a, b in pairs])), 3) if pairs else None
        for key in ("bridge_px", "hinge_px", "yaw_deg", "scale")
    }


# ---- what is looked at ----------------------------------------------------------------------------------------------


def head(person: str, tone: str = "light", *, x: float = 0.0, y: float = 0.0, z: float = -0.55, yaw: float = 0.0,
         pitch: float = 0.0, roll: float = 0.0, is_poster: bool = False) -> Json:  # fmt: skip
    return {"person": person, "tone": tone, "yaw_deg": yaw, "pitch_deg": pitch, "roll_deg": roll, "at_m": [x, y, z],
            "isPoster": is_poster}  # fmt: skip


def case(id: str, *heads: Json, light: str = "soft", vertical_deg: float = LENS_DEG, noise: float = NOISE) -> Json:
    return {"id": id, "light": light, "vertical_deg": vertical_deg, "heads": list(heads),
            "noise": DIM_NOISE if light == "dim" else noise}  # fmt: skip


def halton(index: int, base: int) -> float:
    value, share = 0.0, 1.0
    while index:
        share /= base
        value += share * (index % base)
        index //= base
    return value


def cases(number: int, person: str, quick: bool) -> list[Json]:
    """A session of one person: straight on first, then all over what is promised; some through other lenses."""
    found = [case(f"{person}/start-{k}", head(person, TONES[number % 3])) for k in range(1 if quick else 2)]
    for k in range(6 if quick else 14):
        at = 1 + number * 14 + k
        u = [2 * halton(at, base) - 1 for base in (2, 3, 5, 7, 11, 13)]
        z = -0.35 * (1.0 / 0.35) ** ((u[2] + 1) / 2)
        tone, light = TONES[(k + number) % 3], LIGHTS[(k // 3 + number) % 5]
        held = head(person, tone, x=0.22 * u[1], y=0.05 * u[3], z=z, yaw=35 * u[0], pitch=10 * u[4], roll=6 * u[5])
        found.append(case(f"{person}/main-{k}", held, light=light))
    found += [case(f"{person}/side{x:+.2f}", head(person, TONES[number % 3], x=x)) for x in (-0.22, 0.22)]
    for k, fov in () if quick else enumerate((45.0, 45.0, 75.0, 75.0)):
        held = head(person, TONES[number % 3], x=(-0.18, 0.18)[k % 2], z=-0.6, yaw=(12, -12)[k % 2])
        found.append(case(f"{person}/lens-{k}", held, vertical_deg=fov))
    return found


def filmed(people: list[Json], quick: bool = False) -> list[Json]:
    """
    Films of three seconds: at rest, in motion; and what must not be worn on, or mixed up.

    Quick: half of the time at rest and in motion, the moment of the crossing, and a few frames of what nothing may
    be worn on.
    """
    a, b = people[0]["id"], people[1]["id"]
    t = np.arange(3 * FPS) / FPS
    short, seldom = (t[: FPS * 3 // 2], t[::30]) if quick else (t, t[::2])
    still = [case("still", head(a, yaw=8, pitch=3, x=0.03)) for _ in short]
    sway = [
        case("sway", head(a, x=0.06 * np.sin(2 * np.pi * 0.4 * s), yaw=14 * np.sin(2 * np.pi * 0.3 * s))) for s in short
    ]
    turned = [case("turned", head(a, yaw=110 + 140 * s / 3)) for s in seldom]
    nobody = [case("nobody", light=LIGHTS[int(s * 2) % 5]) for s in seldom]
    poster = [
        case("poster", head(b, "medium", yaw=25 * np.sin(2 * s), x=0.1 * np.sin(s), z=-0.7, is_poster=True))
        for s in seldom
    ]
    cross = [
        case("cross", head(a, x=-0.3 + 0.2 * s, z=-1.0, yaw=10), head(b, "dark", x=0.3 - 0.2 * s, z=-0.75, yaw=-10))
        for s in (t[38:58] if quick else t)
    ]
    return [{"id": one[0]["id"], "cases": one, "from": "product"}
            for one in (still, sway, turned, nobody, poster, cross)]  # fmt: skip


# ---- looking --------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def served(page_name: str = "tryon") -> Iterator[str]:
    """The benchmark's page, built, and the trackers; its address."""
    out = WORK / "dist"
    build = ["npx", "vite", "build", "--config", f"bench/{page_name}.vite.ts", "--outDir", str(out)]
    subprocess.run([*build, "--logLevel", "warn"], cwd=CLIENT, check=True, stdout=subprocess.DEVNULL)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=str(out)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/bench/{page_name}.html"
    finally:
        server.shutdown()


class Files(http.server.SimpleHTTPRequestHandler):
    extensions_map: ClassVar = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".wasm": "application/wasm",
        ".js": "text/javascript",
    }

    def translate_path(self, path: str) -> str:
        if path.startswith("/products/"):
            return str(REPO / "build" / "demo" / path.lstrip("/"))
        if path.startswith("/trackers/"):
            return str(CLIENT / "public" / "trackers" / Path(path).name)
        return super().translate_path(path)

    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def page(people: list[Json]) -> Iterator[Page]:
    with served() as address, open_browser() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 200}, bypass_csp=True)
        found = context.new_page()
        found.set_default_timeout(120_000)
        found.goto(address)
        found.wait_for_function("window.bench", timeout=60_000)
        for person in people:
            mesh = base64.b64encode((WORK / person["mesh"]["file"]).read_bytes()).decode()
            found.evaluate("([person, mesh]) => bench.put(person, mesh)", [person, mesh])
        yield found


def see(bench: Page, wanted: list[Json], looks: int, *, with_stock: bool) -> list[Json]:
    """What the tracker says, in small portions."""
    found: list[Json] = []
    for start in range(0, len(wanted), 10):
        part = wanted[start : start + 10]
        found += bench.evaluate("([cases, looks, stock]) => bench.see(cases, looks, stock)", [part, looks, with_stock])
    return found


def worn(bench: Page, person: str, frames: int) -> Json:
    """Milliseconds a frame on the page's thread outside the tracker, glasses on; the first frames compile and load."""
    if not (REPO / "build" / "demo" / "products" / PRODUCT).is_dir():
        return {}
    film = [case("worn", head(person, x=0.04 * np.sin(k / 9), yaw=15 * np.sin(k / 7))) for k in range(frames)]
    film = json.loads(json.dumps(film, default=float))
    found = bench.evaluate("([film, id, file]) => bench.wear(film, id, file)", [film, PRODUCT, "middle-webp.glb"])
    (WORK / "worn.jpg").write_bytes(base64.b64decode(found["picture"]))
    kept = slice(frames // 3, None)
    whole = np.array(found["heads_ms"][kept]) + np.array(found["draw_ms"][kept])
    return {
        "heads_ms": round(float(np.median(found["heads_ms"][kept])), 2),
        "draw_ms": round(float(np.median(found["draw_ms"][kept])), 2),
        "frame_ms": round(float(np.median(whole)), 2), "frame_p90_ms": round(float(np.percentile(whole, 90)), 2),
        "product": PRODUCT, "drawn": "software rendering",
    }  # fmt: skip


def cost_goal(cost: Json) -> tuple[str, str, float | None, bool | None, str]:
    value = cost.get("frame_ms")
    text = "at most 8 ms a frame on the page's thread outside the tracker, software rendering"
    return ("cost", text, value, None if value is None else value <= 8, "heads")


def judged(people: list[Json], sets: list[Json], films: list[Json]) -> Json:
    path = WORK / "seen.json"
    path.write_text(json.dumps({"people": people, "sets": sets, "films": films}, default=float))
    ran = subprocess.run(["npx", "vite-node", "bench/tryon_faces.ts", str(path)], cwd=CLIENT, capture_output=True,
                         text=True, check=False, env={**os.environ, "NO_COLOR": "1"})  # fmt: skip
    if ran.returncode:
        raise RuntimeError(ran.stderr[-2000:])
    found: Json = json.loads(ran.stdout[ran.stdout.index('{"rows"') :])
    return found


# ---- what comes of it -----------------------------------------------------------------------------------------------


def summary(rows: list[Json]) -> Json:
    """Of rows of one layer; errors over those that were found, and how many were not."""
    seen = [row for row in rows if row["isFound"]]
    if not seen:
        return {"cases": len(rows), "found": 0}

    def of(key: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array([row[key] for row in seen if row[key] is not None], float)

    yaw, bridge, hinge, scale, pupils = of("yaw_deg"), of("bridge_px"), of("hinge_px"), of("scale"), of("pupils_mm")
    return {
        "cases": len(rows), "found": len(seen),
        "yaw_bias_deg": round(float(yaw.mean()), 2), "yaw_abs_p90_deg": round(float(np.percentile(abs(yaw), 90)), 2),
        "bridge_px": round(float(bridge.mean()), 2), "bridge_p90_px": round(float(np.percentile(bridge, 90)), 2),
        "hinge_px": round(float(hinge.mean()), 2), "hinge_p90_px": round(float(np.percentile(hinge, 90)), 2),
        "scale_bias": round(float(scale.mean()), 4), "scale_abs": round(float(abs(scale).mean()), 4),
        **({"pupils_bias_mm": round(float(pupils.mean()), 2), "pupils_abs_mm": round(float(abs(pupils).mean()), 2)}
           if len(pupils) else {}),
    }  # fmt: skip


def bins(value: float, edges: tuple[float, float], names: tuple[str, str, str]) -> str:
    return names[0] if value < edges[0] else names[1] if value <= edges[1] else names[2]


def labels(person: Json, one: Json) -> dict[str, str]:
    held = one["heads"][0]
    x, _, z = held["at_m"]
    return {
        "sex": person["sex"], "person": person["id"], "skin": held["tone"], "light": one["light"],
        "lens": f"{one['vertical_deg']:.0f} deg",
        "side": bins(x, (-0.08, 0.08), ("left", "middle", "right")),
        "turn": bins(held["yaw_deg"], (-12, 12), ("right", "straight", "left")),
        "distance": bins(-z, (0.5, 0.7), ("0.35-0.5 m", "0.5-0.7 m", "0.7-1 m")),
    }  # fmt: skip


def reported(people: list[Json], sets: list[Json], films: list[Json], found: Json) -> Json:
    by_id = {
        one["id"]: labels(person, one) for person, group in zip(people, sets, strict=True) for one in group["cases"]
    }
    layers: dict[str, list[Json]] = defaultdict(list)
    for row in found["rows"]:
        layers[row["layer"]].append(row)
    figures: Json = {"layers": {}, "tracker_ms": {}}
    for layer, rows in layers.items():
        usual = [row for row in rows if by_id[row["id"]]["lens"] == f"{LENS_DEG:.0f} deg"]
        table = {"all": summary(usual)}
        for name in ("side", "turn", "distance", "skin", "sex", "light", "person", "lens"):
            groups: dict[str, list[Json]] = defaultdict(list)
            for row in rows if name == "lens" else usual:
                groups[by_id[row["id"]][name]].append(row)
            table[name] = {key: summary(value) for key, value in sorted(groups.items())}
        figures["layers"][layer] = table
    took = [look["took_ms"] for group in sets for look in group["looks"] or []]
    figures["tracker_ms"] = {"face": round(float(np.median(took)), 1)} if took else {}
    goals: Goals = []
    for layer, said in (
        ("truth", "true landmarks"),
        ("noisy", "true landmarks, 1 px of noise"),
        ("product", "product"),
        ("stock", "stock matrix (peer)"),
    ):
        if layer in figures["layers"]:
            goals += face_goals(figures["layers"][layer], said)
    figures["films"], more = film_figures(films, found["films"])
    return {"figures": figures, "goals": goals + more}


def face_goals(table: Json, said: str) -> Goals:
    biases = [
        abs(part["yaw_bias_deg"])
        for name in ("side", "turn", "distance")
        for part in table[name].values()
        if part["found"] >= ENOUGH
    ]
    whole, worst = table["all"], max(biases, default=None)
    group = "heads"

    def goal(
        name: str, text: str, value: float | None, bound: float
    ) -> tuple[str, str, float | None, bool | None, str]:
        return (f"{name}, {said}", text, value, None if value is None else bool(value <= bound), group)

    rows = [
        goal("yaw", "bias at most 2 degrees in the worst place, turn or distance", worst, 2.0),
        goal("bridge", "mean error at most 3 px at 720p", whole.get("bridge_px"), 3.0),
        goal("hinges", "mean error at most 3 px at 720p", whole.get("hinge_px"), 3.0),
    ]
    return rows if said.startswith(("product", "true")) else [(*row[:3], None, group) for row in rows]


def film_figures(films: list[Json], told: list[Json]) -> tuple[Json, Goals]:
    figures: Json = {}
    goals: Goals = []
    wanted = {film["id"]: film for film in films}
    for film in told:
        id, frames = film["id"], film["frames"]
        if id in ("still", "sway"):
            figures[id] = motion(frames)
        else:
            figures[id] = {"frames": len(frames), "worn": sum(len(frame["heads"]) for frame in frames)}
            if id == "cross":
                figures[id] = crossing(frames, wanted[id])
    if "still" in figures:
        at_rest, moving = figures["still"], figures["sway"]
        for name, bound, value, text in (
            ("still", SHARE_OF_A_PIXEL, at_rest["rms_px"], f"at rest at most {SHARE_OF_A_PIXEL} px RMS"),
            ("lag", 1.0, moving["lag_frames"], "at most one frame"),
            ("swim", 1.0, moving["swim_px"], "at most 1 px RMS in motion, on the frame that was tracked"),
        ):
            goals.append((name, text, value, value <= bound, "heads"))
        for id, said in (
            ("nobody", "an empty room"),
            ("turned", "the back of a head"),
            ("poster", "a printed face (cannot be told: counted)"),
        ):
            worn = figures[id]["worn"]
            goals.append(
                (f"false wears, {id}", f"none on {said}", worn, None if id == "poster" else worn == 0, "heads")
            )
        goals.append(
            ("swaps", "none when two people cross", figures["cross"]["swaps"], figures["cross"]["swaps"] == 0, "heads")
        )
    return figures, goals


def motion(frames: list[Json]) -> Json:
    """At rest and moving: the bridge against its true place, after a second of looking."""
    kept = [frame for frame in frames[FPS:] if frame["heads"]]
    true = np.array([frame["true"][0] for frame in kept])
    out: Json = {"frames": len(frames) - FPS, "found": len(kept)}
    for key, name in (("bridge", ""), ("raw", "raw_")):
        off = np.array([frame["heads"][0][key] for frame in kept]) - true
        off = off - off.mean(axis=0)
        out[f"{name}rms_px"] = round(float(np.sqrt((off**2).sum(axis=1).mean() / 2)), 3)
        pace = np.gradient(true[:, 0])
        lag = float(-(off[:, 0] * pace).sum() / max((pace**2).sum(), 1e-9))
        out[f"{name}lag_frames"] = round(lag, 3)
        # Swim: how far what is worn slides on the face, once what never changes is taken off.
        out[f"{name}swim_px"] = round(float(np.sqrt((off**2).sum(axis=1).mean())), 3)
    return out


def crossing(frames: list[Json], film: Json) -> Json:
    """Who wears what: a swap is a head that goes from one person to the other."""
    swaps = lost = 0
    owner: dict[int, int] = {}
    for frame in frames:
        lost += len(frame["true"]) - len(frame["heads"])
        (x0, y0), (x1, y1) = frame["true"]
        if np.hypot(x1 - x0, y1 - y0) < 60:
            continue  # one face over the other: whose it is cannot be said from where it is
        for one in frame["heads"]:
            far = [float(np.hypot(one["bridge"][0] - x, one["bridge"][1] - y)) for x, y in frame["true"]]
            nearest = int(np.argmin(far))
            if owner.get(one["who"], nearest) != nearest and min(far) < 30:
                swaps += 1
            if min(far) < 30:
                owner[one["who"]] = nearest
    return {"frames": len(frames), "worn": sum(len(frame["heads"]) for frame in frames), "swaps": swaps, "unworn": lost}


def printed(result: Json, out: Callable[[str], None] = print) -> None:
    """The four layers side by side."""
    keys: Iterable[str] = (
        "found",
        "yaw_bias_deg",
        "yaw_abs_p90_deg",
        "bridge_px",
        "bridge_p90_px",
        "hinge_px",
        "scale_bias",
        "scale_abs",
        "pupils_abs_mm",
    )
    for name in ("all", "side", "turn", "distance", "skin", "sex", "light", "lens"):
        for layer, table in result["figures"]["layers"].items():
            for key, part in ({"": table[name]} if name == "all" else table[name]).items():
                out(f"{name:<9}{key:<12}{layer:<9}" + "  ".join(f"{k} {part.get(k)}" for k in keys))
