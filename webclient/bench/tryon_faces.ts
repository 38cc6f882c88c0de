/**
 * The judge of heads: `vite-node bench/tryon_faces.ts FILE` reads people, cases and what the tracker said, and prints for
 * each case how far the product, and MediaPipe's stock matrix, are from the truth.
 *
 * Layers, never mixed: `truth` (true landmarks in: our maths alone), `noisy` (the same with a pixel of noise), `product`
 * (the tracker's landmarks in), `stock` (the tracker's own face matrix). A pair of spectacles is put on the true head by
 * its true bridge and ears, and on the found one by the product's own rules; bridge and hinges are compared in the
 * picture, pixels at 720p, each through its own camera: the true one, and the one that the product takes for granted.
 */
import { readFileSync } from "node:fs";
import { lensOf, project } from "../src/tryon/camera";
import { Head, type Landmarks } from "../src/tryon/face";
import { Heads } from "../src/tryon/heads";
import { newPose, type Pose } from "../src/tryon/pnp";
import { rigid } from "../src/tryon/rigid";
import { canonicalFace } from "../src/tryon/task";
import { chain, seat, type Anchor } from "../src/tryon/wear";
import { HEIGHT, inCamera, poseOf, WIDTH, type Case, type Look, type Person, type Stance } from "./tryon_cases";

export const FACE = canonicalFace(new Uint8Array(readFileSync(new URL("../public/trackers/face_landmarker.task", import.meta.url))).buffer);
/** What the product takes the camera for. */
export const LENS = lensOf(WIDTH, HEIGHT);
const SEED = 7;
const LOOKS = 5;

/** Spectacles 142 mm wide, as a merchant measures them; hinges beside the lenses. */
const GLASSES: readonly Anchor[] = [
  { name: "bridge", position_m: [0, 0.0308, 0.0689] }, { name: "ear_left", position_m: [0.0667, 0.0318, -0.0372] }, { name: "ear_right", position_m: [-0.0667, 0.0318, -0.0372] },
];
const BRIDGE = GLASSES[0]!.position_m;
const HINGES = [[0.0675, 0.0318, 0.06], [-0.0675, 0.0318, 0.06]] as const;
/** How pads hold the bridge off the skin, and temples lie over the ear's root: the same for the truth and for the product. */
const OFF_BRIDGE = 0.0035;
const OFF_EAR = 0.003;

export interface Row {
  readonly id: string;
  readonly layer: "truth" | "noisy" | "product" | "stock";
  readonly isFound: boolean;
  readonly yaw_deg: number;
  readonly roll_deg: number;
  readonly bridge_px: number;
  readonly hinge_px: number;
  /** Found distance over true distance, less one: what is wrong with the scale. */
  readonly scale: number;
  readonly pupils_mm: number | null;
  readonly pupils_spread_mm: number | null;
  readonly fit_px: number | null;
}

export function chance(seed: number): () => number {
  let state = seed >>> 0;
  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
}

/** Head from spectacles, on the true head. */
export function trueSeat(person: Person): Pose {
  const [from, to] = [new Float64Array(9), new Float64Array(9)];
  for (const [i, { position_m }] of GLASSES.entries()) from.set(position_m, i * 3);
  to.set([person.bridge[0]!, person.bridge[1]!, person.bridge[2]! + OFF_BRIDGE], 0);
  for (const [i, ear] of person.ears.entries()) to.set([ear[0]!, ear[1]! + OFF_EAR, ear[2]!], 3 + i * 3);
  const pose = newPose();
  rigid(from, to, Float64Array.of(1, 0.22, 0.22), pose);
  const is = inCamera(pose, BRIDGE);
  for (let k = 0; k < 3; k++) pose.translation[k]! += to[k]! - is[k]!;
  return pose;
}

/** The picture of true landmarks, as shares, with noise in pixels. */
export function seenTruth(person: Person, stance: Stance, vertical_deg: number, noise_px: number, bell: () => number): Landmarks {
  const lens = lensOf(WIDTH, HEIGHT, vertical_deg);
  const pose = poseOf(stance);
  const all = new Float32Array(478 * 3);
  const pixel = new Float64Array(2);
  for (let i = 0; i < 478; i++) {
    project(lens, ...inCamera(pose, person.landmarks, i * 3), pixel);
    all[i * 3] = (pixel[0]! + noise_px * bell()) / WIDTH;
    all[i * 3 + 1] = (pixel[1]! + noise_px * bell()) / HEIGHT;
  }
  return all;
}

export function shares(face: readonly number[]): Landmarks {
  const all = new Float32Array(478 * 3);
  for (let i = 0; i < 478; i++) [all[i * 3], all[i * 3 + 1]] = [face[i * 2]! / WIDTH, face[i * 2 + 1]! / HEIGHT];
  return all;
}

const yaw = (r: Float64Array): number => (Math.atan2(-r[6]!, r[0]!) * 180) / Math.PI;
const roll = (r: Float64Array): number => (Math.atan2(r[3]!, r[0]!) * 180) / Math.PI;

function apart(person: Person, one: Case, found: Pose, size: number, bridge_m = 0): Pick<Row, "yaw_deg" | "roll_deg" | "bridge_px" | "hinge_px" | "scale"> {
  const [truth, glasses, mine] = [poseOf(one.heads[0]!), newPose(), newPose()];
  chain(truth, trueSeat(person), glasses);
  chain(found, seat("spectacles", GLASSES, size, bridge_m)!, mine);
  const lens = lensOf(WIDTH, HEIGHT, one.vertical_deg);
  const px = (p: ArrayLike<number>): number => {
    const [a, b] = [new Float64Array(2), new Float64Array(2)];
    project(lens, ...inCamera(glasses, p), a);
    project(LENS, ...inCamera(mine, p), b);
    return Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!);
  };
  const far = (pose: Pose): number => Math.hypot(...inCamera(pose, BRIDGE));
  // Through another lens all is as much nearer as it looks larger; that is the lens, not the head.
  const zoom = LENS.focal / lens.focal;
  return {
    yaw_deg: yaw(found.rotation) - yaw(truth.rotation), roll_deg: roll(found.rotation) - roll(truth.rotation),
    bridge_px: px(BRIDGE), hinge_px: (px(HINGES[0]) + px(HINGES[1])) / 2, scale: far(mine) / far(glasses) / zoom - 1,
  };
}

/** MediaPipe's matrix as everybody uses it: a rotation with its scale, centimetres. */
function stockPose(m: readonly number[]): Pose {
  const pose = newPose();
  const size = Math.cbrt(m[0]! * (m[5]! * m[10]! - m[6]! * m[9]!) - m[4]! * (m[1]! * m[10]! - m[2]! * m[9]!) + m[8]! * (m[1]! * m[6]! - m[2]! * m[5]!));
  for (let row = 0; row < 3; row++) {
    for (let col = 0; col < 3; col++) pose.rotation[row * 3 + col] = m[col * 4 + row]! / size;
    pose.translation[row] = m[12 + row]! / 100;
  }
  return pose;
}

const NONE = { isFound: false, yaw_deg: NaN, roll_deg: NaN, bridge_px: NaN, hinge_px: NaN, scale: NaN, pupils_mm: null, pupils_spread_mm: null, fit_px: null };

/** A shopper's whole session: the head is learned as they go, each case is looked at from nothing. */
export function judged(person: Person, cases: readonly Case[], looks: readonly Look[] | null): Row[] {
  const rows: Row[] = [];
  const bell = chance(SEED);
  const pupils = Math.hypot(...[0, 1, 2].map((k) => person.pupils[0]![k]! - person.pupils[1]![k]!));
  const layers = [{ layer: "truth", noise: 0 }, { layer: "noisy", noise: 1 }, { layer: "product", noise: 0 }] as const;
  for (const { layer, noise } of layers) {
    if (layer === "product" && !looks) continue;
    const head = new Head(FACE);
    for (const [i, one] of cases.entries()) {
      head.lose();
      const face = looks?.[i]?.faces[0];
      if (layer === "product" && !face) {
        rows.push({ id: one.id, layer, ...NONE });
        continue;
      }
      for (let k = 0; k < (layer === "noisy" ? LOOKS : 1); k++) head.look(layer === "product" ? shares(face!) : seenTruth(person, one.heads[0]!, one.vertical_deg, noise, bell), LENS);
      if (!head.isFound) rows.push({ id: one.id, layer, ...NONE });
      else rows.push({ id: one.id, layer, isFound: true, ...apart(person, one, head.pose, head.scale, head.bridge_m), pupils_mm: (head.pupils.distance_m - pupils) * 1000, pupils_spread_mm: head.pupils.spread_m * 1000, fit_px: head.error_px });
    }
  }
  for (const [i, one] of looks ? cases.entries() : []) {
    const matrix = looks![i]!.stock;
    rows.push(matrix ? { id: one.id, layer: "stock", ...NONE, isFound: true, ...apart(person, one, stockPose(matrix), 1) } : { id: one.id, layer: "stock", ...NONE });
  }
  return rows;
}

export interface Film {
  readonly id: string;
  readonly cases: readonly Case[];
  readonly looks: readonly Look[];
}

/** A film through the product's own heads: the bridge found and true in each frame, which head it was, and which are worn on. */
export function filmed({ cases, looks }: Film, people: ReadonlyMap<string, Person>, from: "truth" | "product", noise_px = 0, fps = 30): { heads: { who: number; bridge: [number, number]; raw: [number, number] | null }[]; true: [number, number][] }[] {
  const [heads, raw, known, bell] = [new Heads(FACE), new Heads(FACE, 2, false), new Map<Head, number>(), chance(SEED)];
  const glasses = newPose();
  const at = (head: Head): [number, number] => {
    chain(head.pose, seat("spectacles", GLASSES, head.scale, head.bridge_m)!, glasses);
    const pixel = new Float64Array(2);
    project(LENS, ...inCamera(glasses, BRIDGE), pixel);
    return [pixel[0]!, pixel[1]!];
  };
  return cases.map((one, i) => {
    const time_ms = (i * 1000) / fps;
    const faces = from === "product" ? looks[i]!.faces.map(shares) : one.heads.map((stance) => seenTruth(people.get(stance.person)!, stance, one.vertical_deg, noise_px, bell));
    const [calm, plain] = [[...heads.look(faces, LENS, time_ms)], [...raw.look(faces, LENS, time_ms)]];
    return {
      heads: calm.map((head, k) => {
        if (!known.has(head)) known.set(head, known.size);
        return { who: known.get(head)!, bridge: at(head), raw: plain[k] ? at(plain[k]) : null };
      }),
      true: one.heads.map((stance) => {
        chain(poseOf(stance), trueSeat(people.get(stance.person)!), glasses);
        const pixel = new Float64Array(2);
        project(lensOf(WIDTH, HEIGHT, one.vertical_deg), ...inCamera(glasses, BRIDGE), pixel);
        return [pixel[0]!, pixel[1]!] as [number, number];
      }),
    };
  });
}

const file = process.argv[2];
if (file?.endsWith(".json")) {
  const given = JSON.parse(readFileSync(file, "utf8")) as { people: Person[]; sets: { person: string; cases: Case[]; looks: Look[] | null }[]; films?: (Film & { from: "truth" | "product"; noise_px?: number })[] };
  const people = new Map(given.people.map((one) => [one.id, one]));
  const rows = given.sets.flatMap(({ person, cases, looks }) => judged(people.get(person)!, cases, looks));
  const films = (given.films ?? []).map((film) => ({ id: film.id, from: film.from, frames: filmed(film, people, film.from, film.noise_px ?? 0) }));
  process.stdout.write(JSON.stringify({ rows, films }));
}
