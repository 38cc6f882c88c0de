/**
 * The place alone, without the page around it: for pictures and for trying (`tests/e2e/shots`), served by `npm run dev`.
 *
 * `?store=…&phone&still&empty#at=x,z,yaw,pitch&mood=…`; what is on the screen is `window.place`.
 */
import "../../src/store.css";
import { product } from "../../src/api";
import { PriceCards } from "../../src/world/cards";
import { Gamepads } from "../../src/world/gamepad";
import { Guide } from "../../src/world/guide";
import { Inspect } from "../../src/world/inspect";
import { readStore } from "../../src/world/manifest";
import type { Picked } from "../../src/world/pick";
import { Pointing } from "../../src/world/point";
import { Stock } from "../../src/world/stock";
import { World } from "../../src/world/world";

const asked = new URLSearchParams(location.search);
const hash = (): URLSearchParams => new URLSearchParams(location.hash.slice(1));
const host = document.getElementById("place")!;
const isPhone = asked.has("phone");
const tier = isPhone ? "mobile" : "desktop";
const name = asked.get("store") ?? "boutique";
type Json = { rooms: { slots: { id: string; product?: string }[] }[] };
const [made, served] = (await Promise.all([`/tests/stores/${name}.json`, `/api/stores/${encodeURIComponent(name)}`].map(async (address) => (await fetch(address)).json()))) as [Json, Json];
// The template as it is in the repository, with what the server has put on its slots.
const products = new Map(served.rooms.flatMap(({ slots }) => slots.map(({ id, product: one }) => [id, one] as const)));
for (const { slots } of made.rooms) {
  for (const slot of slots) {
    const one = products.get(slot.id);
    if (one && !asked.has("empty")) slot.product = one;
  }
}
const began = performance.now();
const marks: Record<string, number> = {};
const mark = (name: string): void => {
  marks[name] = Math.round(performance.now() - began);
  host.setAttribute(`data-${name}`, "");
};
const world = new World(host, readStore(made), {
  tier, isStill: asked.has("still"), mood: hash().get("mood") ?? "", pixelRatio: Number(asked.get("ratio") ?? devicePixelRatio),
  told: (stage, done) => {
    if (done >= 1) mark(stage);
  },
});
const budget = isPhone ? { bytes: 125e6, draws: 75 } : { bytes: 575e6, draws: 260 };
const stock = new Stock(world, budget, isPhone, () => mark("stocked"));
world.add(stock);

const guide = new Guide(world);
const pointing = new Pointing(world, stock, guide);
const inspect = new Inspect(world);
for (const part of [guide, pointing, inspect, new Gamepads(world, { pick: () => pointing.pickAhead(), back: () => void inspect.close() })]) world.add(part);
world.events.addEventListener("picked", (event) => {
  const picked = (event as CustomEvent<Picked>).detail;
  if (picked.kind === "product") void product(picked.stand.row.id).then((one) => inspect.open(one, { from: picked.stand }));
});

function stand(): void {
  const at = (hash().get("at") ?? "").split(",").map(Number);
  if (at.length >= 2 && at.every(Number.isFinite)) world.walk.stand(at[0]!, at[1]!, ((at[2] ?? 180) * Math.PI) / 180, ((at[3] ?? 0) * Math.PI) / 180);
  const mood = hash().get("mood");
  if (mood) world.mood = mood;
  world.redraw();
}
const cards = new PriceCards(world);
world.add(cards);
const written = setInterval(() => {
  if (!stock.stands.length) return;
  clearInterval(written);
  cards.write(stock.stands, (row) => ({ name: row.name, price: row.price_minor ? `€ ${((row.price_minor["EUR"] ?? 0) / 100).toFixed(0)}` : "" }));
}, 500);
stand();
addEventListener("hashchange", stand);
Object.assign(window, { place: { world, stock, guide, pointing, inspect, product, marks } });
