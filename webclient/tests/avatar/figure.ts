/** A stick figure for tests: joints of an adult, arms a little away from the body, and movements made by arithmetic. */
import type { Clip } from "../../src/avatar/clip";
import { BONES, bone, euler, PARENT, Rest, type Joint } from "../../src/avatar/skeleton";

const AT: Readonly<Record<string, readonly [number, number, number]>> = {
  hips: [0, 0.95, 0], spine: [0, 1.05, 0], chest: [0, 1.2, 0], upperChest: [0, 1.32, 0], neck: [0, 1.46, 0], head: [0, 1.54, 0.01],
  leftEye: [0.03, 1.62, 0.09], rightEye: [-0.03, 1.62, 0.09],
  leftShoulder: [0.03, 1.42, 0], leftUpperArm: [0.17, 1.4, 0], leftLowerArm: [0.36756, 1.21596, 0], leftHand: [0.55048, 1.04555, 0],
  leftUpperLeg: [0.09, 0.92, 0], leftLowerLeg: [0.1, 0.5, 0.01], leftFoot: [0.1, 0.09, -0.02], leftToes: [0.11, 0.03, 0.1],
};

/** Joints of which those of the arms were modelled turned, as real bodies are. */
export function rest(): Rest {
  const joints = new Map<string, Joint>();
  for (const [name, at] of Object.entries(AT)) {
    const turn: [number, number, number, number] = [0, 0, 0, 1];
    if (/Arm|Hand/.test(name)) euler(turn, 0, 0, 0, -0.75);
    joints.set(name, { at, turn });
    if (name.startsWith("left")) joints.set(name.replace("left", "right"), { at: [-at[0], at[1], at[2]], turn: [turn[0], -turn[1], -turn[2], turn[3]] });
  }
  return Rest.of(joints, 1.72, 1.62);
}

const FRAMES = 61;

function clip(name: string, duration_s: number, turns: (i: string, t: number) => readonly [number, number, number]): Clip {
  const turn = new Float32Array(FRAMES * BONES.length * 4);
  for (let f = 0; f < FRAMES; f++) {
    for (const [i, name] of BONES.entries()) {
      const [yaw, pitch, roll] = turns(name, f / (FRAMES - 1));
      euler(turn, (f * BONES.length + i) * 4, yaw, pitch, roll);
    }
  }
  return { name, duration_s, frames: FRAMES, turn, hips: new Float32Array(FRAMES * 3), speed: 0 };
}

const hang = (name: string): readonly [number, number, number] => (name === "leftUpperArm" ? [0, 0, -1.3] : name === "rightUpperArm" ? [0, 0, 1.3] : [0, 0, 0]);

/** Legs that swing like scissors, evenly; each foot stands for half of the time. */
export const WALK = clip("walk", 1.1, (name, t) => {
  const swing = Math.atan((Math.abs(t - 0.5) * 4 - 1) * 0.45);
  const lift = Math.sin(t * 2 * Math.PI);
  if (name === "leftUpperLeg") return [0, -swing, 0];
  if (name === "rightUpperLeg") return [0, swing, 0];
  if (name === "leftLowerLeg") return [0, Math.max(0, -lift) * 0.8, 0];
  if (name === "rightLowerLeg") return [0, Math.max(0, lift) * 0.8, 0];
  return hang(name);
});
export const IDLE = clip("idle", 4, hang);
export const WAVE = clip("wave", 1.5, (name) => (name === "rightUpperArm" ? [0, 0, -0.9] : hang(name)));
export const CLIPS: ReadonlyMap<string, Clip> = new Map([WALK, IDLE, WAVE].map((one) => [one.name, one]));

/** How long each bone is in a settled pose, metres. */
export function lengths(position: Float32Array): number[] {
  return BONES.map((_, i) => {
    const p = PARENT[i]!;
    return p < 0 ? 0 : Math.hypot(position[i * 3]! - position[p * 3]!, position[i * 3 + 1]! - position[p * 3 + 1]!, position[i * 3 + 2]! - position[p * 3 + 2]!);
  });
}

export const at = (position: Float32Array, name: string): readonly [number, number, number] => {
  const i = bone(name) * 3;
  return [position[i]!, position[i + 1]!, position[i + 2]!];
};
