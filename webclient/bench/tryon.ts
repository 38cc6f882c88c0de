/**
 * Synthetic heads before the product's own tracker: draws each case, hands that very frame to the worker, and keeps what
 * it said; MediaPipe's stock matrix beside it. The judging is done elsewhere (`tryon_faces.ts`), on what is kept here.
 *
 * `window.bench`: `put(person, base64)`, `see(cases, looks, withStock)`, `picture(case)`.
 */
import { HEIGHT, WIDTH, type Case, type Look, type Person } from "./tryon_cases";
import { Stage } from "./tryon_stage";
import { lensOf } from "../src/tryon/camera";
import { Heads } from "../src/tryon/heads";
import { Mirror } from "../src/tryon/mirror";
import { canonicalFace } from "../src/tryon/task";
import type { Answer, Order } from "../src/tryon/tracking";
import { wornAs, type Anchor } from "../src/tryon/wear";
import { load } from "../src/viewer/loader";

const stage = new Stage();
const tracker = new Worker(new URL("../src/tryon/tracker.worker.ts", import.meta.url), { type: "module" });
let stock: Worker | null = null;
let clock = 0;

const answered = (is: Answer["is"]): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const heard = ({ data }: MessageEvent<Answer>): void => {
      if (data.is === "loading") return;
      tracker.removeEventListener("message", heard);
      if (data.is === is) resolve(data);
      else reject(new Error(JSON.stringify(data)));
    };
    tracker.addEventListener("message", heard);
  });

const loaded = (() => {
  const answer = answered("loaded");
  tracker.postMessage({ is: "load", kinds: ["face"], folder: "/trackers/", people: 2 } satisfies Order);
  return answer;
})();

function put(person: Person, base64: string): void {
  stage.put(person, Uint8Array.from(atob(base64), (one) => one.charCodeAt(0)).buffer);
}

async function look(time_ms: number): Promise<Omit<Look, "stock">> {
  const picture = await createImageBitmap(stage.canvas);
  const answer = answered("seen");
  tracker.postMessage({ is: "look", picture, time_ms, kinds: ["face"] } satisfies Order, [picture]);
  const found = await answer;
  if (found.is !== "seen") throw new Error("the tracker did not look");
  found.seen.picture.close();
  const faces = found.seen.faces.map((face) => Array.from({ length: 478 * 2 }, (_, i) => Math.round(face[Math.floor(i / 2) * 3 + (i % 2)]! * (i % 2 ? HEIGHT : WIDTH) * 1000) / 1000));
  return { faces, took_ms: found.seen.took_ms.face ?? 0 };
}

async function peer(): Promise<Look["stock"]> {
  stock ??= new Worker(new URL("./stock.worker.ts", import.meta.url), { type: "module" });
  const worker = stock;
  const picture = await createImageBitmap(stage.canvas);
  return new Promise((resolve) => {
    worker.addEventListener("message", ({ data }: MessageEvent<number[] | null>) => resolve(data && [...data]), { once: true });
    worker.postMessage(picture, [picture]);
  });
}

/** So many frames a face may take to be found; the peer, which does not search, gets as many as the looks. */
const SEARCH_FRAMES = 12;
const NOTHING: Case = { id: "nothing", light: "soft", vertical_deg: 63, noise: 0, heads: [] };

/**
 * Each case apart: the tracker sees an empty room, then the frame until it saw a face `looks` times, and the last is
 * kept. With `looks` 0
 * the cases are one film at 30 frames a second: each is seen once, after the one before.
 */
async function see(cases: readonly Case[], looks: number, withStock: boolean): Promise<Look[]> {
  await loaded;
  const kept: Look[] = [];
  for (const one of cases) {
    if (looks > 0) {
      stage.draw(NOTHING);
      await Promise.all([look((clock += 33)), withStock ? peer() : null]);
    }
    let last: Look | null = null;
    let found = 0;
    for (let i = 0; found < Math.max(1, looks) && i < (looks > 0 ? SEARCH_FRAMES : 1); i++) {
      if (i === 0) stage.draw(one);
      const [seen, matrix] = await Promise.all([look((clock += 1000 / 30)), withStock && i < looks ? peer() : null]);
      if (seen.faces.length || !looks) found++;
      last = { ...seen, stock: withStock && i < looks ? matrix : (last?.stock ?? null) };
    }
    kept.push(last!);
  }
  return kept;
}

async function picture(one: Case): Promise<string> {
  stage.draw(one);
  const bytes = new Uint8Array(await (await stage.canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 })).arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** A photograph in place of a synthetic frame; it fills the canvas. @returns landmarks, pixels */
async function photo(base64: string): Promise<Look["faces"]> {
  await loaded;
  const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes]));
  let last: Look["faces"] = [];
  for (let i = 0; i < 4; i++) {
    if (i === 0) stage.draw(NOTHING);
    else stage.show(picture);
    last = (await look((clock += 33))).faces;
  }
  return last;
}

/**
 * What a frame costs the page's thread outside the tracker, as in the booth: heads, then the mirror with a product on.
 *
 * @returns milliseconds of each, frame by frame, and the last picture
 */
async function wear(cases: readonly Case[], product: string, file: string): Promise<{ heads_ms: number[]; draw_ms: number[]; picture: string }> {
  const model = await loaded;
  if (model.is !== "loaded" || !model.model) throw new Error("no face model");
  const face = canonicalFace(model.model);
  const { category, anchors } = (await (await fetch(`/products/${product}/product.json`)).json()) as { category: string; anchors: Anchor[] };
  const canvas = document.createElement("canvas");
  const mirror = new Mirror(canvas);
  mirror.face = face;
  const { scene } = await load(`/products/${product}/${file}`, mirror.renderer, new AbortController().signal);
  mirror.put({ id: product, worn: wornAs(category)!, anchors, model: scene });
  const heads = new Heads(face);
  const lens = lensOf(WIDTH, HEIGHT);
  const [heads_ms, draw_ms]: [number[], number[]] = [[], []];
  for (const one of cases) {
    stage.draw(one);
    const picture = await createImageBitmap(stage.canvas);
    const answer = answered("seen");
    tracker.postMessage({ is: "look", picture, time_ms: (clock += 1000 / 30), kinds: ["face"] } satisfies Order, [picture]);
    const found = await answer;
    if (found.is !== "seen") continue;
    const began = performance.now();
    heads.look(found.seen.faces, lens, found.seen.time_ms);
    const between = performance.now();
    mirror.draw(found.seen.picture, lens, heads.bearers.filter(({ part }) => part === "head"), found.seen.time_ms);
    heads_ms.push(between - began);
    draw_ms.push(performance.now() - between);
    found.seen.picture.close();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  const shown = canvas.toDataURL("image/jpeg", 0.92).split(",")[1] ?? "";
  mirror.dispose();
  return { heads_ms, draw_ms, picture: shown };
}

Object.assign(window, { bench: { put, see, wear, picture, photo, loaded: () => loaded.then(() => true) } });
