/**
 * The headset alone: the store, the products, the shop, the room, and a button to enter. For working on `src/xr`, and
 * for its journey in a browser that plays a headset (`tests/e2e/test_vr.py`).
 *
 * `?store=`, `?room=`, `?alone` (no session), `#at=x,z,yaw`.
 */
import { PLAIN } from "../src/avatar/look";
import { Session } from "../src/net";
import { Shop } from "../src/shop/shop";
import { chosenLanguage, isLanguage, speak } from "../src/ui/words";
import { readStore } from "../src/world/manifest";
import { Stock } from "../src/world/stock";
import { World } from "../src/world/world";

const asked = new URLSearchParams(location.search);
const language = asked.get("language");
speak(isLanguage(language) ? language : chosenLanguage());
if (asked.has("rtl")) document.documentElement.dir = "rtl";

const host = document.getElementById("place")!;
const button = document.getElementById("enter") as HTMLButtonElement;
const store = asked.get("store") ?? "boutique";

async function open(): Promise<void> {
  const answer = await fetch(`/api/stores/${encodeURIComponent(store)}`);
  const manifest = (await answer.json()) as { entrance?: string };
  const world = new World(host, readStore(manifest), {
    tier: "mobile", isStill: matchMedia("(prefers-reduced-motion: reduce)").matches, mood: asked.get("mood") ?? "", pixelRatio: 1,
    told: (stage, done) => {
      if (done >= 1) host.setAttribute(`data-${stage}`, "");
    },
  });
  const stock = new Stock(world, { bytes: 200e6, draws: 70 }, true, () => host.setAttribute("data-stocked", ""));
  world.add(stock);
  const at = (new URLSearchParams(location.hash.slice(1)).get("at") ?? "").split(",").map(Number);
  if (at.length >= 3 && at.every(Number.isFinite)) world.walk.stand(at[0]!, at[1]!, (at[2]! * Math.PI) / 180);
  const shop = new Shop();
  let session: Session | null = null;
  if (!asked.has("alone")) {
    session = new Session({ server: "", store, room: asked.get("room") ?? manifest.entrance ?? store, nickname: asked.get("name") ?? "Vera", look: PLAIN });
    shop.join(session);
    void session.open().catch((error: unknown) => console.warn(error));
    const line = session;
    world.add({ update: () => line.update(performance.now()), dispose: () => line.close() });
  }
  button.textContent = "Enter VR";
  button.hidden = false;
  const { Headset } = await import("../src/xr/headset");
  const headset = new Headset({ world, stock, shop, session: () => session });
  button.addEventListener("click", () => void headset.enter().then(() => host.setAttribute("data-inside", ""), (error: unknown) => console.error(String(error))));
  headset.addEventListener("left", () => host.removeAttribute("data-inside"));
  Object.assign(window, { __vr: { world, stock, shop, session, headset } });
  button.dataset["ready"] = "";
}

void open();
