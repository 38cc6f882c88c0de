import { Box3, BoxGeometry, Group, Mesh, MeshPhysicalMaterial, MeshStandardMaterial, SphereGeometry, Vector3, type WebGLRenderer } from "three";
import { describe, expect, it } from "vitest";
import { merged } from "../../src/world/merge";
import { random } from "./stores";

/** Without textures nothing has to be drawn to find their means. */
const NONE = {} as WebGLRenderer;

function product(pieces: number, materials: readonly MeshStandardMaterial[], next: () => number): Group {
  const model = new Group();
  for (let i = 0; i < pieces; i++) {
    const mesh = new Mesh(i % 2 ? new BoxGeometry(0.1, 0.2, 0.05) : new SphereGeometry(0.06, 8, 6), materials[i % materials.length]!);
    mesh.position.set(next() - 0.5, next(), next() - 0.5);
    mesh.rotation.set(next() * 6, next() * 6, next() * 6);
    mesh.scale.setScalar(0.5 + next());
    const holder = new Group();
    holder.rotation.y = next() * 6;
    holder.scale.x = i % 5 === 0 ? -1 : 1;
    model.add(holder.add(mesh));
  }
  return model;
}

const meshesOf = (model: Group): Mesh[] => model.children.filter((one): one is Mesh => (one as Mesh).isMesh);
const corners = (model: Group): number => {
  let sum = 0;
  model.traverse((object) => {
    const mesh = object as Mesh;
    if (mesh.isMesh) sum += mesh.geometry.getIndex()!.count;
  });
  return sum;
};

/** Twice the volume's sixfold: a mirrored part that is turned inside out would take from it. */
function volume(model: Group): number {
  let sum = 0;
  const [a, b, c] = [new Vector3(), new Vector3(), new Vector3()];
  model.updateMatrixWorld(true);
  model.traverse((object) => {
    const mesh = object as Mesh;
    if (!mesh.isMesh) return;
    const [at, index] = [mesh.geometry.getAttribute("position"), mesh.geometry.getIndex()!];
    const flip = mesh.matrixWorld.determinant() < 0 ? -1 : 1;
    for (let i = 0; i < index.count; i += 3) {
      for (const [k, p] of [a, b, c].entries()) p.fromBufferAttribute(at, index.getX(i + k)).applyMatrix4(mesh.matrixWorld);
      sum += flip * a.dot(b.clone().cross(c));
    }
  });
  return sum;
}

describe("a merged product", () => {
  const next = random(19);
  const plain = ["#a04030", "#304050", "#607040", "#d0c0a0", "#202020"].map((color) => new MeshStandardMaterial({ color, roughness: 0.2 + 0.1 * next() }));
  const glass = new MeshPhysicalMaterial({ transmission: 0.9, roughness: 0.05 });

  it("is where it was, as large, as full, with every triangle, near and far", async () => {
    for (let turn = 0; turn < 6; turn++) {
      const model = product(20, plain, next);
      const box = new Box3().setFromObject(model, true);
      const [triangles, full] = [corners(model), volume(model)];
      for (const isFar of [false, true]) {
        const one = await merged(model, isFar, NONE);
        const now = new Box3().setFromObject(one, true);
        for (const side of ["min", "max"] as const) expect(now[side].distanceTo(box[side])).toBeLessThan(1e-5);
        expect(corners(one)).toBe(triangles);
        expect(volume(one) / full).toBeCloseTo(1, 4);
      }
    }
  });

  it("takes a draw a material near by, and one far off", async () => {
    const model = product(30, plain, next);
    expect(meshesOf(await merged(model, false, NONE))).toHaveLength(plain.length);
    expect(meshesOf(await merged(model, true, NONE))).toHaveLength(1);
  });

  it("keeps its glass clear in a draw of its own, and never refracts the room", async () => {
    const model = product(12, [...plain.slice(0, 2), glass], next);
    const far = meshesOf(await merged(model, true, NONE));
    expect(far.map(({ material }) => (material as MeshStandardMaterial).transparent).sort()).toEqual([false, true]);
    const near = meshesOf(await merged(model, false, NONE));
    for (const { material } of near) expect((material as MeshPhysicalMaterial).transmission ?? 0).toBe(0);
    expect(near.filter(({ material }) => (material as MeshStandardMaterial).transparent)).toHaveLength(1);
  });

  it("says the colour and the finish of each part with its vertices", async () => {
    const [far] = meshesOf(await merged(product(10, plain, next), true, NONE));
    const colour = far!.geometry.getAttribute("flatColour");
    const found = new Set<string>();
    for (let i = 0; i < colour.count; i++) found.add([colour.getX(i), colour.getY(i), colour.getZ(i)].map((x) => (x * x).toFixed(2)).join());
    expect(found).toEqual(new Set(plain.map(({ color: { r, g, b } }) => [r, g, b].map((x) => (Math.round(Math.sqrt(x) * 255) / 255) ** 2).map((x) => x.toFixed(2)).join())));
  });
});
