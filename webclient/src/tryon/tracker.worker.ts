/**
 * Runs the trackers on one frame at a time, off the page's thread, on the CPU delegate.
 *
 * A frame is drawn to one canvas, every tracker looks at that canvas, and the same picture goes back with what was seen
 * in it. Models come from our own server and are checked by SHA-256 before they run. What it is not: a camera.
 */
import { FaceLandmarker, HandLandmarker, ImageSegmenter, PoseLandmarker, type NormalizedLandmark } from "@mediapipe/tasks-vision";
import { Finder } from "./find";
import { MODELS, type Answer, type BodySeen, type Hand, type Kind, type Mask, type Order } from "./tracking";

const SURE = 0.5;
/** The segmenter's own size: a small copy of the same canvas costs it less, and its mask comes small. */
const MASK_PX = 256;

const tell = (answer: Answer, hand: Transferable[] = []): void => postMessage(answer, { transfer: hand });

/** How the package brings its runtime in a module worker: it wants the maker set anew each time, and a module runs once. */
Object.assign(self, {
  import: async (address: string) => {
    const found = (await import(/* @vite-ignore */ address)) as { default: unknown };
    Object.assign(self, { ModuleFactory: found.default });
  },
});

let loading: Promise<void> = Promise.resolve();
let canvas: OffscreenCanvas | null = null;
let near: OffscreenCanvas | null = null;
const finder = new Finder();
let last_ms = 0;
let face: FaceLandmarker | null = null;
let hand: HandLandmarker | null = null;
let pose: PoseLandmarker | null = null;
let segment: ImageSegmenter | null = null;
let small: OffscreenCanvas | null = null;

async function bytesOf(kind: Kind, folder: string): Promise<ArrayBuffer> {
  const { file, sha256 } = MODELS[kind];
  const answer = await fetch(folder + file).catch(() => null);
  if (!answer?.ok || !answer.body) throw new Failure("network");
  const whole = Number(answer.headers.get("Content-Length")) || 0;
  const parts: Uint8Array[] = [];
  let have = 0;
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Failure("network");
    });
    if (done) break;
    parts.push(value);
    have += value.length;
    tell({ is: "loading", kind, part: whole ? Math.min(1, have / whole) : 0 });
  }
  const bytes = new Uint8Array(have);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((one) => one.toString(16).padStart(2, "0")).join("");
  if (digest !== sha256) throw new Failure("hash");
  return bytes.buffer;
}

class Failure extends Error {
  readonly why: "hash" | "network" | "model";
  constructor(why: "hash" | "network" | "model") {
    super(why);
    this.why = why;
  }
}

async function load(kind: Kind, folder: string, people: number): Promise<void> {
  const model = await bytesOf(kind, folder);
  // A whole address: a bundler in development takes paths for sources of its own.
  folder = new URL(folder, location.href).href;
  const files = { wasmLoaderPath: `${folder}vision_wasm_module_internal.js`, wasmBinaryPath: `${folder}vision_wasm_module_internal.wasm` };
  const baseOptions = { modelAssetBuffer: new Uint8Array(model.slice(0)), delegate: "CPU" as const };
  const common = { baseOptions, runningMode: "VIDEO" as const, canvas: new OffscreenCanvas(1, 1) };
  try {
    if (kind === "face") face = await FaceLandmarker.createFromOptions(files, { ...common, numFaces: people, minFaceDetectionConfidence: SURE, minTrackingConfidence: SURE });
    else if (kind === "pose") pose = await PoseLandmarker.createFromOptions(files, { ...common, numPoses: people, minPoseDetectionConfidence: SURE, minPosePresenceConfidence: SURE, minTrackingConfidence: SURE });
    else if (kind === "segment") segment = await ImageSegmenter.createFromOptions(files, { ...common, outputConfidenceMasks: true, outputCategoryMask: false });
    else hand = await HandLandmarker.createFromOptions(files, { ...common, numHands: people * 2, minHandDetectionConfidence: SURE, minTrackingConfidence: SURE });
  } catch (error) {
    console.warn(error);
    throw new Failure("model");
  }
  // The page reads the canonical face out of the model that makes the landmarks.
  const given = kind === "face" ? model : null;
  tell({ is: "loaded", kind, model: given }, given ? [given] : []);
}

const packed = (points: readonly NormalizedLandmark[]): Float32Array => {
  const all = new Float32Array(points.length * 3);
  for (const [i, point] of points.entries()) {
    all[i * 3] = point.x;
    all[i * 3 + 1] = point.y;
    all[i * 3 + 2] = point.z;
  }
  return all;
};

/** People as a small mask; the copy that the package hands out is closed. */
function masked(from: OffscreenCanvas): Mask | null {
  small ??= new OffscreenCanvas(MASK_PX, MASK_PX);
  const context = small.getContext("2d", { willReadFrequently: true });
  if (!segment || !context) return null;
  context.drawImage(from, 0, 0, MASK_PX, MASK_PX);
  const found = segment.segmentForVideo(small as unknown as HTMLCanvasElement, last_ms);
  const one = found.confidenceMasks?.[0];
  if (!one) return null;
  const shares = one.getAsFloat32Array();
  const pixels = new Uint8Array(shares.length);
  for (let i = 0; i < shares.length; i++) pixels[i] = shares[i]! * 255;
  const mask = { width: one.width, height: one.height, pixels };
  found.close();
  return mask;
}

/** The frame, or the part of it in which a face is looked for, as large as the frame. */
function enlarged(from: OffscreenCanvas): OffscreenCanvas {
  const { x, y, zoom } = finder.view;
  if (zoom === 1) return from;
  const { width, height } = from;
  near ??= new OffscreenCanvas(width, height);
  if (near.width !== width || near.height !== height) [near.width, near.height] = [width, height];
  const context = near.getContext("2d", { willReadFrequently: true });
  if (!context) return from;
  context.drawImage(from, x * width, y * height, width / zoom, height / zoom, 0, 0, width, height);
  return near;
}

function look({ picture, time_ms, kinds }: Extract<Order, { is: "look" }>): void {
  const { width, height } = picture;
  canvas ??= new OffscreenCanvas(width, height);
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return tell({ is: "failed", kind: null, why: "frame" });
  context.drawImage(picture, 0, 0);
  // The trackers want a clock that only goes forward.
  last_ms = Math.max(last_ms + 1, Math.round(time_ms));
  const took_ms: Partial<Record<Kind, number>> = {};
  const timed = <T>(kind: Kind, work: () => T): T => {
    const began = performance.now();
    const found = work();
    took_ms[kind] = performance.now() - began;
    return found;
  };
  const given = canvas as unknown as HTMLCanvasElement; // the package's types know no worker
  let faces: Float32Array[] = [];
  let hands: Hand[] = [];
  if (face && kinds.includes("face")) {
    const part = enlarged(canvas);
    faces = timed("face", () => face!.detectForVideo(part as unknown as HTMLCanvasElement, last_ms)).faceLandmarks.map(packed);
    finder.found(faces);
  }
  if (hand && kinds.includes("hand")) {
    const found = timed("hand", () => hand!.detectForVideo(given, last_ms));
    // Seen on pictures of known hands: this version names the person's own side of a picture that is not mirrored.
    hands = found.landmarks.map((points, i) => ({ points: packed(points), isLeft: found.handedness[i]?.[0]?.categoryName === "Left" }));
  }
  let bodies: BodySeen[] | null = null;
  if (pose && kinds.includes("pose")) {
    const found = timed("pose", () => pose!.detectForVideo(given, last_ms));
    bodies = found.landmarks.map((points, i) => ({
      points: packed(points),
      world: packed(found.worldLandmarks[i] ?? []),
      visible: Float32Array.from(points, ({ visibility }) => visibility),
    }));
  }
  const drawn = canvas;
  const mask = segment && kinds.includes("segment") ? timed("segment", () => masked(drawn)) : null;
  const over: Transferable[] = [picture, ...faces.map((one) => one.buffer as ArrayBuffer)];
  if (mask) over.push(mask.pixels.buffer as ArrayBuffer);
  tell({ is: "seen", seen: { picture, time_ms, faces, hands, bodies, mask, took_ms } }, over);
}

addEventListener("message", (event: MessageEvent<Order>) => {
  const order = event.data;
  if (order.is === "look") {
    try {
      look(order);
    } catch (error) {
      console.warn(error);
      order.picture.close();
      tell({ is: "failed", kind: null, why: "frame" });
    }
    return;
  }
  // One after the other: each brings a runtime of its own, and a phone has little memory.
  loading = loading.then(async () => {
    for (const kind of order.kinds) {
      try {
        await load(kind, order.folder, order.people);
      } catch (error) {
        tell({ is: "failed", kind, why: error instanceof Failure ? error.why : "model" });
      }
    }
  });
});
