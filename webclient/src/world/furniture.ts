/** Shelves, plinths, seating, mirrors, rugs, stages and lamp bodies: what stands in a room. */
import type { Segment } from "./architecture";
import type { Lamp, Mirror, Plinth, Rug, Seat, Shelf, Stage, Vec2, Vec3 } from "./plan";
import { along, standing, turned, type Frame, type Shell } from "./shell";
import { block, box, circle, pane, rim, rounded, sweep, type Outline, type Step } from "./solids";

const BOARD_M = 0.032;
const FINE = 1.7;

export function shelf(shell: Shell, plan: Shelf, metal: string): void {
  const frame = standing(plan.position, plan.yaw_deg);
  const { width_m: w, depth_m: d } = plan;
  for (const up of plan.boards_m) {
    box(shell, { material: plan.material, weight: FINE }, frame, [0, 0, up - BOARD_M], [w, d, BOARD_M], 0.004);
    // A brass lip under the front edge, where the strip light hides.
    box(shell, { material: metal, weight: 0.6 }, frame, [0, -d / 2 + 0.012, up - BOARD_M - 0.014], [w - 0.02, 0.012, 0.014], 0.002);
  }
  const top = Math.max(...plan.boards_m) + 0.5;
  for (const side of [-1, 1]) {
    if (w < 1.2) continue;
    box(shell, { material: metal, weight: 0.5 }, frame, [side * (w / 2 - 0.18), d / 2 - 0.02, 0.0], [0.018, 0.018, top], 0.003);
  }
}

export function plinth(shell: Shell, plan: Plinth): void {
  const [w, h, d] = plan.size_m;
  const frame = standing(plan.position, plan.yaw_deg);
  const outline = plan.shape === "round" ? circle(w / 2, 56) : rounded(w, d, 0.012, 3);
  const look = { material: plan.material, weight: FINE, shift: [plan.position[0], plan.position[2]] as Vec2 };
  // It stands off the floor on a recessed foot: a line of shadow.
  const foot = 0.018;
  const inner = plan.shape === "round" ? circle(w / 2 - 0.02, 56) : rounded(w - 0.04, d - 0.04, 0.006, 2);
  sweep(shell, { ...look, weight: 0.6 }, frame, inner, [{ out: 0, up: 0, face: [1, 0] }, { out: 0, up: foot, face: [1, 0] }]);
  sweep(shell, look, frame, outline, rim(h, 0.006, 2, foot));
  const lid = outline.points.map(([a, b], i): Vec2 => [a - (outline.out[i]?.[0] ?? 0) * 0.006, b - (outline.out[i]?.[1] ?? 0) * 0.006]);
  pane(shell, look, { ...frame, o: along(frame, 0, 0, h) }, lid);
}

export function stage(shell: Shell, plan: Stage, metal: string): void {
  const frame = standing(plan.position, plan.yaw_deg);
  block(shell, { material: plan.material, weight: 1.2 }, frame, circle(plan.radius_m, 72), plan.height_m, 0.012);
  sweep(shell, { material: metal, weight: 0.5 }, frame, circle(plan.radius_m + 0.004, 72), [{ out: 0, up: 0, face: [1, 0] }, { out: 0, up: 0.03, face: [1, 0] }]);
}

/** The profile of something stuffed: bulging sides, a round shoulder. */
function stuffed(height: number, bulge: number, shoulder: number, foot: number): Step[] {
  const out: Step[] = [];
  const steps = 10;
  for (let i = 0; i <= steps; i++) {
    const t = i / steps;
    const angle = -Math.PI / 2 + Math.PI * t;
    const k = 0.42; // a superellipse: flatter than a circle
    const c = Math.sign(Math.cos(angle)) * Math.abs(Math.cos(angle)) ** k;
    const s = Math.sign(Math.sin(angle)) * Math.abs(Math.sin(angle)) ** k;
    out.push({ out: (c - 1) * shoulder + bulge * Math.cos(angle), up: foot + (height * (s + 1)) / 2, face: [Math.cos(angle), Math.sin(angle)] });
  }
  return out;
}

function cushion(shell: Shell, material: string, frame: Frame, at: Vec2, w: number, d: number, height: number, foot: number, radius: number): void {
  const base = rounded(w, d, radius, 5);
  const outline: Outline = { out: base.out, points: base.points.map(([a, b]): Vec2 => [a + at[0], b + at[1]]) };
  const profile = stuffed(height, 0.012, 0.045, foot);
  sweep(shell, { material, weight: 1.2 }, frame, outline, profile);
  const last = profile[profile.length - 1] ?? { out: 0, up: height, face: [0, 1] };
  // Its top swells: a shallow dome of one more sweep would be finer; flat reads well at this size.
  pane(shell, { material, weight: 1.2 }, { ...frame, o: along(frame, 0, 0, last.up) }, outline.points.map(([a, b], i): Vec2 => [a + (outline.out[i]?.[0] ?? 0) * last.out, b + (outline.out[i]?.[1] ?? 0) * last.out]));
}

export function seat(shell: Shell, plan: Seat, joinery: string): void {
  const frame = standing(plan.position, plan.yaw_deg);
  const [w, h, d] = plan.size_m;
  if (plan.kind === "pouf") {
    const outline = circle(w / 2, 48);
    const profile = stuffed(h - 0.02, 0.02, 0.09, 0.02);
    sweep(shell, { material: plan.material, weight: 1.3 }, frame, outline, profile);
    const last = profile[profile.length - 1];
    if (last) pane(shell, { material: plan.material, weight: 1.3 }, { ...frame, o: along(frame, 0, 0, last.up) }, circle(w / 2 + last.out, 48).points);
    return;
  }
  const legs = 0.16;
  for (const i of [-1, 1]) for (const j of [-1, 1]) box(shell, { material: joinery, weight: 0.8 }, frame, [i * (w / 2 - 0.09), j * (d / 2 - 0.08), 0], [0.045, 0.045, legs], 0.006);
  box(shell, { material: joinery, weight: 1 }, frame, [0, 0, legs - 0.005], [w - 0.06, d - 0.06, 0.05], 0.008);
  const pieces = Math.max(1, Math.round(w / 0.95));
  for (let i = 0; i < pieces; i++) {
    const each = w / pieces;
    cushion(shell, plan.material, frame, [(i + 0.5) * each - w / 2, 0], each - 0.008, d, h - legs - 0.045, legs + 0.045, 0.07);
  }
  if (plan.kind === "sofa") {
    for (let i = 0; i < pieces; i++) {
      const each = w / pieces;
      cushion(shell, plan.material, frame, [(i + 0.5) * each - w / 2, d / 2 - 0.12], each - 0.012, 0.22, 0.36, h - 0.02, 0.08);
    }
  }
}

/** The mirror's rim and back; the glass itself is drawn apart. */
export function mirror(shell: Shell, plan: Mirror, metal: string): { frame: Frame; outline: readonly Vec2[] } {
  const { frame: flat, outline } = mirrorGlass(plan);
  sweep(shell, { material: metal, weight: 0.7 }, flat, outline, [
    { out: 0.012, up: -0.03, face: [1, 0] }, { out: 0.012, up: 0.008, face: [1, 0] }, { out: 0.008, up: 0.012, face: [0.3, 0.95] },
    { out: 0.002, up: 0.012, face: [-0.3, 0.95] }, { out: 0, up: 0.002, face: [-1, 0] },
  ]);
  return { frame: flat, outline: outline.points };
}

function mirrorGlass(plan: Mirror): { frame: Frame; outline: Outline } {
  const base = standing(plan.position, plan.yaw_deg);
  const frame: Frame = { o: along(base, 0, 0, plan.height_m / 2 + 0.12), x: base.x, y: base.n, n: [-base.y[0], -base.y[1], -base.y[2]] };
  return { frame, outline: rounded(plan.width_m, plan.height_m, plan.isRound ? plan.width_m / 2 : 0.02, plan.isRound ? 16 : 3) };
}

export function rug(shell: Shell, plan: Rug): void {
  block(shell, { material: plan.material, weight: 0.9 }, standing(plan.position, plan.yaw_deg), rounded(plan.size_m[0], plan.size_m[1], 0.05, 4), 0.014, 0.008);
}

/** A spot's cylinder on its stem, or a pendant's shade: what is seen of a lamp. */
export function lampBody(shell: Shell, plan: Lamp, metal: string, ceiling_m: number): void {
  const [x, y, z] = plan.position;
  const aim: Vec3 = [plan.target[0] - x, plan.target[1] - y, plan.target[2] - z];
  const length = Math.hypot(...aim) || 1;
  const n: Vec3 = [aim[0] / length, aim[1] / length, aim[2] / length];
  if (plan.kind === "pendant") {
    // A cord from the ceiling, and the cap that holds the shade.
    const hung: Frame = { o: [x, y + Math.max(plan.size_m[1], 0.12) / 2 - 0.01, z], x: [1, 0, 0], y: [0, 0, -1], n: [0, 1, 0] };
    sweep(shell, { material: metal, weight: 0.5 }, hung, circle(0.045, 20), [{ out: 0, up: 0, face: [1, 0] }, { out: 0, up: 0.03, face: [1, 0] }, { out: -0.036, up: 0.05, face: [0.5, 0.86] }]);
    box(shell, { material: metal, weight: 0.4 }, hung, [0, 0, 0.04], [0.006, 0.006, Math.max(0.02, ceiling_m - hung.o[1] - 0.04)], 0.001);
    return;
  }
  if (plan.kind !== "spot") return;
  const side = Math.hypot(n[2], n[0]) > 1e-3 ? ([n[2], 0, -n[0]] as Vec3) : ([1, 0, 0] as Vec3);
  const sl = Math.hypot(...side);
  const sx: Vec3 = [side[0] / sl, 0, side[2] / sl];
  const sy: Vec3 = [n[1] * sx[2] - n[2] * sx[1], n[2] * sx[0] - n[0] * sx[2], n[0] * sx[1] - n[1] * sx[0]];
  const frame: Frame = { o: [x, y, z], x: sx, y: sy, n };
  const look = { material: metal, weight: 0.5 };
  const r = 0.036;
  sweep(shell, look, frame, circle(r, 20), [{ out: -0.004, up: -0.14, face: [0.3, -0.9] }, { out: 0, up: -0.135, face: [1, 0] }, { out: 0, up: 0.0, face: [1, 0] }]);
  pane(shell, look, { ...frame, o: along(frame, 0, 0, -0.14), x: frame.y, y: frame.x, n: turned(frame, 0, 0, -1) }, circle(r - 0.004, 20).points);
  const stem = Math.max(0.02, ceiling_m - y - 0.03);
  box(shell, look, { o: [x, y + 0.03, z], x: [1, 0, 0], y: [0, 0, -1], n: [0, 1, 0] }, [0, 0, 0], [0.012, 0.012, stem], 0.003);
}

/** The footprint of something on the floor, as four barriers. */
export function footprint(position: Vec3, yaw_deg: number, w: number, d: number): Segment[] {
  const frame = standing(position, yaw_deg);
  const corners = ([[-1, -1], [1, -1], [1, 1], [-1, 1]] as const).map(([i, j]) => along(frame, (i * w) / 2, (j * d) / 2));
  return corners.map((p, i): Segment => {
    const q = corners[(i + 1) % 4] ?? p;
    return [p[0], p[2], q[0], q[2]];
  });
}
