/**
 * The store's page: asks the server which store this is, and opens it.
 *
 * Where one stands is part of the address (`#at=x,z,yaw,pitch&mood=evening`), so that a place can be sent to a friend.
 */
import "./store.css";
import type { StorePlan } from "./world/plan";
import { Stock } from "./world/stock";
import { World } from "./world/world";

/** For products; the place itself takes some 25 MB and 20 draw calls. */
const BUDGET = { mobile: { bytes: 125e6, draws: 75 }, desktop: { bytes: 575e6, draws: 260 } } as const;

/** The store named in the address, else the server's first. */
async function plan(): Promise<StorePlan> {
  const named = new URLSearchParams(location.search).get("store");
  const name = named ?? (await firstStore());
  if (!name) throw new Error("the server has no store");
  const [{ readStore }, answer] = await Promise.all([import("./world/manifest"), fetch(`/api/stores/${encodeURIComponent(name)}`)]);
  if (!answer.ok) throw new Error(`store ${name}: ${answer.status}`);
  return readStore(await answer.json());
}

async function firstStore(): Promise<string | null> {
  const answer = await fetch("/api/stores");
  if (!answer.ok) return null;
  const found = (await answer.json()) as { stores?: readonly { id?: string }[] };
  return found.stores?.[0]?.id ?? null;
}

async function open(host: HTMLElement): Promise<void> {
  const isPhone = matchMedia("(pointer: coarse)").matches && Math.min(innerWidth, innerHeight) < 600;
  const tier = isPhone ? "mobile" : "desktop";
  const began = performance.now();
  const marks: Record<string, number> = {};
  const mark = (name: string): void => {
    marks[name] = Math.round(performance.now() - began);
    host.setAttribute(`data-${name}`, "");
  };
  const place = (): URLSearchParams => new URLSearchParams(location.hash.slice(1));
  const world = new World(host, await plan(), {
    tier, isStill: matchMedia("(prefers-reduced-motion: reduce)").matches, mood: place().get("mood") ?? "", pixelRatio: Math.min(devicePixelRatio, 2),
    told: (stage, progress) => {
      if (progress >= 1) mark(stage);
    },
  });
  world.add(new Stock(world, BUDGET[tier], isPhone, () => mark("stocked")));
  const stand = (): void => {
    const at = (place().get("at") ?? "").split(",").map(Number);
    if (at.length >= 3 && at.every(Number.isFinite)) world.walk.stand(at[0] ?? 0, at[1] ?? 0, ((at[2] ?? 0) * Math.PI) / 180, ((at[3] ?? 0) * Math.PI) / 180);
    const mood = place().get("mood");
    if (mood) world.mood = mood;
    world.redraw();
  };
  stand();
  addEventListener("hashchange", stand);
  addEventListener("pagehide", () => world.dispose(), { once: true });
  Object.assign(window, { __store: () => ({ ...marks, draws: world.renderer.info.render.calls, triangles: world.renderer.info.render.triangles, lightmap: world.assembly.atlas.width, rays: world.rays }) });
}

/** A sentence and a way on: the products as a list need no 3D. */
function failed(host: HTMLElement, error: unknown): void {
  console.warn(error);
  const text = document.createElement("p");
  text.setAttribute("role", "alert");
  text.textContent = error instanceof Error && error.name === "UnreadableStore" ? error.message : "The store cannot be shown here. ";
  const way = document.createElement("a");
  way.href = "/";
  way.textContent = "See the products as a list";
  text.append(" ", way);
  host.replaceChildren(text);
}

const host = document.getElementById("place");
if (host) open(host).catch((error: unknown) => failed(host, error));
