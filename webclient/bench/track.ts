/** Trackers on pictures: `window.track(url, kinds)` gives what was seen; for the try-on benchmark and for looking. */
import { lensOf } from "../src/tryon/camera";
import { Head } from "../src/tryon/face";
import { Mirror } from "../src/tryon/mirror";
import { wornAs, type Anchor } from "../src/tryon/wear";
import { load } from "../src/viewer/loader";
import { Variants } from "../src/viewer/variants";
import { canonicalFace, type CanonicalFace } from "../src/tryon/task";
import type { Answer, Kind, Order, Seen } from "../src/tryon/tracking";

const worker = new Worker(new URL("../src/tryon/tracker.worker.ts", import.meta.url), { type: "module" });
const say = (order: Order, hand: Transferable[] = []): void => worker.postMessage(order, hand);
let model: CanonicalFace | null = null;
let loaded = new Set<Kind>();
let clock = 0;
const next = (is: Answer["is"]): Promise<Answer> => new Promise((resolve, reject) => {
  const heard = (event: MessageEvent<Answer>): void => {
    if (event.data.is === "loading") return;
    worker.removeEventListener("message", heard);
    if (event.data.is === is) resolve(event.data);
    else reject(new Error(JSON.stringify(event.data)));
  };
  worker.addEventListener("message", heard);
});

async function track(url: string, kinds: Kind[], turns = 1): Promise<unknown> {
  for (const kind of kinds.filter((one) => !loaded.has(one))) {
    const answer = next("loaded");
    say({ is: "load", kinds: [kind], folder: "/trackers/", people: 2 });
    const found = await answer;
    if (found.is === "loaded" && found.model) model = canonicalFace(found.model);
    loaded.add(kind);
  }
  let seen: Seen | null = null;
  for (let i = 0; i < turns; i++) {
    const picture = await createImageBitmap(await (await fetch(url)).blob());
    const answer = next("seen");
    say({ is: "look", picture, time_ms: (clock += 33), kinds }, [picture]);
    const found = await answer;
    if (found.is === "seen") seen = found.seen;
  }
  if (!seen || !model) return null;
  const lens = lensOf(seen.picture.width, seen.picture.height);
  return { took: seen.took_ms, hands: seen.hands.length, faces: seen.faces.map((one) => {
    const head = new Head(model!);
    for (let i = 0; i < 3; i++) head.look(one, lens);
    return { found: head.isFound, error: head.error_px, size: head.size, at: [...head.pose.translation], r: [...head.pose.rotation], pd: head.pupils };
  }) };
}

/** A picture with products of the server's on every face in it: drawn to the page's canvas. */
async function dress(url: string, ids: string[], variant: string | null = null): Promise<unknown> {
  const found = (await track(url, ["face"], 2)) as { took: unknown };
  const picture = await createImageBitmap(await (await fetch(url)).blob());
  const lens = lensOf(picture.width, picture.height);
  const again = next("seen");
  say({ is: "look", picture, time_ms: (clock += 33), kinds: ["face"] }, [picture]);
  const answer = await again;
  if (answer.is !== "seen" || !model) return null;
  const canvas = document.createElement("canvas");
  document.body.replaceChildren(canvas);
  const mirror = new Mirror(canvas);
  mirror.face = model;
  for (const id of ids) {
    const { manifest, files } = (await (await fetch(`/api/products/${id}`)).json()) as { manifest: { category: string; anchors: Anchor[]; deliveries: Record<string, { levels: { file: string }[] }> }; files: Record<string, string> };
    const level = manifest.deliveries["desktop"]!.levels[1] ?? manifest.deliveries["desktop"]!.levels[0]!;
    const gltf = await load(files[level.file]!, mirror.renderer, new AbortController().signal);
    if (variant) await new Variants(gltf).wear(variant);
    mirror.put({ id, worn: wornAs(manifest.category)!, anchors: manifest.anchors, model: gltf.scene });
  }
  const heads = answer.seen.faces.map((face) => {
    const head = new Head(model!);
    for (let i = 0; i < 3; i++) head.look(face, lens);
    return head;
  });
  mirror.draw(answer.seen.picture, lens, heads);
  mirror.draw(answer.seen.picture, lens, heads);
  return found;
}
Object.assign(window, { track, dress });
