/** Drawn on the floor under a piece: its box, rounded, with a notch at its front; and lines to what stands next. */
import { BufferGeometry, DoubleSide, Float32BufferAttribute, Group, LineBasicMaterial, LineSegments, Mesh, MeshBasicMaterial, Path, Shape, ShapeGeometry, type Sprite } from "three";
import { written } from "../world/yardstick";
import type { Gaps, Kind } from "./fit";
import { dropped } from "./dropped";

const WIDTH_M = 0.014;
const OFF_M = 0.03;
const LIFT_M = 0.004;

/** Green, amber, grey, clay: never the only sign, the words beside it say the same. */
const TINTS: Readonly<Record<Kind, number>> = { fits: 0x7fd6a4, snug: 0xf2c46d, unsure: 0xe9e4da, no: 0xef8a6b };

function rounded<T extends Path>(path: T, x: number, y: number, w: number, h: number, r: number): T {
  path.moveTo(x + r, y);
  path.lineTo(x + w - r, y).quadraticCurveTo(x + w, y, x + w, y + r);
  path.lineTo(x + w, y + h - r).quadraticCurveTo(x + w, y + h, x + w - r, y + h);
  path.lineTo(x + r, y + h).quadraticCurveTo(x, y + h, x, y + h - r);
  path.lineTo(x, y + r).quadraticCurveTo(x, y, x + r, y);
  return path;
}

export class Outline {
  readonly group = new Group();
  readonly #material = new MeshBasicMaterial({ color: TINTS.unsure, transparent: true, opacity: 0.95, side: DoubleSide, depthWrite: false, toneMapped: false });

  constructor(width: number, depth: number) {
    const [w, d] = [width + 2 * OFF_M, depth + 2 * OFF_M];
    const r = Math.min(0.06, w / 4, d / 4);
    const frame = rounded(new Shape(), -w / 2, -d / 2, w, d, r);
    frame.holes.push(rounded(new Path(), -w / 2 + WIDTH_M, -d / 2 + WIDTH_M, w - 2 * WIDTH_M, d - 2 * WIDTH_M, Math.max(0.01, r - WIDTH_M)));
    const notch = new Shape();
    const n = Math.min(0.07, w / 5);
    // A shape's y becomes the floor's -z: the front is at +z.
    notch.moveTo(-n, -d / 2 - 0.02).lineTo(n, -d / 2 - 0.02).lineTo(0, -d / 2 - 0.02 - n * 0.8);
    for (const shape of [frame, notch]) {
      const mesh = new Mesh(new ShapeGeometry(shape, 6), this.#material);
      mesh.rotation.x = -Math.PI / 2;
      mesh.position.y = LIFT_M;
      mesh.renderOrder = 2;
      this.group.add(mesh);
    }
  }

  tint(kind: Kind): void {
    this.#material.color.setHex(TINTS[kind]);
  }

  dispose(): void {
    dropped(this.group);
  }
}

/** Lines from the sides of a piece to the walls and things that come next, with their lengths. In the piece's own space. */
export class GapLines {
  readonly group = new Group();
  readonly #labels: Sprite[] = [];

  constructor(gaps: Gaps, width: number, depth: number, format: (metres: number) => string, most_m: number) {
    const points: number[] = [];
    const [w, d] = [width / 2, depth / 2];
    const line = (gap: number | null, x: number, z: number, dx: number, dz: number): void => {
      if (gap === null || gap < 0.02 || gap > most_m) return;
      const [ex, ez] = [x + dx * gap, z + dz * gap];
      const dash = 0.045;
      for (let at = 0; at < gap; at += dash * 2) points.push(x + dx * at, LIFT_M, z + dz * at, x + dx * Math.min(gap, at + dash), LIFT_M, z + dz * Math.min(gap, at + dash));
      points.push(ex - dz * 0.06, LIFT_M, ez + dx * 0.06, ex + dz * 0.06, LIFT_M, ez - dx * 0.06);
      const label = written(format(gap), 0.1);
      label.position.set((x + ex) / 2, 0.07, (z + ez) / 2);
      this.#labels.push(label);
      this.group.add(label);
    };
    line(gaps.left, -w, 0, -1, 0);
    line(gaps.right, w, 0, 1, 0);
    line(gaps.front, 0, d, 0, 1);
    line(gaps.back, 0, -d, 0, -1);
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new Float32BufferAttribute(points, 3));
    const lines = new LineSegments(geometry, new LineBasicMaterial({ color: 0xf6f1e7, transparent: true, opacity: 0.9, toneMapped: false, depthTest: false }));
    lines.renderOrder = 5;
    this.group.add(lines);
  }

  dispose(): void {
    dropped(this.group);
  }
}
