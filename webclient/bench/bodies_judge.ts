/**
 * Judges bodies in two layers that are never mixed: the true skeleton in (our maths alone), and the detector's landmarks
 * in (the product). `window.judge(stance, garment)` for `tests/bench/tryon/bodies.py`.
 */
import { Vector3, type Mesh, type Object3D, type SkinnedMesh } from "three";
import { clone } from "three/examples/jsm/utils/SkeletonUtils.js";
import { Bodies, type Body } from "../src/tryon/body";
import { joint, type Joint } from "../src/tryon/body-bones";
import { BLAZEPOSE, type Habits } from "../src/tryon/body-habits";
import { BodyOccluder } from "../src/tryon/body-occluder";
import { AT, POINTS } from "../src/tryon/body-solve";
import { Garment } from "../src/tryon/garment";
import type { BodySeen } from "../src/tryon/tracking";
import { load } from "../src/viewer/loader";
import { Tracker } from "./bodies";
import { filmed } from "./bodies_films";
import { BodyStage, HEIGHT, LENS, truth, WIDTH, type Stance } from "./bodies_stage";

/** The joints that are judged: where the rig's bones begin. */
const JUDGED: readonly Joint[] = [
  "leftUpperArm", "rightUpperArm", "leftLowerArm", "rightLowerArm", "leftHand", "rightHand", "leftUpperLeg", "rightUpperLeg", "leftLowerLeg", "rightLowerLeg", "leftFoot", "rightFoot",
];

interface Looked {
  readonly isFound: boolean;
  /** Of each judged joint: pixels in the picture, metres in space; also from the body's middle, without where the whole stands. */
  readonly px: readonly number[];
  readonly m: readonly number[];
  readonly relative_m: readonly number[];
  /** Its distance against the true one. */
  readonly depth: number;
  readonly overlap: number;
  readonly visible: number;
  /** What our own work took, milliseconds. */
  readonly took_ms: number;
  /** From the landmark to the true joint in the body's own axes (left, up, ahead), shares of its height: for calibrating. */
  readonly off: Readonly<Record<string, readonly number[]>>;
}

const stage = new BodyStage();
const tracker = new Tracker(1);
const models = new Map<string, Promise<Object3D>>();
let clock = 0;
/** Looks, a tenth of a second each, at a body that stands, and then at what is judged. */
const BEFORE = 12;
const AFTER = 10;
/** True joints are where they are; of the mean of the rigs, trunk, thigh and shank make up this of the height. */
const EXACT: Habits = { heightShare: 1.327, shares: [0.266, 0.146, 0.155, 0.24, 0.249, 0.215, 0.12], shoulder: [0, 0], hip: [0, 0], crease: 0, knee: 0 };

const model = (url: string): Promise<Object3D> => {
  let found = models.get(url);
  if (!found) models.set(url, (found = load(url, stage.renderer, new AbortController().signal).then((gltf) => gltf.scene)));
  return found;
};

/** What a perfect detector would say: the rig's joints where they are, the rest where it lies on them. */
function perfect(figure: Awaited<ReturnType<BodyStage["show"]>>): BodySeen {
  const world = new Float32Array(POINTS * 3);
  const points = new Float32Array(POINTS * 3);
  const at = new Map<number, Vector3>();
  const put = (i: number, bone: string, off: readonly [number, number, number] = [0, 0, 0]): void => {
    at.set(i, new Vector3(...off).applyMatrix4(figure.bone(bone).matrixWorld));
  };
  put(AT.nose, "head", [0, 0.06, 0.125]);
  put(AT.leftEar, "head", [0.072, 0.075, 0.015]);
  put(AT.rightEar, "head", [-0.072, 0.075, 0.015]);
  for (const [side, k] of [["left", 0], ["right", 1]] as const) {
    put(11 + k, `${side}UpperArm`);
    put(13 + k, `${side}LowerArm`);
    put(15 + k, `${side}Hand`);
    put(17 + k, `${side}LittleProximal`);
    put(19 + k, `${side}IndexProximal`);
    put(21 + k, `${side}ThumbProximal`);
    put(23 + k, `${side}UpperLeg`);
    put(25 + k, `${side}LowerLeg`);
    put(27 + k, `${side}Foot`);
    put(29 + k, `${side}Foot`, [0, -0.06, -0.05]);
    put(31 + k, `${side}Toes`, [0, -0.02, 0.06]);
  }
  const nose = at.get(AT.nose)!;
  for (let i = 1; i < 11; i++) if (!at.has(i)) at.set(i, nose);
  const hips = at.get(AT.leftHip)!.clone().add(at.get(AT.rightHip)!).multiplyScalar(0.5);
  for (const [i, v] of at) {
    points.set([(WIDTH / 2 + (LENS.focal * v.x) / -v.z) / WIDTH, (HEIGHT / 2 - (LENS.focal * v.y) / -v.z) / HEIGHT, 0], i * 3);
    world.set([v.x - hips.x, -(v.y - hips.y), -(v.z - hips.z)], i * 3);
  }
  return { points, world, visible: new Float32Array(POINTS).fill(1) };
}

const overlap = (a: Uint8Array, b: Uint8Array): number => {
  let [both, any] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i] && b[i]) both++;
    if (a[i] || b[i]) any++;
  }
  return any ? both / any : 0;
};

/** The figure's own arms and hands, as far as no sleeve covers them: what truly hides a garment. */
function arms(figure: Awaited<ReturnType<BodyStage["show"]>>): readonly Object3D[] {
  const made: Object3D[] = [];
  for (const { mesh } of figure.parts) {
    const [index, weight] = [mesh.geometry.getAttribute("skinIndex"), mesh.geometry.getAttribute("skinWeight")];
    const isArm = mesh.skeleton.bones.map(({ name }) => /(LowerArm|Hand|Thumb|Index|Middle|Ring|Little)/.test(name));
    const order = mesh.geometry.index;
    if (!order) continue;
    const kept: number[] = [];
    const belongs = (v: number): boolean => {
      let sum = 0;
      for (let k = 0; k < 4; k++) if (isArm[index.getComponent(v, k)]) sum += weight.getComponent(v, k);
      return sum > 0.6;
    };
    for (let i = 0; i < order.count; i += 3) {
      const [a, b, c] = [order.getX(i), order.getX(i + 1), order.getX(i + 2)];
      if (belongs(a) && belongs(b) && belongs(c)) kept.push(a, b, c);
    }
    if (!kept.length) continue;
    const part = mesh.clone() as SkinnedMesh;
    part.geometry = mesh.geometry.clone();
    part.geometry.setIndex(kept);
    part.bind(mesh.skeleton, mesh.bindMatrix);
    part.bindMode = "detached" as SkinnedMesh["bindMode"];
    part.frustumCulled = false;
    part.matrixWorld.identity();
    part.matrixAutoUpdate = part.matrixWorldAutoUpdate = false;
    made.push(part);
  }
  return made;
}

function compared(body: Body | null, true_: Body, garment: { readonly true_: Uint8Array; readonly visible: Uint8Array }, worn: Garment, occluder: BodyOccluder, took_ms: number, seen: BodySeen | null): Looked {
  if (!body) return { isFound: false, px: [], m: [], relative_m: [], depth: 0, overlap: 0, visible: 0, took_ms, off: {} };
  const [px, m, relative_m]: number[][] = [[], [], []] as number[][];
  const hips = (one: Body): Vector3 => new Vector3().fromArray(one.joints, joint("leftUpperLeg") * 3).add(new Vector3().fromArray(one.joints, joint("rightUpperLeg") * 3)).multiplyScalar(0.5);
  const [mine, theirs] = [hips(body), hips(true_)];
  for (const name of JUDGED) {
    const i = joint(name);
    px!.push(Math.hypot(body.screen[i * 2]! - true_.screen[i * 2]!, body.screen[i * 2 + 1]! - true_.screen[i * 2 + 1]!));
    const [a, b] = [new Vector3().fromArray(body.joints, i * 3), new Vector3().fromArray(true_.joints, i * 3)];
    m!.push(a.distanceTo(b));
    relative_m!.push(a.sub(mine).distanceTo(b.sub(theirs)));
  }
  worn.wear(body, (clock += 2000));
  const alone = stage.silhouette(worn.model);
  occluder.follow(body, worn.covers);
  const hidden = stage.silhouette(worn.model, [occluder.group]);
  return { isFound: true, px: px!, m: m!, relative_m: relative_m!, depth: mine.z / theirs.z, overlap: overlap(alone, garment.true_), visible: overlap(hidden, garment.visible), took_ms, off: seen ? offsets(true_, seen) : {} };
}

/** Landmarks against joints, in the picture plane and in the trunk's own axes. */
function offsets(true_: Body, seen: BodySeen): Record<string, readonly number[]> {
  const found: Record<string, readonly number[]> = {};
  const chest = new Vector3();
  void chest;
  for (const [name, i] of LANDMARK_OF) {
    const k = joint(name);
    const z = -true_.joints[k * 3 + 2]!;
    const dx = ((seen.points[i * 3]! * WIDTH - true_.screen[k * 2]!) / LENS.focal) * z;
    const dy = (-(seen.points[i * 3 + 1]! * HEIGHT - true_.screen[k * 2 + 1]!) / LENS.focal) * z;
    found[name] = [dx, dy];
  }
  return found;
}
const LANDMARK_OF: readonly (readonly [Joint, number])[] = [
  ["leftUpperArm", 11], ["rightUpperArm", 12], ["leftLowerArm", 13], ["rightLowerArm", 14], ["leftHand", 15], ["rightHand", 16],
  ["leftUpperLeg", 23], ["rightUpperLeg", 24], ["leftLowerLeg", 25], ["rightLowerLeg", 26], ["leftFoot", 27], ["rightFoot", 28],
];

/** The landmarks of what the stage shows; each look helps the model's own tracking. */
async function looked(looks: number): Promise<{ readonly seen: BodySeen | null; readonly track_ms: number }> {
  let seen: BodySeen | null = null;
  let track_ms = 0;
  clock += 3000;
  for (let i = 0; i < looks; i++) {
    const found = await tracker.see(await createImageBitmap(stage.canvas), ["pose"], (clock += 33));
    seen = found.bodies?.[0] ?? null;
    track_ms = found.took_ms.pose ?? 0;
    found.picture.close();
  }
  return { seen, track_ms };
}

/** The same person standing, seen once. */
const stood = new Map<string, Promise<{ readonly seen: BodySeen | null; readonly exact: BodySeen }>>();
function standing({ person, outfit, hair, tone }: Stance, looks: number): Promise<{ readonly seen: BodySeen | null; readonly exact: BodySeen }> {
  let found = stood.get(person);
  if (!found) {
    const stance: Stance = { person, outfit, hair, tone, turns: { leftUpperArm: [0, 0, -66], rightUpperArm: [0, 0, 66] }, yaw_deg: 0, x_m: 0, z_m: -2.35, drop_m: 0 };
    found = stage.show(stance).then(async (figure) => ({ exact: perfect(figure), seen: (await looked(looks)).seen }));
    stood.set(person, found);
  }
  return found;
}

const plain = ({ points, world, visible }: BodySeen): unknown => ({ points: [...points], world: [...world], visible: [...visible] });

async function judge(stance: Stance, url: string, options: { looks: number; isHeightGiven: boolean; picture?: boolean; raw?: boolean }): Promise<unknown> {
  await tracker.bring("pose");
  const figure = await stage.show(stance);
  const true_ = truth(figure);
  const shape = await model(url);
  const [worn, tracked] = [new Garment(clone(shape)), new Garment(clone(shape))];
  worn.wear(true_, (clock += 2000));
  const before = arms(figure);
  const garment = { true_: stage.silhouette(worn.model), visible: stage.silhouette(worn.model, before) };
  for (const one of before) (one as Mesh).geometry.dispose();
  const occluder = new BodyOccluder();
  const height = options.isHeightGiven ? true_.height_m : null;
  const through = (seen: BodySeen | null, first: BodySeen | null, habits: Habits): Looked => {
    const bodies = new Bodies(1, habits);
    bodies.height_m = height;
    const at = (clock += 5000);
    let body: Body | null = null;
    let took_ms = 0;
    // As before a mirror: they have stood there for a moment before they move.
    const shown = first ? [...new Array<BodySeen>(BEFORE).fill(first), ...new Array<BodySeen>(AFTER).fill(seen ?? first)] : [];
    for (const [i, one] of shown.entries()) {
      const began = performance.now();
      body = bodies.look([one], LENS, at + i * 100)[0] ?? null;
      took_ms += (performance.now() - began) / shown.length;
    }
    if (!seen) body = null;
    return compared(body, true_, garment, tracked, occluder, took_ms, seen);
  };
  const known = await standing(stance, options.looks);
  await stage.show(stance);
  const exact = perfect(figure);
  const { seen, track_ms } = await looked(options.looks);
  const maths = through(exact, known.exact, EXACT);
  const product = through(seen, known.seen ?? seen, BLAZEPOSE);
  let picture = null;
  if (options.picture) {
    await stage.show(stance);
    picture = await new Promise<string>((resolve) => void stage.canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 }).then((blob) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result as string);
      reader.readAsDataURL(blob);
    }));
  }
  worn.dispose();
  tracked.dispose();
  occluder.dispose();
  const raw = options.raw && seen ? { seen: plain(seen), first: known.seen ? plain(known.seen) : null, joints: [...true_.joints], screen: [...true_.screen], height_m: true_.height_m } : null;
  return { maths, product, track_ms, picture, raw };
}
Object.assign(window, { judge, film: filmed(stage) });
