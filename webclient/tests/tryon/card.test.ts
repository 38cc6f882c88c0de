import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { lensOf } from "../../src/tryon/camera";
import { CARD_M, END_PX, firstEnds, inPicture, onPlane, resting, scaleByCard, type Ends, type Placed } from "../../src/tryon/card";
import { findCard, type Grey } from "../../src/tryon/card-find";
import { Cover } from "../../src/tryon/cover";
import { Head } from "../../src/tryon/face";
import { heightOf } from "../../src/tryon/height";
import { Heads } from "../../src/tryon/heads";
import { moved, newPose, type Pose } from "../../src/tryon/pnp";
import { canonicalFace } from "../../src/tryon/task";

const FACE = canonicalFace(new Uint8Array(readFileSync(fileURLToPath(new URL("../../public/trackers/face_landmarker.task", import.meta.url)))).buffer);
const LENS = lensOf(1280, 720);
const FOREHEAD_M = 0.068;
const CHIN_M = -0.075;

function at(yaw: number, pitch: number, x: number, z: number): Pose {
  const pose = newPose();
  moved(newPose(), Float64Array.of(pitch, yaw, 0, x, 0, z), pose);
  return pose;
}

/** What the tracker believes of a head of the true scale: the same rays, another distance. */
function believed(truth: Placed, scale: number): Placed {
  const pose = newPose();
  pose.rotation.set(truth.pose.rotation);
  for (let k = 0; k < 3; k++) pose.translation[k] = (truth.pose.translation[k]! * scale) / truth.scale;
  return { pose, scale };
}

/** A true card on the true head, turned by `roll` and `dx` beside the middle: its four corners in canonical metres. */
function corners(truth: Placed, y: number, roll = 0, dx = 0): readonly (readonly [number, number])[] {
  const [w, h] = [CARD_M.width / 2 / truth.scale, CARD_M.height / 2 / truth.scale];
  return ([[-w, h], [w, h], [w, -h], [-w, -h]] as const).map(([a, b]) => [dx + a * Math.cos(roll) - b * Math.sin(roll), y + a * Math.sin(roll) + b * Math.cos(roll)]);
}

function ends(truth: Placed, y: number, roll = 0): Ends {
  const c = corners(truth, y, roll);
  const z = resting(FACE, y);
  const middle = (i: number, j: number): readonly [number, number] => inPicture(LENS, truth, (c[i]![0] + c[j]![0]) / 2, (c[i]![1] + c[j]![1]) / 2, z);
  return [middle(0, 3), middle(1, 2)];
}

/** A face-coloured picture with noise, blobs for eyes, and perhaps a card. */
function picture(truth: Placed, card: { y: number; level: number; roll?: number; dx?: number } | null, seed = 1): Grey {
  const pixels = new Uint8ClampedArray(LENS.width * LENS.height);
  let state = seed;
  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const outline = card ? corners(truth, card.y, card.roll, card.dx) : [];
  const z = card ? resting(FACE, card.y) : 0;
  const drawn = outline.map(([x, y]) => inPicture(LENS, truth, x, y, z));
  const inside = (u: number, v: number): boolean => drawn.every(([x, y], i) => {
    const [x2, y2] = drawn[(i + 1) % 4]!;
    return (x2 - x) * (v - y) - (y2 - y) * (u - x) >= 0;
  });
  for (let v = 0; v < LENS.height; v++) {
    for (let u = 0; u < LENS.width; u++) {
      const p = onPlane(LENS, truth, u + 0.5, v + 0.5, 0.04) ?? [9, 9];
      const isFace = (p[0] / 0.075) ** 2 + ((p[1] - 0.01) / 0.11) ** 2 < 1;
      const isEye = Math.hypot(Math.abs(p[0]) - 0.032, (p[1] - 0.026) * 2) < 0.014 || (Math.abs(p[0]) < 0.025 && Math.abs(p[1] + 0.045) < 0.006);
      let level = isFace ? (isEye ? 60 : 165) : 95;
      // Half-covered pixels at the rim, as a lens makes them.
      if (card) level += ((Number(inside(u + 0.25, v + 0.25)) + Number(inside(u + 0.75, v + 0.25)) + Number(inside(u + 0.25, v + 0.75)) + Number(inside(u + 0.75, v + 0.75))) / 4) * (card.level - level);
      pixels[v * LENS.width + u] = level + 8 * (random() - 0.5);
    }
  }
  return { width: LENS.width, height: LENS.height, pixels };
}

describe("the scale of a head by a card", () => {
  it("is true whatever the tracker believed, wherever the head is and however it is turned", () => {
    for (const scale of [0.88, 1, 1.12]) {
      for (const [yaw, pitch, x, z] of [[0, 0, 0, -0.5], [0.3, 0.1, 0.15, -0.6], [-0.25, -0.15, -0.2, -0.4]] as const) {
        for (const y of [FOREHEAD_M, CHIN_M]) {
          const truth: Placed = { pose: at(yaw, pitch, x, z), scale };
          for (const thought of [0.9, 1, 1.1]) {
            const measured = scaleByCard(LENS, believed(truth, thought), FACE, ends(truth, y, 0.05));
            expect(measured!.scale).toBeCloseTo(scale, 4);
          }
        }
      }
    }
  });

  it("is as sure as it says: ends that are off by what a hand is off stay within two spreads nineteen times in twenty", () => {
    let state = 7;
    const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const bell = (): number => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
    let within = 0;
    for (let i = 0; i < 400; i++) {
      const truth: Placed = { pose: at(0.2 * bell(), 0.1 * bell(), 0.05 * bell(), -0.55), scale: 1 + 0.05 * bell() };
      const off = ends(truth, FOREHEAD_M).map(([u, v]) => [u + END_PX.hand * bell(), v + END_PX.hand * bell()]) as unknown as Ends;
      const { scale, spread } = scaleByCard(LENS, believed(truth, 1), FACE, off)!;
      within += Number(Math.abs(scale / truth.scale - 1) < 2 * spread);
    }
    expect(within / 400).toBeGreaterThan(0.95);
  });

  it("beats the iris, whose width varies by four in a hundred between people", () => {
    const truth: Placed = { pose: at(0, 0, 0, -0.5), scale: 1 };
    expect(scaleByCard(LENS, truth, FACE, ends(truth, FOREHEAD_M))!.spread).toBeLessThan(0.043 / 1.5);
  });

  it("is refused where the ends make a giant's head, a doll's, or lie on each other", () => {
    const truth: Placed = { pose: at(0, 0, 0, -0.5), scale: 1 };
    const [[u1, v1], [u2, v2]] = ends(truth, FOREHEAD_M);
    const apart = (k: number): Ends => [[u1 - (k * (u2 - u1)) / 2, v1], [u2 + (k * (u2 - u1)) / 2, v2]];
    expect(scaleByCard(LENS, truth, FACE, apart(0.6))).toBeNull();
    expect(scaleByCard(LENS, truth, FACE, apart(-0.4))).toBeNull();
    expect(scaleByCard(LENS, truth, FACE, [[u1, v1], [u1, v1]])).toBeNull();
  });

  it("starts with ends that say what was thought before", () => {
    const truth: Placed = { pose: at(0.1, 0, 0.05, -0.6), scale: 1.04 };
    expect(scaleByCard(LENS, truth, FACE, firstEnds(LENS, truth, FACE))!.scale).toBeCloseTo(1.04, 3);
  });
});

describe("a card in the picture", () => {
  it.each([
    ["a light one on the forehead", 0.4, 1, { y: FOREHEAD_M, level: 235 }],
    ["a dark one on the forehead, head turned, further away", 0.7, 1.08, { y: FOREHEAD_M, level: 20, roll: 0.04 }],
    ["a light one at the chin, not in the middle, leaning", 0.5, 0.93, { y: CHIN_M, level: 225, roll: -0.05, dx: 0.012 }],
  ] as const)("is found, %s, to a hundredth of its width", (_, far, scale, card) => {
    const truth: Placed = { pose: at(far === 0.7 ? 0.15 : 0, 0.05, 0.04, -far), scale };
    const head = believed(truth, 1);
    const found = findCard(picture(truth, card), LENS, head, FACE);
    expect(found).not.toBeNull();
    const measured = scaleByCard(LENS, head, FACE, found!, END_PX.found);
    expect(Math.abs(measured!.scale / scale - 1)).toBeLessThan(0.012);
  });

  it("is not seen in a face without one", () => {
    for (const seed of [1, 2]) expect(findCard(picture({ pose: at(0.1, 0, 0, -0.5), scale: 1 }, null, seed), LENS, { pose: at(0.1, 0, 0, -0.5), scale: 1 }, FACE)).toBeNull();
  });
});

describe("what was measured of a head", () => {
  const seen = (): Float32Array => {
    const all = new Float32Array(478 * 3);
    const pose = at(0, 0, 0, -0.5);
    for (let i = 0; i < 468; i++) {
      const [u, v] = inPicture(LENS, { pose, scale: 1 }, FACE.points[i * 3]!, FACE.points[i * 3 + 1]!, FACE.points[i * 3 + 2]!);
      all.set([u / LENS.width, v / LENS.height], i * 3);
    }
    return all;
  };

  it("is kept when its owner steps away and comes back alone, and forgotten with all else", () => {
    const heads = new Heads(FACE);
    const [first] = heads.look([seen()], LENS, 0);
    heads.measured(first!, 1.1, 0.02);
    heads.look([], LENS, 5000);
    const [again] = heads.look([seen()], LENS, 6000);
    expect(again).not.toBe(first);
    expect((again as Head).size).toEqual({ scale: 1.1, spread: 0.02, from: "card" });
    heads.forget();
    const [later] = heads.look([seen()], LENS, 9000);
    expect((later as Head).size.from).not.toBe("card");
  });

  it("is the head's, not the camera's: the next camera's first head has it", () => {
    const heads = new Heads(FACE);
    heads.remember(0.93, 0.015);
    const [first] = heads.look([seen()], LENS, 0);
    expect((first as Head).size).toEqual({ scale: 0.93, spread: 0.015, from: "card" });
  });
});

describe("a picture that covers its view, mirrored", () => {
  it("leads from the picture to the screen and back", () => {
    for (const view of [{ width: 390, height: 780 }, { width: 1440, height: 600 }]) {
      const cover = new Cover(view, LENS);
      for (const [u, v] of [[0, 0], [640, 360], [1279, 100]] as const) {
        const [x, y] = cover.shown(u, v);
        const [u2, v2] = cover.seen(x, y);
        expect([u2, v2]).toEqual([expect.closeTo(u, 6), expect.closeTo(v, 6)]);
      }
      // What is at the picture's left is at the mirror's right.
      expect(cover.shown(0, 0)[0]).toBeGreaterThan(cover.shown(1279, 0)[0]);
    }
  });
});

describe("how tall somebody says they are", () => {
  it.each([["172", 1.72], ["172 cm", 1.72], [" 1.72 ", 1.72], ["1,72 m", 1.72], ["100", 1], ["230", 2.3], ["172.5", 1.725], ["172 厘米", 1.72]])("reads %s", (text, m) => expect(heightOf(text)).toEqual({ m }));
  it.each([["99", "range"], ["231", "range"], ["0", "range"], ["17", "range"], ["999", "range"], ["tall", "number"], ["-172", "number"], ["1e2", "number"], ["5'8\"", "number"]])("refuses %s: %s", (text, fault) => expect(heightOf(text)).toEqual({ fault }));
  it("asks nothing of who says nothing", () => expect(heightOf("  ")).toBeNull());
});
