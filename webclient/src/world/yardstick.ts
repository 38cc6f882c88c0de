/**
 * True size: lines along a product's width, height and depth with their lengths, and familiar things beside it.
 *
 * The words and units are the page's (`format`). What it is not: measuring; lengths come from the product's bounds.
 */
import {
  BoxGeometry, BufferGeometry, CanvasTexture, ExtrudeGeometry, Float32BufferAttribute, Group, LatheGeometry, LineBasicMaterial, LineSegments, Mesh, MeshStandardMaterial, Shape, Sprite,
  SpriteMaterial, SRGBColorSpace, Vector2, type Box3, type Material, type Object3D,
} from "three";

export type Reference = "none" | "card" | "bottle" | "person";

const PIXELS = 44;
const FACE = `600 ${PIXELS}px "Source Sans 3", system-ui, sans-serif`;

function disposeAll(group: Object3D): void {
  group.traverse((object) => {
    const mesh = object as Mesh;
    mesh.geometry?.dispose();
    const material = (object as Partial<Mesh>).material as Material | undefined;
    (material as SpriteMaterial | undefined)?.map?.dispose();
    material?.dispose();
  });
  group.removeFromParent();
}

/** Three lines with ticks, a little off the box's lower front edges, and a label each. */
export class Dimensions {
  readonly group = new Group();

  constructor(box: Box3, format: (metres: number) => string) {
    const { min, max } = box;
    const size = Math.max(max.x - min.x, max.y - min.y, max.z - min.z);
    const gap = size * 0.09;
    const tick = size * 0.025;
    const points: number[] = [];
    const line = (...p: number[]): void => void points.push(...p);
    const [x1, z1] = [max.x + gap, max.z + gap];
    line(min.x, 0, z1, max.x, 0, z1, min.x, 0, z1 - tick, min.x, 0, z1 + tick, max.x, 0, z1 - tick, max.x, 0, z1 + tick);
    line(x1, 0, min.z, x1, 0, max.z, x1 - tick, 0, min.z, x1 + tick, 0, min.z, x1 - tick, 0, max.z, x1 + tick, 0, max.z);
    line(min.x - gap, 0, max.z, min.x - gap, max.y - min.y, max.z);
    for (const y of [0, max.y - min.y]) line(min.x - gap - tick, y, max.z, min.x - gap + tick, y, max.z);
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new Float32BufferAttribute(points, 3));
    const lines = new LineSegments(geometry, new LineBasicMaterial({ color: 0xf6f1e7, transparent: true, opacity: 0.9, toneMapped: false, depthTest: false }));
    lines.renderOrder = 5;
    this.group.add(lines);
    const label = (metres: number, x: number, y: number, z: number): void => {
      const sprite = written(format(metres), size * 0.055);
      sprite.position.set(x, y, z);
      this.group.add(sprite);
    };
    label(max.x - min.x, (min.x + max.x) / 2, size * 0.005, z1 + gap * 0.7);
    label(max.z - min.z, x1 + gap * 0.9, size * 0.005, (min.z + max.z) / 2);
    label(max.y - min.y, min.x - gap * 1.9, (max.y - min.y) / 2, max.z);
  }

  dispose(): void {
    disposeAll(this.group);
  }
}

/** Text on a small dark plate: it reads on every product. */
export function written(text: string, height_m: number): Sprite {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const height = PIXELS * 1.7;
  if (pen) pen.font = FACE;
  const width = Math.ceil((pen?.measureText(text).width ?? 100) + PIXELS);
  canvas.width = width;
  canvas.height = height;
  if (pen) {
    pen.font = FACE;
    pen.fillStyle = "rgba(28, 27, 24, 0.78)";
    pen.beginPath();
    pen.roundRect(0, 0, width, height, height / 2);
    pen.fill();
    pen.fillStyle = "#fbf8f2";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(text, width / 2, height / 2 + 2);
  }
  const map = new CanvasTexture(canvas);
  map.colorSpace = SRGBColorSpace;
  const sprite = new Sprite(new SpriteMaterial({ map, transparent: true, depthTest: false, toneMapped: false }));
  sprite.scale.set((height_m * width) / height, height_m, 1);
  sprite.renderOrder = 6;
  return sprite;
}

/** How wide and tall each is. */
export const REFERENCE_M: Readonly<Record<Exclude<Reference, "none">, readonly [number, number]>> = { card: [0.0856, 0.054], bottle: [0.075, 0.3], person: [0.52, 1.7] };

/** A bank card leaning, a wine bottle, or a person's outline; it stands on y = 0. */
export function referenceThing(kind: Exclude<Reference, "none">): { object: Group; dispose(): void } {
  const object = new Group();
  const clay = new MeshStandardMaterial({ color: 0x8d9a86, roughness: 0.55 });
  if (kind === "card") {
    const card = new Shape();
    const [w, h, r] = [0.0856, 0.05398, 0.00318];
    card.moveTo(r, 0).lineTo(w - r, 0).quadraticCurveTo(w, 0, w, r).lineTo(w, h - r).quadraticCurveTo(w, h, w - r, h).lineTo(r, h).quadraticCurveTo(0, h, 0, h - r).lineTo(0, r).quadraticCurveTo(0, 0, r, 0);
    const plate = new Mesh(new ExtrudeGeometry(card, { depth: 0.00076, bevelEnabled: false }), clay);
    plate.position.x = -w / 2;
    const chip = new Mesh(new BoxGeometry(0.0115, 0.009, 0.0004), new MeshStandardMaterial({ color: 0xc9a86a, metalness: 1, roughness: 0.35 }));
    chip.position.set(-w / 2 + 0.016, 0.031, 0.0009);
    const lean = new Group().add(plate, chip);
    lean.rotation.x = -0.14;
    object.add(lean);
  } else if (kind === "bottle") {
    const [r, neck] = [0.0375, 0.0145];
    const side = [[0, 0], [r - 0.004, 0], [r, 0.004], [r, 0.185], [r * 0.93, 0.203], [r * 0.66, 0.218], [neck + 0.002, 0.236], [neck, 0.25], [neck, 0.285], [neck + 0.0015, 0.287], [neck + 0.0015, 0.298], [0, 0.3]] as const;
    object.add(new Mesh(new LatheGeometry(side.map(([x, y]) => new Vector2(x, y)), 40), new MeshStandardMaterial({ color: 0x2b3a2c, roughness: 0.16 })));
  } else {
    const half: readonly (readonly [number, number])[] = [
      [0, 0], [0.13, 0], [0.14, 0.03], [0.095, 0.08], [0.1, 0.45], [0.125, 0.7], [0.14, 0.86], [0.15, 0.93], [0.165, 1.0], [0.195, 0.86], [0.21, 0.75], [0.235, 0.72], [0.25, 0.78], [0.235, 0.98],
      [0.24, 1.15], [0.232, 1.32], [0.2, 1.4], [0.1, 1.44], [0.055, 1.46], [0.052, 1.5], [0.075, 1.55], [0.088, 1.61], [0.078, 1.67], [0.045, 1.7], [0, 1.705],
    ];
    const outline = new Shape();
    outline.moveTo(0, 0);
    outline.splineThru(half.slice(1).map(([x, y]) => new Vector2(x, y)));
    outline.splineThru([...half].reverse().slice(1).map(([x, y]) => new Vector2(-x, y)));
    const flat = new Mesh(new ExtrudeGeometry(outline, { depth: 0.02, bevelEnabled: true, bevelSize: 0.006, bevelThickness: 0.006, bevelSegments: 2, curveSegments: 4 }), new MeshStandardMaterial({ color: 0xb9b1a4, roughness: 0.8, transparent: true, opacity: 0.55 }));
    object.add(flat);
  }
  return { object, dispose: () => disposeAll(object) };
}
