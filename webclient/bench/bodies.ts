/**
 * Bodies for the try-on benchmark and for looking: `window.wear` dresses people in pictures, one after the other as a
 * film, through the product's own tracker, bodies and mirror.
 */
import { Bodies } from "../src/tryon/body";
import { lensOf, VERTICAL_DEG } from "../src/tryon/camera";
import { Heads } from "../src/tryon/heads";
import { Mirror } from "../src/tryon/mirror";
import { canonicalFace } from "../src/tryon/task";
import type { Answer, Kind, Order, Seen } from "../src/tryon/tracking";
import type { Anchor, Worn } from "../src/tryon/wear";
import type { SizeRatios } from "../src/tryon/garment";
import { load } from "../src/viewer/loader";
import { Variants } from "../src/viewer/variants";

export class Tracker {
  readonly #worker = new Worker(new URL("../src/tryon/tracker.worker.ts", import.meta.url), { type: "module" });
  readonly #loaded = new Map<Kind, ArrayBuffer | null>();
  readonly #people: number;
  constructor(people = 2) {
    this.#people = people;
  }

  #next(is: Answer["is"]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const heard = (event: MessageEvent<Answer>): void => {
        if (event.data.is === "loading") return;
        this.#worker.removeEventListener("message", heard);
        if (event.data.is === is) resolve(event.data);
        else reject(new Error(JSON.stringify(event.data)));
      };
      this.#worker.addEventListener("message", heard);
    });
  }

  async bring(kind: Kind): Promise<ArrayBuffer | null> {
    const known = this.#loaded.get(kind);
    if (known !== undefined) return known;
    const answer = this.#next("loaded");
    this.#worker.postMessage({ is: "load", kinds: [kind], folder: "/trackers/", people: this.#people } satisfies Order);
    const found = await answer;
    const model = found.is === "loaded" ? found.model : null;
    this.#loaded.set(kind, model);
    return model;
  }

  async see(picture: ImageBitmap, kinds: readonly Kind[], time_ms: number): Promise<Seen> {
    const answer = this.#next("seen");
    this.#worker.postMessage({ is: "look", picture, time_ms, kinds } satisfies Order, [picture]);
    const found = await answer;
    if (found.is !== "seen") throw new Error(found.is);
    return found.seen;
  }
}

export interface Product {
  readonly id: string;
  readonly url: string;
  readonly worn: Worn;
  readonly anchors: readonly Anchor[];
  readonly variant?: string;
  readonly size?: SizeRatios;
}

let mirror: Mirror | null = null;
let heads: Heads | null = null;
let bodies = new Bodies();
let tracker: Tracker | null = null;
let clock = 0;

/** @returns what was found, and what it cost */
async function wear(photo: string, products: readonly Product[], options: { height_m?: number; looks?: number; fresh?: boolean; step_ms?: number; vertical_deg?: number } = {}): Promise<unknown> {
  tracker ??= new Tracker();
  const needsFace = products.some(({ worn }) => worn !== "garment" && worn !== "bag" && worn !== "shoes");
  const kinds: Kind[] = needsFace ? ["face", "pose", "segment"] : ["pose", "segment"];
  for (const kind of kinds) {
    const model = await tracker.bring(kind);
    if (model) heads ??= new Heads(canonicalFace(model));
    if (model && mirror) mirror.face = canonicalFace(model);
  }
  if (options.fresh ?? true) {
    mirror?.dispose();
    const canvas = document.createElement("canvas");
    document.body.replaceChildren(canvas);
    mirror = new Mirror(canvas);
    const face = needsFace ? await tracker.bring("face") : null;
    if (face) mirror.face = canonicalFace(face);
    bodies = new Bodies();
    clock += 5000;
    for (const { id, url, worn, anchors, variant, size } of products) {
      const gltf = await load(url, mirror.renderer, new AbortController().signal);
      if (variant) await new Variants(gltf).wear(variant);
      if (!mirror.put({ id, worn, anchors, model: gltf.scene, size })) throw new Error(`${id} cannot be worn`);
    }
  }
  bodies.height_m = options.height_m ?? null;
  let seen: Seen | null = null;
  const bytes = await (await fetch(photo)).blob();
  const took = { track: {}, draw: 0 };
  for (let i = 0; i < (options.looks ?? 3); i++) {
    seen?.picture.close();
    seen = await tracker.see(await createImageBitmap(bytes), kinds, (clock += options.step_ms ?? 100));
    const lens = lensOf(seen.picture.width, seen.picture.height, options.vertical_deg ?? VERTICAL_DEG);
    bodies.hasMasks = true;
    const all = bodies.look(seen.bodies ?? [], lens, clock);
    if (seen.mask) bodies.outline(seen.mask, lens);
    const found = [...(heads?.look(seen.faces, lens, clock) ?? []), ...all];
    const began = performance.now();
    mirror!.draw(seen.picture, lens, found, clock);
    took.draw = performance.now() - began;
    took.track = seen.took_ms;
  }
  return {
    took,
    seen: seen?.bodies?.map(({ points, world, visible }) => ({ points: [...points], world: [...world], visible: [...visible] })),
    bodies: bodies.bodies.map(({ joints, confidence, screen, sure, height_m, turns, halves, lengths }) => ({ joints: [...joints], turns: [...turns], confidence, screen: [...screen], sure: [...sure], height_m, halves: [...halves], lengths: [...lengths] })),
  };
}
Object.assign(window, { wear });
