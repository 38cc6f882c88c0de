/** The store's page: a canvas to walk in, and the plain list one key away. */
import "./store.css";
import { BOUTIQUE } from "./world/sample";
import { World } from "./world/world";

const host = document.getElementById("place");
if (!host) throw new Error("the page has no place for the store");
const query = new URLSearchParams(location.search);
const isPhone = matchMedia("(pointer: coarse)").matches && Math.min(innerWidth, innerHeight) < 600;
const world = new World(host, BOUTIQUE, {
  tier: isPhone ? "mobile" : "desktop",
  isStill: matchMedia("(prefers-reduced-motion: reduce)").matches,
  mood: query.get("mood") ?? "day",
  pixelRatio: Math.min(devicePixelRatio, 2),
  told: (stage, progress) => {
    if (stage === "lit" && progress >= 1) host.setAttribute("data-stocked", "");
    if (progress >= 1) host.setAttribute(`data-${stage}`, "");
  },
});
const at = (query.get("at") ?? "").split(",").map(Number);
if (at.length >= 3 && at.every(Number.isFinite)) world.walk.stand(at[0] ?? 0, at[1] ?? 0, ((at[2] ?? 0) * Math.PI) / 180, ((at[3] ?? 0) * Math.PI) / 180);
addEventListener("pagehide", () => world.dispose(), { once: true });
