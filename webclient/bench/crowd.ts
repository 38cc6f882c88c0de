/**
 * A page to look at people, and to measure them: `crowd.html?people=100&scene=crowd`. Not shipped.
 *
 * Scenes: `crowd` walks through the boutique, `row` shows the six figures, `face` is a portrait at 1.2 m, `walk` a walker
 * from the side, `chooser` the figure chooser. `__crowd()` reports; `__measure(frames)` runs frames and reports time and heap.
 */
import {
  Color, Mesh, MeshStandardMaterial, NeutralToneMapping, PerspectiveCamera, PlaneGeometry, PMREMGenerator, Raycaster, Scene, Vector2, Vector3, WebGLRenderer,
} from "three";
import { RoomEnvironment } from "three/examples/jsm/environments/RoomEnvironment.js";
import { People } from "../src/avatar/people";
import { euler } from "../src/avatar/skeleton";
import { BODY_BONES } from "../src/net/body";
import type { Person } from "../src/net/person";
import { readStore } from "../src/world/manifest";
import boutique from "../tests/stores/boutique.json";
import { assemble } from "../src/world/assemble";
import { weigh } from "../src/world/moods";
import { EYE_M } from "../src/world/walk";
import { World } from "../src/world/world";

const BOUTIQUE = readStore(boutique);
const ask = new URLSearchParams(location.search);
const host = document.getElementById("place")!;
const scene = ask.get("scene") ?? "crowd";
const figures = ask.get("figures") ?? "/figures/";
const count = Number(ask.get("people") ?? 100);

const SKIN = [0xf6dfcf, 0xeac4a8, 0xd9a884, 0xc08a63, 0x9c6b48, 0x7a4f33, 0x5a3825, 0x3e271b];
const HAIR_TINT = [0x17120f, 0x2b1d14, 0x46301f, 0x6b4a2e, 0x7a3420, 0xb8976a, 0xc9c3ba];
const CLOTHES = [0xede6da, 0xd8cfc0, 0xb98e72, 0x8f6b57, 0x8b8c6a, 0x565b45, 0x2a2e33, 0x33404f, 0xb0603f];
const BODIES = { ada: [0, 3], noor: [2, 5], mei: [0, 3], ben: [0, 3], kofi: [4, 8], luis: [1, 5] } as const;
const HAIRS = ["bob", "curls", "long", "crop", "bun", "none"];
const OUTFITS = ["linen", "knit", "dress", "denim", "suit", "active"];
const DEFAULTS = { ada: ["bob", "linen"], noor: ["long", "dress"], mei: ["bun", "knit"], ben: ["crop", "suit"], kofi: ["curls", "active"], luis: ["crop", "denim"] } as const;

let seed = 7;
const chance = (): number => {
  seed = (seed * 1664525 + 1013904223) >>> 0;
  return seed / 2 ** 32;
};
const one = <T>(all: readonly T[]): T => all[Math.floor(chance() * all.length)]!;

function person(slot: number, body: keyof typeof BODIES, isDefault: boolean): Person {
  const [first, end] = BODIES[body];
  const [hair, outfit] = isDefault ? DEFAULTS[body] : [one(HAIRS), one(body === "ben" || body === "kofi" || body === "luis" ? OUTFITS.filter((o) => o !== "dress") : OUTFITS)];
  const chair = ask.has("chair") || (!isDefault && chance() < 0.04) ? "c" : "";
  return {
    slot, rev: 0, x: 0, y: 0, z: 0, yaw: 0, vx: 0, vz: 0, animation: 0, emote: 0, emoteTurn: 0, mode: 0, focus: 0, head: null, left: null, right: null, isFar: false, isTalking: false,
    card: {
      slot, rev: 0, member: slot, name: one(["Ada", "Noor", "梅", "Ben", "Kofi Mensah", "Luis", "مريم", "A very long nickname"]), role: slot === 1 ? "host" : "guest",
      avatar: ask.get("avatar") ?? `${body}/${hair}/${outfit}/x${isDefault ? "" : `w${Math.floor(chance() * 4) - 1}a${Math.floor(chance() * 3)}h${Math.floor(chance() * 5) - 2}`}${chair}`,
      tint: [SKIN[first + Math.floor(chance() * (end - first))]!, one(HAIR_TINT), one(CLOTHES), one(CLOTHES)], wears: (ask.get("wears") ?? "").split(",").filter(Boolean).map((item) => [item.split(":")[0]!, item.split(":")[1] ?? null] as const), party: 0, muted: !ask.has("wears") && chance() < 0.1,
    },
  };
}

/** A floor, a wall and the boutique's lamps without its bake: quick to open on a machine that draws in software. */
function studio(): World {
  const renderer = new WebGLRenderer({ antialias: true });
  renderer.toneMapping = NeutralToneMapping;
  renderer.setSize(innerWidth, innerHeight);
  host.append(renderer.domElement);
  const stage = new Scene();
  stage.background = new Color(0xd9d2c6);
  const filter = new PMREMGenerator(renderer);
  stage.environment = filter.fromScene(new RoomEnvironment(), 0.04).texture;
  stage.environmentIntensity = 0.55;
  const floor = new Mesh(new PlaneGeometry(40, 40).rotateX(-Math.PI / 2), new MeshStandardMaterial({ color: 0xb9a993, roughness: 0.9 }));
  stage.add(floor);
  const camera = new PerspectiveCamera(Number(ask.get("fov") ?? 54), innerWidth / innerHeight, 0.05, 100);
  const parts: { update?(dt: number): void; lit?(w: unknown): void }[] = [];
  const assembly = assemble(BOUTIQUE, { texels: 128, quality: 0.2 });
  const weights = weigh(BOUTIQUE.moods[ask.get("mood") ?? BOUTIQUE.mood]!, null);
  const k = 2.2 / Math.max(weights.sky[1], weights.lamps[1]);
  for (const layer of [weights.sky, weights.lamps] as unknown as number[][]) for (let i = 0; i < 3; i++) layer[i]! *= k * 0.35;
  let last = 0;
  const eye = new Vector3();
  const tick = (now: number): void => {
    requestAnimationFrame(tick);
    const dt = Math.min(0.1, (now - last) / 1000);
    last = now;
    camera.updateMatrixWorld();
    camera.getWorldPosition(eye);
    for (const part of parts) part.update?.(dt);
    renderer.render(stage, camera);
  };
  requestAnimationFrame(tick);
  host.setAttribute("data-lit", "");
  host.setAttribute("data-painted", "");
  return {
    scene: stage, camera, eye, renderer, plan: BOUTIQUE, assembly, weights, add: (part: object) => parts.push(part), redraw: () => undefined,
    walk: { stand: (x: number, z: number, yaw: number, pitch = 0) => (camera.position.set(x, EYE_M, z), camera.rotation.set(pitch, yaw + Math.PI, 0, "YXZ")) },
  } as unknown as World;
}

const crowd = new Map<number, Person>();
const names = Object.keys(BODIES) as (keyof typeof BODIES)[];
const ways = new Map<number, { speed: number; turn: number; stops: number }>();

const world = ask.has("studio") ? studio() : new World(host, BOUTIQUE, { tier: ask.has("mobile") ? "mobile" : "desktop", isStill: false, mood: ask.get("mood") ?? "", pixelRatio: 1, told: (stage, progress) => progress >= 1 && host.setAttribute(`data-${stage}`, "") });
const [ax, az, yaw, pitch] = ask.has("at") ? ask.get("at")!.split(",").map(Number) : [];
const begin = world.plan.spawn[0]!;
const [sx, sz] = Number.isFinite(ax) ? [ax!, az!] : [begin.position[0], begin.position[2]];
const syaw = ((Number.isFinite(yaw) ? yaw! : begin.yaw_deg) * Math.PI) / 180;
world.walk.stand(sx, sz, syaw, ((pitch ?? 0) * Math.PI) / 180);

const ahead = (d: number, side: number): [number, number] => [sx + Math.sin(syaw) * d + Math.cos(syaw) * side, sz + Math.cos(syaw) * d - Math.sin(syaw) * side];
if (scene === "crowd") {
  const inside = world.assembly.insides[0]!;
  for (let i = 1; i <= count; i++) {
    const p = person(i, names[i % 6]!, false);
    p.x = inside.min[0] + 0.6 + chance() * (inside.max[0] - inside.min[0] - 1.2);
    p.z = inside.min[2] + 0.6 + chance() * (inside.max[2] - inside.min[2] - 1.2);
    p.yaw = chance() * 6.28;
    ways.set(i, { speed: chance() < 0.5 ? 0 : 0.6 + chance() * 0.8, turn: (chance() - 0.5) * 0.7, stops: chance() * 6 });
    crowd.set(i, p);
  }
} else {
  const shown = scene === "face" || scene === "walk" ? [ask.get("body") as keyof typeof BODIES ?? "ada"] : names;
  for (const [i, name] of shown.entries()) {
    const p = person(i + 1, name, !ask.has("any"));
    const d = Number(ask.get("d") ?? (scene === "face" ? 1.2 : 3.4));
    [p.x, p.z] = ahead(d, shown.length > 1 ? (2.5 - i) * 0.78 : 0);
    p.yaw = syaw + Math.PI + (Number(ask.get("turn") ?? 0) * Math.PI) / 180;
    p.animation = Number(ask.get("animation") ?? 0);
    if (scene === "walk") p.vx = Math.sin(p.yaw) * 1.2, (p.vz = Math.cos(p.yaw) * 1.2);
    crowd.set(i + 1, p);
  }
}

const people = new People(world, () => ({ people: crowd }), { figures, isStill: false, tier: ask.has("mobile") ? "mobile" : "desktop" });
world.add(people);
if (ask.has("say")) setTimeout(() => {
  people.say(1, "Have you seen the chair by the window? It comes in clay and in olive.", 60000);
  people.say(2, "مرحبا، هل رأيت الكرسي بجانب النافذة؟", 60000);
  people.say(3, "这把椅子有三种颜色,我最喜欢橄榄绿。", 60000);
}, 500);
if (ask.has("emote")) setTimeout(() => crowd.forEach((p) => Object.assign(p, { emote: Number(ask.get("emote")), emoteTurn: 1 })), 2500);
// `wears=solen-sunglasses:SUN-SOLEN-GLD,mere-tote` dresses them from the shop, `moves` lets them share how they move.
if (ask.has("moves")) {
  const turns = new Float32Array(BODY_BONES.length * 4);
  const set = (name: string, yaw: number, pitch: number, roll: number): void => euler(turns, BODY_BONES.indexOf(name as never) * 4, yaw, pitch, roll);
  for (const name of BODY_BONES) set(name, 0, 0, 0);
  set("leftUpperArm", -0.5, 0, -0.9), set("leftLowerArm", -1.5, 0, 0), set("rightUpperArm", 0, 0, -0.3), set("rightLowerArm", 0, 0, -1.2), set("head", 0.3, 0, 0.1), set("spine", 0.2, 0, 0);
  const mask = (1 << 14) - 1;
  crowd.forEach((p) => (p.body = { turns, mask }));
}
if (ask.has("vr")) crowd.forEach((p) => {
  const part = (x: number, y: number, z: number) => ({ position: Float32Array.of(x, y, z), rotation: Float32Array.of(0, 0, 0, 1) });
  Object.assign(p, { head: part(0.02, 1.6, 0.09), left: part(0.28, 1.15, 0.32), right: part(-0.2, 1.42, 0.4) });
});

/** The crowd of the benchmark walks in circles, and stops now and then. */
function walkOn(dt: number): void {
  const inside = world.assembly.insides[0]!;
  for (const [slot, way] of ways) {
    const p = crowd.get(slot)!;
    way.stops -= dt;
    if (way.stops < -6) way.stops = 4;
    const speed = way.stops > 0 ? 0 : way.speed;
    p.yaw += speed ? way.turn * dt : 0;
    p.vx = Math.sin(p.yaw) * speed;
    p.vz = Math.cos(p.yaw) * speed;
    p.x += p.vx * dt;
    p.z += p.vz * dt;
    if (p.x < inside.min[0] + 0.5 || p.x > inside.max[0] - 0.5 || p.z < inside.min[2] + 0.5 || p.z > inside.max[2] - 0.5) {
      p.yaw = Math.atan2((inside.min[0] + inside.max[0]) / 2 - p.x, (inside.min[2] + inside.max[2]) / 2 - p.z);
    }
  }
}
world.add({ update: walkOn, dispose: () => undefined });

const heap = (): number => (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0;
Object.assign(window, {
  world, people, crowd,
  __crowd: () => ({ ...people.counts, all: world.renderer.info.render.calls, triangles: world.renderer.info.render.triangles }),
  __pick: (x: number, y: number) => {
    const ray = new Raycaster();
    ray.setFromCamera(new Vector2(x, y), world.camera);
    return people.pick(ray)?.slot ?? null;
  },
  __measure: (frames: number) => {
    const gc = (window as unknown as { gc?: () => void }).gc;
    for (let i = 0; i < 120; i++) walkOn(1 / 60), people.update(1 / 60);
    gc?.();
    const [before, began] = [heap(), performance.now()];
    for (let i = 0; i < frames; i++) walkOn(1 / 60), people.update(1 / 60);
    const ms = (performance.now() - began) / frames;
    const grown = heap() - before;
    gc?.();
    return { frames, ms_per_update: ms, grown_bytes_per_frame: grown / frames, kept_bytes: heap() - before, ...people.counts };
  },
});
