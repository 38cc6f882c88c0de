"""
Scan to shelf against gltfpack and glTF-Transform: the same input, the same renderer, the same metrics.

Nobody grades itself: the pictures are taken by headless Chromium and three.js, and compared by the referee's own
script, both from the folder ``SHOWROOM_PEERS`` (default ``../shared/peers/pipeline``). Every tool gets the same GLB:
the raw scan, moved to where a product stands (metres, +Y up), with the smooth normals that viewers give a file that
has none.

``make bench-pipeline`` runs all textured scans and takes about an hour on two cores; ``QUICK=1`` takes one scan, in a
minute. ``python tests/bench/pipeline.py scan cracker_box`` judges that one scan as the whole run does, and writes
``build/bench/scan.json`` beside the whole run's record.
"""

import json
import math
import os
import shutil
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from record import QUICK, REPO, Ran, Record, run, say

SHARED = Path(os.environ.get("SHOWROOM_TEST_DATA", REPO.parent / "shared" / "data"))
REFEREE = Path(os.environ.get("SHOWROOM_PEERS", REPO.parent / "shared" / "peers" / "pipeline"))
WORK = REPO / "build" / "bench" / "pipeline"
NODE = Path(__file__).parent / "peers" / "node_modules"
SHOWROOM = Path(sys.executable).with_name("showroom")
VIEWS, SIZE = (3, 256) if QUICK else (6, 448)
SHARE = 0.1

Json = dict[str, Any]


def main() -> None:
    if sys.argv[1:] == ["clouds"]:  # the last part alone, added to what the last run wrote
        record = Record.read("pipeline")
        clouds(record)
        record.show()
        return
    names = sys.argv[2:] if sys.argv[1:2] == ["scan"] else None
    if names == []:
        raise SystemExit("Name one scan or more: tests/bench/pipeline.py scan cracker_box")
    record = Record("pipeline" if names is None else "scan")
    record.peers = {
        "gltfpack": "1.3.0 -cc -si 0.1 -sp -sv",
        "gltf-transform": "4.5.1 optimize, meshopt, webp 1k, simplify ratio 0.1, error 0.01",
    }
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    if names is None:
        quick(record)
    referee = Referee()
    scans = placed_scans(names)
    rows: dict[str, Json] = {}

    def measured(name: str) -> Json:
        row = convert_all(name, scans[name])
        referee.take_pictures(name, row["files"])
        row["metrics"] = {tool: referee.compare(name, tool) for tool in row["files"]}
        return row

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, row in zip(scans, pool.map(measured, scans), strict=True):
            rows[name] = row
            say(f"{name}: {len(rows)} of {len(scans)}")
            summarise(record, rows)  # written after every scan: an interrupted run still says what it saw
    if names is None and not QUICK:
        clouds(record)
    record.show()


def summarise(record: Record, rows: dict[str, Json]) -> None:
    """All figures and goals that rest on the scans seen so far."""
    kept = ("metrics", "runs", "triangles", "bytes")
    record.figures["scans"] = {name: {key: row[key] for key in kept} for name, row in rows.items()}
    record.forget("scans")
    with record.group("scans"):
        never_stuck(record, rows)
        ahead_of_the_simplifier(record, rows)
        ahead_on_bytes(record, rows)
        faithful(record, rows)
    record.write()


def placed_scans(names: list[str] | None = None) -> dict[str, Path]:
    """Every textured scan, or those of these names, as one GLB: the input of all tools."""
    from showroom_assets.glb import write_glb
    from showroom_pipeline import ingest
    from showroom_pipeline.stages.prepare import reference
    from showroom_pipeline.stages.read import Reconstructed
    from showroom_pipeline.steps.normalise import normalise

    folders = sorted(path for kind in ("gso", "ycb") for path in (SHARED / "scans" / kind).iterdir())
    folders += [SHARED / "scans" / "fuze_bottle"]
    if names is not None or QUICK:
        wanted = {*(names or ["Room_Essentials_Mug_White_Yellow"])}
        if unknown := wanted - {folder.name for folder in folders}:
            raise SystemExit(f"There is no scan {min(unknown)}; there are {', '.join(one.name for one in folders)}.")
        folders = [folder for folder in folders if folder.name in wanted]
    out = {}
    for folder in folders:
        scan = ingest.read(folder)
        assert scan.scene is not None
        placed = normalise(
            scan.scene, unit=None, dimensions_m=None, metres_per_unit_declared=scan.metres_per_unit, up=scan.up
        )
        out[folder.name] = WORK / "in" / f"{folder.name}.glb"
        out[folder.name].parent.mkdir(exist_ok=True)
        out[folder.name].write_bytes(write_glb(reference(Reconstructed(scene=scan.scene), placed)))
    return out


def convert_all(name: str, source: Path) -> Json:
    """Both peers, then ourselves: at the triangles gltfpack reached, at glTF-Transform's bytes, and for desktops."""
    out = WORK / "out" / name
    out.mkdir(parents=True)
    log = out / "log.txt"
    pack, transform = out / "gltfpack.glb", out / "transform.glb"
    runs: dict[str, Ran] = {}
    ratio = str(SHARE)
    runs["gltfpack"] = run(
        [NODE / ".bin" / "gltfpack", "-i", source, "-o", pack, "-cc", "-si", ratio, "-sp", "-sv"], log=log
    )
    runs["transform"] = run(
        [
            NODE / ".bin" / "gltf-transform", "optimize", source, transform, "--compress", "meshopt",
            "--texture-compress", "webp", "--texture-size", "1024", "--simplify-ratio", ratio,
            "--simplify-error", "0.01",
        ],
        log=log,
    )  # fmt: skip
    triangles = triangles_of(source)
    asked = max(math.floor(SHARE * triangles), 4)
    reached = triangles_of(pack)
    runs["equal triangles"] = showroom(source, out / "equal", log, "--preset", "plain", "--target-triangles", reached)
    files = {"raw": source, "gltfpack": pack, "transform": transform, "equal": product_file(out / "equal", "plain")}
    if abs(reached - asked) > 0.02 * asked:  # the peer missed: our own tenth is another file
        runs["tenth"] = showroom(source, out / "tenth", log, "--preset", "plain", "--target-triangles", asked)
        tenth = product_file(out / "tenth", "plain")
    else:
        tenth = files["equal"]
    limit = transform.stat().st_size
    runs["equal bytes"] = showroom(
        source, out / "bytes", log, "--preset", "mobile", "--textures", "webp", "--max-bytes", limit
    )
    files["bytes"] = product_file(out / "bytes", "mobile")
    runs["desktop"] = showroom(source, out / "desktop", log, "--preset", "desktop")
    files["desktop"] = product_file(out / "desktop", "desktop")
    return {
        "files": files,
        "asked": asked,
        "tenth": triangles_of(tenth) if tenth.exists() else None,
        "tenth_code": runs.get("tenth", runs["equal triangles"]).code,
        "triangles": {tool: triangles_of(path) for tool, path in files.items() if path.exists()},
        "bytes": {tool: path.stat().st_size for tool, path in files.items() if path.exists()},
        "runs": {
            tool: {"cpu_s": round(r.cpu_s, 2), "wall_s": round(r.wall_s, 2), "code": r.code} for tool, r in runs.items()
        },
    }


def showroom(source: Path, out: Path, log: Path, *options: object) -> Ran:
    """One conversion, nothing cached, on one core; published even under the quality bar."""
    command = [SHOWROOM, "convert", source, "-o", out, "--no-cache", "--force", "--jobs", "1", "--progress", "none"]
    return run([*command, *map(str, options)], log=log)


def product_file(out: Path, delivery: str) -> Path:
    """The delivery in the only product of ``out``."""
    found = [path for path in out.glob(f"*/{delivery}.glb") if not path.parent.name.startswith(".")]
    return found[0] if found else out / "missing.glb"


def triangles_of(path: Path) -> int:
    """Triangles by the file's own accessors, whatever compresses it."""
    data = path.read_bytes()
    document = json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])
    total = 0
    for mesh in document["meshes"]:
        for primitive in mesh["primitives"]:
            at = primitive.get("indices", primitive["attributes"]["POSITION"])
            total += document["accessors"][at]["count"] // 3
    return total


class Referee:
    """Pictures and surfaces of every file, taken and compared by code that none of the tools wrote."""

    def __init__(self) -> None:
        self._desk = WORK / "referee"
        self._desk.mkdir()
        for name in ("render.mjs", "page.html"):
            shutil.copy(REFEREE / name, self._desk / name)
        (self._desk / "node_modules").symlink_to(NODE)

    def take_pictures(self, name: str, files: dict[str, Path]) -> None:
        items = [
            {"id": tool, "ref": "raw", "file": str(path), "out": str(WORK / "pictures" / name / tool)}
            for tool, path in files.items()
        ]
        jobs = WORK / "out" / name / "jobs.json"
        jobs.write_text(json.dumps({"size": SIZE, "views": VIEWS, "items": items}))
        with (WORK / "out" / name / "referee.txt").open("w") as log:
            subprocess.run(
                ["node", "render.mjs", str(jobs)], cwd=self._desk, stdout=log, stderr=log, check=True,
                env={**os.environ, "NM": str(NODE)},
            )  # fmt: skip

    def compare(self, name: str, tool: str) -> Json | None:
        folder = WORK / "pictures" / name
        if tool == "raw" or not (folder / tool / "v0.png").exists():
            return None
        script = [sys.executable, REFEREE / "metrics.py", folder / "raw", folder / tool]
        found: Json = json.loads(run(script, log=WORK / "out" / name / "referee.txt").out)
        return found


def never_stuck(record: Record, rows: dict[str, Json]) -> None:
    stuck = 0
    for row in rows.values():
        reached = row["tenth"] is not None and abs(row["tenth"] - row["asked"]) <= max(0.02 * row["asked"], 1)
        stuck += not (reached or row["tenth_code"] != 0)
    record.at_most("never stuck", "scans off 10 % of the triangles by over 2 %, with no word said: 0", stuck, 0)
    for tool in ("gltfpack", "transform"):
        record.figures[f"{tool} misses"] = sum(
            abs(row["triangles"][tool] - row["asked"]) > max(0.02 * row["asked"], 1) for row in rows.values()
        )


def ahead_of_the_simplifier(record: Record, rows: dict[str, Json]) -> None:
    pairs = [(row["metrics"]["equal"], row["metrics"]["gltfpack"]) for row in rows.values()]
    gains = [ours["psnr"] - theirs["psnr"] for ours, theirs in pairs if ours]
    errors = [ours["mean_pct"] / theirs["mean_pct"] for ours, theirs in pairs if ours]
    record.at_least("PSNR gain", "at gltfpack's triangles, at least +3 dB on average", statistics.mean(gains), 3.0)
    record.at_most("surface error", "at most 0.5 of gltfpack's mean error, on average", statistics.mean(errors), 0.5)
    worse = sum(gain < 0 or error > 1 for gain, error in zip(gains, errors, strict=True))
    record.at_most("no scan worse", "scans with less PSNR or more error than gltfpack: 0", worse, 0)


def ahead_on_bytes(record: Record, rows: dict[str, Json]) -> None:
    better = over = 0
    for row in rows.values():
        ours, theirs = row["metrics"]["bytes"], row["metrics"]["transform"]
        over += not ours or row["files"]["bytes"].stat().st_size > row["files"]["transform"].stat().st_size
        better += bool(ours) and ours["ssim"] > theirs["ssim"] and ours["flip"] < theirs["flip"]
    record.at_most("no more bytes", "files larger than glTF-Transform's: 0", over, 0)
    record.at_least("ahead on bytes", "better SSIM and FLIP on at least 0.8 of the scans", better / len(rows), 0.8)


def faithful(record: Record, rows: dict[str, Json]) -> None:
    desktops = [row["metrics"]["desktop"] for row in rows.values()]
    lowest = min(found["ssim"] if found else 0.0 for found in desktops)
    outline = min(found["sil_iou"] if found else 0.0 for found in desktops)
    record.at_least("faithful SSIM", "the desktop delivery's lowest SSIM at least 0.97", lowest, 0.97)
    record.at_least(
        "faithful outline", "the desktop delivery's lowest silhouette overlap at least 0.995", outline, 0.995
    )


def quick(record: Record) -> None:
    """A 40k-triangle, 1k-texture scan as a merchant has it: OBJ and PNG."""
    scan = SHARED / "scans" / "gso" / ("Room_Essentials_Mug_White_Yellow" if QUICK else "TZX_Runner")
    log, out = WORK / "quick.txt", WORK / "quick"
    first = [
        run([SHOWROOM, "convert", scan, "-o", out / f"fast{k}", "--fast", "--no-cache", "--jobs", "1"], log=log)
        for k in range(1 if QUICK else 5)
    ]
    cpu = sorted(r.cpu_s for r in first)
    record.noise["fast_cpu_s"] = {"min": cpu[0], "median": statistics.median(cpu), "max": cpu[-1]}
    record.figures["fast"] = {"cpu_s": cpu, "wall_s": [r.wall_s for r in first], "scan": scan.name}
    record.at_most("first look", "--fast at most 5 CPU-seconds", statistics.median(cpu), 5.0)
    again = "fast again" if QUICK else "everything again"
    options = ["--fast"] if QUICK else []
    whole = run([SHOWROOM, "convert", scan, "-o", out / "all", "--jobs", "1", *options], log=log)
    if not QUICK:
        record.figures["everything"] = {"cpu_s": whole.cpu_s, "wall_s": whole.wall_s}
        record.at_most("everything", "all deliveries at most 60 CPU-seconds", whole.cpu_s, 60.0)
    repeat = [run([SHOWROOM, "convert", scan, "-o", out / "all", "--jobs", "1", *options], log=log) for _ in range(3)]
    record.figures[again] = {"cpu_s": [r.cpu_s for r in repeat], "wall_s": [r.wall_s for r in repeat]}
    record.at_most("nothing changed", "a re-run at most 1 s", statistics.median(r.wall_s for r in repeat), 1.0)


def clouds(record: Record) -> None:
    """p99 distance from each APC cloud to its mesh, in point spacings."""
    from scipy.spatial import cKDTree

    from showroom_assets.glb import read_glb
    from showroom_pipeline import ingest
    from showroom_pipeline.closest import ClosestPoints
    from showroom_pipeline.steps.pack import decoded
    from showroom_pipeline.steps.source import source_of

    worst = 0.0
    record.goals = [goal for goal in record.goals if goal.name != "clouds"]
    shutil.rmtree(WORK / "clouds", ignore_errors=True)
    for cloud in sorted((SHARED / "pointclouds" / "apc").glob("*.ply")):
        out = WORK / "clouds" / cloud.stem
        done = run(
            [SHOWROOM, "convert", cloud, "-o", out, "--preset", "desktop", "--no-cache", "--jobs", "1"],
            log=WORK / "clouds.txt",
        )
        made = product_file(out, "desktop")
        if not made.exists():
            record.figures[f"cloud {cloud.stem}"] = {"code": done.code}
            worst = math.inf
            continue
        scan = ingest.read(cloud)
        assert scan.scene is not None
        points = scan.scene.meshes[0].primitives[0].positions.astype(np.float64)
        mesh = source_of(read_glb(decoded(made.read_bytes())))
        moved = aligned(points, mesh.positions)
        apart = np.unique(moved, axis=0)  # some clouds hold every point twice
        spacing = float(np.median(cKDTree(apart).query(apart, k=2)[0][:, 1]))
        far = float(np.quantile(ClosestPoints(mesh.positions, mesh.faces).query(moved).distances, 0.99)) / spacing
        record.figures[f"cloud {cloud.stem}"] = {"p99_spacings": far, "triangles": len(mesh.faces), "cpu_s": done.cpu_s}
        worst = max(worst, far)
    record.at_most("clouds", "p99 from cloud to mesh at most 3 point spacings", worst, 3.0)


def aligned(points: np.ndarray[Any, Any], mesh: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The cloud moved to where the product stands: an axis turn and a shift, found by trying the turns of +Z to +Y."""
    from scipy.spatial import cKDTree

    tree = cKDTree(mesh)
    best, best_far = points, math.inf
    turns = [np.eye(3), np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])]
    flip = np.diag([-1.0, 1, -1])
    quarter = np.array([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    sample = points[:: max(1, len(points) // 4000)]
    for turn in turns:
        for spin in (np.eye(3), quarter, flip, quarter @ flip):
            matrix = spin @ turn
            low, high = (np.quantile(points @ matrix.T, q, axis=0) for q in (0.005, 0.995))
            goal_low, goal_high = (np.quantile(mesh, q, axis=0) for q in (0.005, 0.995))
            shift = (goal_low + goal_high - low - high) / 2
            for _ in range(10):  # shift only: the turn is exact
                away, near = tree.query(sample @ matrix.T + shift)
                close = away <= np.quantile(away, 0.9)
                shift = shift + (mesh[near] - sample @ matrix.T - shift)[close].mean(axis=0)
            far = float(np.mean(away))
            if far < best_far:
                best, best_far = points @ matrix.T + shift, far
    return best


if __name__ == "__main__":
    main()
