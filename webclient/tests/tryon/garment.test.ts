import { Bone, BufferGeometry, Float32BufferAttribute, Group, Mesh, MeshBasicMaterial, Quaternion, Skeleton, SkinnedMesh, Uint16BufferAttribute, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { JOINTS, type Body } from "../../src/tryon/body";
import { joint, type Joint } from "../../src/tryon/body-bones";
import { borne } from "../../src/tryon/body-wear";
import { Garment } from "../../src/tryon/garment";
import { Swing } from "../../src/tryon/cloth";
import { newPose } from "../../src/tryon/pnp";

/** A rig in a T-pose, metres. */
const AT: Readonly<Partial<Record<Joint, readonly [number, number, number]>>> = {
  hips: [0, 0.95, 0], spine: [0, 1.04, 0], chest: [0, 1.14, 0], upperChest: [0, 1.26, 0], neck: [0, 1.46, 0], leftUpperLeg: [0.1, 0.9, 0], rightUpperLeg: [-0.1, 0.9, 0],
  leftUpperArm: [0.18, 1.36, 0], leftLowerArm: [0.43, 1.36, 0], leftHand: [0.69, 1.36, 0], rightUpperArm: [-0.18, 1.36, 0], rightLowerArm: [-0.43, 1.36, 0], rightHand: [-0.69, 1.36, 0],
};

/** Points bound to one bone each. */
function garmentOf(points: readonly { readonly at: readonly [number, number, number]; readonly bone: Joint }[], named = (name: string): string => name): Group {
  const names = Object.keys(AT) as Joint[];
  const bones = names.map((name) => {
    const bone = new Bone();
    bone.name = named(name);
    bone.position.set(...AT[name]!);
    return bone;
  });
  const root = new Group();
  for (const bone of bones) root.add(bone);
  root.updateMatrixWorld(true);
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(points.flatMap(({ at }) => [...at]), 3));
  geometry.setAttribute("skinIndex", new Uint16BufferAttribute(points.flatMap(({ bone }) => [names.indexOf(bone), 0, 0, 0]), 4));
  geometry.setAttribute("skinWeight", new Float32BufferAttribute(points.flatMap(() => [1, 0, 0, 0]), 4));
  const mesh = new SkinnedMesh(geometry, new MeshBasicMaterial());
  root.add(mesh);
  mesh.bind(new Skeleton(bones));
  return root;
}

/** A body that stands as the rig does, its arms so many times as long. */
function bodyOf(arms = 1, moved: readonly [number, number, number] = [0, 0, 0]): Body {
  const joints = new Float32Array(JOINTS.length * 3);
  const turns = new Float32Array(JOINTS.length * 4);
  for (const [i, name] of JOINTS.entries()) {
    const at = AT[name] ?? [0, 1, 0];
    const stretch = /Arm|Hand/.test(name) ? Math.sign(at[0]) * (0.18 + (Math.abs(at[0]) - 0.18) * arms) : at[0];
    joints.set([stretch + moved[0], at[1] + moved[1], at[2] + moved[2]], i * 3);
    turns[i * 4 + 3] = 1;
  }
  const lengths = new Float32Array(JOINTS.length);
  for (const name of ["leftLowerArm", "leftHand", "rightLowerArm", "rightHand"] as const) lengths[joint(name)] = (/Lower/.test(name) ? 0.25 : 0.26) * arms;
  return {
    part: "body", pose: newPose(), scale: 1, isFound: true, confidence: 1, height_m: 1.73, height_spread_m: 0, joints, turns, rotations: turns.slice(), screen: new Float32Array(44), colours: { at: new Float32Array(26), isSeen: false },
    sure: new Float32Array(22).fill(1), lengths, halves: new Float32Array(22),
  };
}

/** Where the mesh's points are drawn. */
function drawn(garment: Garment): readonly Vector3[] {
  const mesh = garment.model.children[0] as SkinnedMesh;
  garment.model.updateMatrixWorld(true);
  mesh.skeleton.update();
  const position = mesh.geometry.getAttribute("position");
  return Array.from({ length: position.count }, (_, i) => mesh.applyBoneTransform(i, new Vector3().fromBufferAttribute(position, i)));
}

const SLEEVE = [{ at: [0.3, 1.4, 0], bone: "leftUpperArm" }, { at: [0.6, 1.33, 0.02], bone: "leftLowerArm" }, { at: [0.05, 1.2, 0.1], bone: "chest" }] as const;

describe("a garment on a body", () => {
  it("lies as in its file on the body that it was made for, wherever that stands", () => {
    const garment = new Garment(garmentOf(SLEEVE));
    for (const moved of [[0, 0, 0], [0.4, -1, -2.5]] as const) {
      garment.wear(bodyOf(1, moved), 0);
      for (const [i, point] of drawn(garment).entries()) expect(point.distanceTo(new Vector3(...SLEEVE[i]!.at).add(new Vector3(...moved)))).toBeLessThan(1e-4);
    }
  });

  it("keeps its sleeve's own length on arms that are surely longer, and goes along within what cannot be known", () => {
    const garment = new Garment(garmentOf(SLEEVE));
    const end = (arms: number): number => {
      garment.wear(bodyOf(arms), 0);
      return drawn(garment)[1]!.x - 0.18;
    };
    const own = end(1);
    expect(end(1.04)).toBeCloseTo(own * 1.04, 2);
    expect(end(1.3) / own).toBeLessThan(1.1);
    expect(end(0.8) / own).toBeGreaterThan(0.9);
  });

  it("follows a bent arm, and shares the hand's twist out along the fore-arm", () => {
    const near = { at: [0.46, 1.41, 0], bone: "leftLowerArm" } as const;
    const far = { at: [0.66, 1.41, 0], bone: "leftLowerArm" } as const;
    const garment = new Garment(garmentOf([near, far]));
    const body = bodyOf();
    new Quaternion().setFromAxisAngle(new Vector3(1, 0, 0), Math.PI / 2).toArray(body.rotations, joint("leftHand") * 4);
    garment.wear(body, 0);
    const [a, b] = drawn(garment);
    const turned = (point: Vector3): number => Math.atan2(point.z, point.y - 1.36);
    expect(turned(a!)).toBeLessThan(0.25);
    expect(turned(b!)).toBeGreaterThan(0.9);
  });

  it("lies over a body that is wider than itself, and hangs in its own width on one that is not", () => {
    const side = { at: [0.22, 1.14, 0], bone: "chest" } as const;
    const garment = new Garment(garmentOf([side]));
    const body = bodyOf();
    const wide = (half: number): number => {
      body.halves[joint("chest")] = half;
      garment.wear(body, 0);
      return drawn(garment)[0]!.x;
    };
    expect(wide(0.15)).toBeCloseTo(0.22, 4);
    expect(wide(0.25)).toBeGreaterThan(0.25);
    expect(wide(0.9)).toBeLessThan(0.22 * 1.5);
  });

  it("goes with lifted thighs as a skirt, wholly as trousers, and hardly as a top's hem", () => {
    // A point of each at the left thigh, as low as each goes; cloth between the legs makes it a skirt.
    const low = { at: [0.14, 0.5, 0.09], bone: "leftUpperLeg" } as const;
    const between = { at: [0, 0.5, 0.1], bone: "rightUpperLeg" } as const;
    const hem = { at: [0.14, 0.72, 0.09], bone: "leftUpperLeg" } as const;
    const lift = new Quaternion().setFromAxisAngle(new Vector3(1, 0, 0), -1.2);
    const ahead = (points: Parameters<typeof garmentOf>[0]): number => {
      const garment = new Garment(garmentOf(points));
      const body = bodyOf();
      garment.wear(body, 0);
      const rest = drawn(garment)[0]!;
      lift.toArray(body.turns, joint("leftUpperLeg") * 4);
      garment.wear(body, 5000);
      const at = new Vector3(0.1, 0.9, 0);
      const whole = rest.clone().sub(at).applyQuaternion(lift).add(at);
      return drawn(garment)[0]!.distanceTo(rest) / whole.distanceTo(rest);
    };
    expect(ahead([low, { ...low, at: [0.06, 0.5, 0.09] }])).toBeCloseTo(1, 2);
    expect(ahead([low, between])).toBeGreaterThan(0.5);
    expect(ahead([low, between])).toBeLessThan(0.9);
    expect(ahead([hem])).toBeLessThan(0.1);
  });

  it("takes bones by the names of common tools", () => {
    expect(() => new Garment(garmentOf(SLEEVE, (name) => `mixamorig:${name.replace("UpperArm", "Arm").replace("LowerArm", "ForeArm").replace("UpperLeg", "UpLeg").replace("upperChest", "Spine2").replace("chest", "Spine1")}`))).not.toThrow();
  });

  it("is not worn without a rig, and says so", () => {
    const bare = new Group().add(new Mesh(new BufferGeometry(), new MeshBasicMaterial()));
    expect(borne({ id: "a", worn: "garment", anchors: [], model: bare })).toBeNull();
    expect(borne({ id: "b", worn: "garment", anchors: [], model: garmentOf(SLEEVE, (name) => `part ${name.length}`) })).toBeNull();
    expect(borne({ id: "c", worn: "bag", anchors: [], model: bare })).toBeNull();
    expect(borne({ id: "d", worn: "bag", anchors: [{ name: "hand", position_m: [0, 0.4, 0] }], model: bare })).not.toBeNull();
  });
});

describe("what swings", () => {
  it("hangs down, lags behind a step aside, and comes to rest again", () => {
    const swing = new Swing(0.3, 0.9, 0, 1.2);
    const [root, down] = [new Vector3(), new Vector3(0, -1, 0)];
    for (let i = 0; i < 30; i++) swing.next(root, down, 1 / 30);
    expect(swing.turn.angleTo(new Quaternion())).toBeLessThan(0.01);
    root.x = 0.1;
    swing.next(root, down, 1 / 30);
    const behind = new Vector3(0, -1, 0).applyQuaternion(swing.turn);
    expect(behind.x).toBeLessThan(-0.1);
    for (let i = 0; i < 400; i++) swing.next(root, down, 1 / 30);
    expect(swing.turn.angleTo(new Quaternion())).toBeLessThan(0.02);
  });

  it("never swings further than it may", () => {
    const swing = new Swing(0.3, 0.9, 0.5, 0.2);
    const root = new Vector3();
    for (let i = 0; i < 120; i++) {
      root.x = 0.4 * Math.sin(i);
      expect(swing.next(root, new Vector3(0, -1, 0), 1 / 30).angleTo(new Quaternion())).toBeLessThan(0.21);
    }
  });
});
