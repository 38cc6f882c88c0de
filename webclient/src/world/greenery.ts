/**
 * A plant or two a room, where nobody walks: a pot of the architecture's own, stems and leaves in one draw for all.
 *
 * Places follow from the plan alone, so that every shopper sees the same. What it is not: in the manifest; a merchant
 * places products, the house places its plants.
 */
import { BufferAttribute, BufferGeometry, Color, DoubleSide, Mesh, MeshStandardMaterial, Vector3, type Scene } from "three";
import { wallFrame } from "./architecture";
import { footprint } from "./furniture";
import type { Segment } from "./architecture";
import type { Room, StorePlan, Vec3 } from "./plan";
import { standing, type Shell } from "./shell";
import { circle, pane, sweep } from "./solids";
import type { Part } from "./part";

const POT_M = [0.21, 0.36] as const;
const MOST = 2;
const LOW_ROOM_M = 5;

export interface Plant {
  readonly position: Vec3;
  readonly height_m: number;
  readonly seed: number;
}

/** Corners with room to spare, those by windows first. */
export function plantsOf(room: Room, spawns: StorePlan["spawn"]): Plant[] {
  if (room.height_m > LOW_ROOM_M) return [];
  const n = room.floor.length;
  const found: { plant: Plant; worth: number }[] = [];
  for (let i = 0; i < n; i++) {
    const [p, a, b] = [room.floor[(i + n - 1) % n], room.floor[i], room.floor[(i + 1) % n]];
    if (!p || !a || !b) continue;
    const [u, v] = [unit(a, p), unit(a, b)];
    const [x, z] = [a[0] + (u[0] + v[0]) * 0.5, a[1] + (u[1] + v[1]) * 0.5];
    const far = (q: readonly [number, number, number], w = 0): number => Math.hypot(q[0] - x, q[2] - z) - w;
    const things = [...room.plinths.map((o) => far(o.position, Math.max(o.size_m[0], o.size_m[2]) / 2)), ...room.seats.map((o) => far(o.position, Math.max(o.size_m[0], o.size_m[2]) / 2)),
      ...room.shelves.map((o) => far(o.position, o.width_m / 2)), ...room.slots.map((o) => far(o.position, 0.3)), ...room.mirrors.map((o) => far(o.position, o.width_m / 2)), ...room.signs.map((o) => far(o.position, 0.4))];
    if (Math.min(9, ...things) < 0.55 || Math.min(9, ...spawns.map((s) => far(s.position))) < 1.2) continue;
    const ways = [(i + n - 1) % n, i].flatMap((k) => {
      const [c, d] = [room.floor[k], room.floor[(k + 1) % n]];
      if (!c || !d) return [];
      const { frame, length } = wallFrame(c, d);
      return (room.walls[k]?.openings ?? []).map((o) => ({ o, far: Math.hypot(frame.o[0] + frame.x[0] * (length - o.at_m) - x, frame.o[2] + frame.x[2] * (length - o.at_m) - z) - o.width_m / 2 }));
    });
    if (ways.some(({ o, far: away }) => o.kind !== "window" && away < 0.35)) continue;
    const light = Math.min(4, ...ways.filter(({ o }) => o.kind === "window").map(({ far: away }) => away));
    found.push({ plant: { position: [x, 0, z], height_m: 1.75 + 0.3 * hash(x * 7 + z), seed: Math.round((x + 50) * 100 + (z + 50) * 7) }, worth: light });
  }
  return found.sort((p, q) => p.worth - q.worth).slice(0, MOST).map(({ plant }) => plant);
}

const unit = (a: readonly [number, number], b: readonly [number, number]): [number, number] => {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  return [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
};
const hash = (x: number): number => Math.abs(Math.sin(x * 127.1) * 43758.5453) % 1;

/** The pot: a tapered cylinder with a rim and dark soil in it. */
export function pot(shell: Shell, plant: Plant, material: string): Segment[] {
  const frame = standing(plant.position, (plant.seed % 90) * 4);
  const [r, h] = POT_M;
  sweep(shell, { material, weight: 1.2 }, frame, circle(r, 36), [
    { out: -0.05, up: 0, face: [1, 0] }, { out: -0.012, up: h * 0.7, face: [1, 0.1] }, { out: 0, up: h - 0.012, face: [1, 0] }, { out: -0.004, up: h - 0.002, face: [0.6, 0.8] },
    { out: -0.014, up: h, face: [0, 1] }, { out: -0.026, up: h - 0.004, face: [-0.6, 0.8] }, { out: -0.03, up: h - 0.05, face: [-1, 0] },
  ]);
  pane(shell, { material, weight: 0.8 }, { ...frame, o: [plant.position[0], h - 0.05, plant.position[2]] }, circle(r - 0.028, 24).points);
  return footprint(plant.position, 0, r * 1.8, r * 1.8);
}

/** Stems and leaves of all plants: one mesh, coloured by vertex, lit by the room's probe. */
export class Greenery implements Part {
  readonly #mesh: Mesh<BufferGeometry, MeshStandardMaterial>;
  readonly #scene: Scene;

  constructor(scene: Scene, plants: readonly Plant[]) {
    this.#scene = scene;
    const soup: Soup = { position: [], normal: [], colour: [], index: [] };
    for (const plant of plants) grow(soup, plant);
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(new Float32Array(soup.position), 3));
    geometry.setAttribute("normal", new BufferAttribute(new Float32Array(soup.normal), 3));
    geometry.setAttribute("color", new BufferAttribute(new Float32Array(soup.colour), 3));
    geometry.setIndex(soup.index);
    this.#mesh = new Mesh(geometry, new MeshStandardMaterial({ vertexColors: true, roughness: 0.58, side: DoubleSide }));
    this.#mesh.matrixAutoUpdate = false;
    this.#mesh.name = "greenery";
    if (plants.length) scene.add(this.#mesh);
  }

  dispose(): void {
    this.#scene.remove(this.#mesh);
    this.#mesh.geometry.dispose();
    this.#mesh.material.dispose();
  }
}

interface Soup {
  readonly position: number[];
  readonly normal: number[];
  readonly colour: number[];
  readonly index: number[];
}

const UP = new Vector3(0, 1, 0);

/** A fig: a few bent stems, broad leaves in a spiral, larger below. */
function grow(soup: Soup, plant: Plant): void {
  let state = plant.seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  const root = new Vector3(plant.position[0], POT_M[1] - 0.06, plant.position[2]);
  for (let k = 0; k < 4; k++) {
    const lean = next() * 2 * Math.PI;
    const out = 0.08 + 0.2 * next();
    const tall = (plant.height_m - POT_M[1]) * (0.62 + 0.38 * (k === 0 ? 1 : next()));
    const at = (t: number): Vector3 => new Vector3(root.x + Math.cos(lean) * (0.03 + out * t * t), root.y + tall * t, root.z + Math.sin(lean) * (0.03 + out * t * t));
    stem(soup, at);
    const leaves = 11 + Math.floor(tall * 6);
    for (let i = 0; i < leaves; i++) {
      const t = 0.3 + 0.7 * ((i + 0.5) / leaves);
      const turn = i * 2.399 + next() * 0.5 + k;
      const rise = 0.15 + 0.75 * t ** 3 + (next() - 0.5) * 0.3;
      const way = new Vector3(Math.cos(turn), rise, Math.sin(turn)).normalize();
      leaf(soup, at(t), way, 0.2 + 0.1 * next() - 0.05 * t, next());
    }
  }
}

function stem(soup: Soup, at: (t: number) => Vector3): void {
  const [sides, steps] = [6, 6];
  const first = soup.position.length / 3;
  for (let j = 0; j <= steps; j++) {
    const middle = at(j / steps);
    const r = 0.011 * (1 - 0.6 * (j / steps));
    for (let i = 0; i < sides; i++) {
      const turn = (i / sides) * 2 * Math.PI;
      soup.position.push(middle.x + Math.cos(turn) * r, middle.y, middle.z + Math.sin(turn) * r);
      soup.normal.push(Math.cos(turn), 0, Math.sin(turn));
      soup.colour.push(0.09, 0.065, 0.04);
      if (j === 0) continue;
      const [a, b] = [first + (j - 1) * sides + i, first + (j - 1) * sides + ((i + 1) % sides)];
      soup.index.push(a, a + sides, b, b, a + sides, b + sides);
    }
  }
}

const OUTLINE = [[0, 0.04], [0.18, 0.3], [0.45, 0.46], [0.72, 0.4], [0.92, 0.2], [1, 0.02]] as const;

/** A broad leaf that bends down at its tip, folded a little along its rib. */
function leaf(soup: Soup, from: Vector3, way: Vector3, length: number, tone: number): void {
  const side = new Vector3().crossVectors(way, UP).normalize();
  const first = soup.position.length / 3;
  const face = new Vector3();
  // Young leaves are yellower, old ones bluer; linear.
  const colour = new Color().setRGB(0.045 + 0.05 * tone, 0.1 + 0.07 * tone, 0.035 + 0.02 * (1 - tone));
  for (const [j, [t, wide]] of OUTLINE.entries()) {
    const droop = -0.42 * t * t * length;
    const middle = from.clone().addScaledVector(way, length * t).addScaledVector(UP, droop);
    const along_ = way.clone().addScaledVector(UP, -0.84 * t).normalize();
    face.crossVectors(side, along_).normalize();
    for (const s of [-1, 0, 1]) {
      const p = middle.clone().addScaledVector(side, s * wide * length * 0.72).addScaledVector(face, s ? 0.1 * wide * length : 0);
      const n = face.clone().addScaledVector(side, -s * 0.28).normalize();
      if (n.y < 0) n.negate();
      soup.position.push(p.x, p.y, p.z);
      soup.normal.push(n.x, n.y, n.z);
      const shade = s ? 1 : 1.35;
      soup.colour.push(colour.r * shade, colour.g * shade, colour.b * shade);
    }
    if (!j) continue;
    for (const s of [0, 1]) {
      const a = first + (j - 1) * 3 + s;
      soup.index.push(a, a + 1, a + 3, a + 1, a + 4, a + 3);
    }
  }
}
