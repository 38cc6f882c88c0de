/** Trackers on pictures: `window.track(url, kinds)` gives what was seen; for the try-on benchmark and for looking. */
import { lensOf } from "../src/tryon/camera";
import { Head } from "../src/tryon/face";
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
  return { took: seen.took_ms, hands: seen.hands.length, bodies: seen.bodies.length, faces: seen.faces.map((one) => {
    const head = new Head(model!);
    for (let i = 0; i < 3; i++) head.look(one, lens);
    return { found: head.isFound, error: head.error_px, size: head.size, at: [...head.pose.translation], r: [...head.pose.rotation], pd: head.pupils(one, lens) };
  }) };
}
Object.assign(window, { track });
