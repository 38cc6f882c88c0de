import { Group, Object3D, Quaternion, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { bonesOf, boneNamed, NEEDED, Puppet } from "../../src/avatar/humanoid";
import { measure, sideOf } from "../../src/avatar/bring";
import { sample } from "../../src/avatar/clip";
import { Pose } from "../../src/avatar/skeleton";
import { IDLE, rest, WALK } from "./figure";

describe("a bone's name", () => {
  it("is understood as common tools give it", () => {
    const names: readonly (readonly [string, string | null])[] = [
      ["leftUpperArm", "leftUpperArm"], ["mixamorig:LeftArm", "leftUpperArm"], ["vis_char_001_fbx:mixamorig:RightForeArm", "rightLowerArm"], ["mixamorig:LeftUpLeg", "leftUpperLeg"],
      ["mixamorig:LeftLeg", "leftLowerLeg"], ["mixamorig:Spine2", "upperChest"], ["mixamorig:RightToeBase", "rightToes"], ["mixamorig:LeftHandIndex2", "leftIndexIntermediate"],
      ["pelvis", "hips"], ["thigh.l", "leftUpperLeg"], ["calf_r", "rightLowerLeg"], ["upperarm.l", "leftUpperArm"], ["clavicle.r", "rightShoulder"], ["thumb_01.l", "leftThumbMetacarpal"], ["spine_01", "spine"],
      ["J_Bip_L_UpperArm", "leftUpperArm"], ["J_Bip_C_Hips", "hips"], ["Bip01 R Forearm", "rightLowerArm"], ["DEF-shin.L", "leftLowerLeg"], ["LeftHandPinky3", "leftLittleDistal"], ["ball.l", "leftToes"],
      ["hair_01", null], ["Armature", null], ["weapon_l", null], ["", null],
    ];
    for (const [given, bone] of names) expect(boneNamed(given), given).toBe(bone);
  });
});

/** Another tool's skeleton: joints of the test figure as bare nodes, each turned about some axis of its own. */
function foreign(): Group {
  const figure = rest();
  const pose = new Pose();
  const world = new Map<string, { q: Quaternion; p: Vector3; node: Object3D }>();
  const root = new Group();
  const names = ["hips", "spine", "chest", "neck", "head", ...["left", "right"].flatMap((s) => ["Shoulder", "UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot", "Toes"].map((p) => s + p))];
  const parent: Record<string, string> = { spine: "hips", chest: "spine", neck: "chest", head: "neck" };
  for (const side of ["left", "right"]) {
    Object.assign(parent, { [`${side}Shoulder`]: "chest", [`${side}UpperArm`]: `${side}Shoulder`, [`${side}LowerArm`]: `${side}UpperArm`, [`${side}Hand`]: `${side}LowerArm` });
    Object.assign(parent, { [`${side}UpperLeg`]: "hips", [`${side}LowerLeg`]: `${side}UpperLeg`, [`${side}Foot`]: `${side}LowerLeg`, [`${side}Toes`]: `${side}Foot` });
  }
  pose.settle(figure); // a T-pose
  const at = (name: string): Vector3 => new Vector3().fromArray(pose.position, BONE.get(name)! * 3);
  for (const [i, name] of names.entries()) {
    const node = new Object3D();
    node.name = name;
    const q = new Quaternion().setFromAxisAngle(new Vector3(1, i, 2).normalize(), i * 0.7);
    const up = world.get(parent[name] ?? "");
    const p = at(name);
    node.quaternion.copy(up ? up.q.clone().invert().multiply(q) : q);
    node.position.copy(up ? p.clone().sub(up.p).applyQuaternion(up.q.clone().invert()) : p);
    (up?.node ?? root).add(node);
    world.set(name, { q, p, node });
  }
  return root;
}
import { BONES } from "../../src/avatar/skeleton";
const BONE = new Map(BONES.map((name, i) => [name, i]));

describe("a puppet", () => {
  it("has its joints where the shared skeleton has them, whatever axes its own bones have", () => {
    const figure = rest();
    const root = foreign();
    const bones = bonesOf(root);
    for (const name of NEEDED) expect(bones.has(name), name).toBe(true);
    const puppet = new Puppet(root, bones);
    expect(puppet.isTurned).toBe(false);
    const pose = new Pose();
    for (const [clip, time] of [[IDLE, 0.3], [WALK, 0.2], [WALK, 0.8]] as const) {
      sample(clip, time, pose);
      pose.settle(figure);
      puppet.apply(pose);
      root.updateMatrixWorld(true);
      for (const name of ["leftHand", "rightHand", "leftFoot", "rightFoot", "head"]) {
        const found = bones.get(name)!.getWorldPosition(new Vector3());
        const wish = new Vector3().fromArray(pose.position, BONE.get(name)! * 3);
        expect(found.distanceTo(wish), name).toBeLessThan(1e-3);
      }
    }
  });
});

function glb(json: object, extra = 0): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(json).padEnd(Math.ceil(JSON.stringify(json).length / 4) * 4));
  const out = new ArrayBuffer(20 + text.length + 8 + extra);
  const view = new DataView(out);
  view.setUint32(0, 0x46546c67, true);
  view.setUint32(4, 2, true);
  view.setUint32(8, out.byteLength, true);
  view.setUint32(12, text.length, true);
  view.setUint32(16, 0x4e4f534a, true);
  new Uint8Array(out).set(text, 20);
  return out;
}

describe("a file that somebody brings", () => {
  const good = { skins: [{}], accessors: [{ count: 300 }], meshes: [{ primitives: [{ indices: 0, attributes: { POSITION: 0 } }] }] };

  it("is measured before it is decoded", () => {
    expect(measure(glb(good))).toMatchObject({ triangles: 100, pixels: 0, isVrm: false });
    expect(measure(glb({ ...good, extensions: { VRMC_vrm: {} } })).isVrm).toBe(true);
  });

  it("is refused with a sentence when it is no GLB, cut off, too heavy, too fine, without bones, or wants things from elsewhere", () => {
    const says = (data: ArrayBuffer): string => {
      try {
        measure(data);
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(says(new TextEncoder().encode("<script>alert(1)</script> and some more of it").buffer as ArrayBuffer)).toMatch(/GLB/);
    expect(says(new ArrayBuffer(3))).toMatch(/GLB/);
    expect(says(glb(good).slice(0, 40))).toMatch(/GLB/);
    expect(says(new ArrayBuffer(9e6))).toMatch(/9\.0 MB/);
    expect(says(glb({ ...good, accessors: [{ count: 3e5 }] }))).toMatch(/100,000/);
    expect(says(glb({ ...good, skins: [] }))).toMatch(/skeleton/);
    expect(says(glb({ ...good, images: [{ uri: "https://example.org/a.png" }] }))).toMatch(/elsewhere/);
    expect(says(glb({ ...good, images: [{ bufferView: 0 }], bufferViews: [{ byteLength: 5000 }] }))).toMatch(/GLB/);
  });

  it("has its pictures measured by their heads", () => {
    const png = new DataView(new ArrayBuffer(33));
    png.setUint32(0, 0x89504e47);
    png.setUint32(16, 640);
    png.setUint32(20, 4096);
    expect(sideOf(png)).toBe(4096);
    const jpeg = new DataView(new ArrayBuffer(40));
    jpeg.setUint16(0, 0xffd8);
    jpeg.setUint16(2, 0xffe0);
    jpeg.setUint16(4, 16);
    jpeg.setUint16(20, 0xffc2);
    jpeg.setUint16(25, 1024);
    jpeg.setUint16(27, 512);
    expect(sideOf(jpeg)).toBe(1024);
    expect(sideOf(new DataView(new ArrayBuffer(4)))).toBe(0);
  });
});
