/**
 * A movement, normalised: what a glTF animation does to the shared skeleton, sampled evenly.
 *
 * What it is not: which one somebody shows (`motions.ts`).
 */
import { Matrix4, Quaternion, Vector3, type AnimationClip, type Object3D } from "three";
import { bone, BONES, BODY_BONES, HIPS, nlerp, Pose, type Rest } from "./skeleton";

export interface Clip {
  readonly name: string;
  readonly duration_s: number;
  readonly frames: number;
  /** Frames × bones × 4; the last frame meets the first. */
  readonly turn: Float32Array;
  /** Frames × 3, in heights of the hips. */
  readonly hips: Float32Array;
  /** How fast its feet say that it goes, heights of the hips a second; 0 for what stays in place. */
  speed: number;
}

const RATE_HZ = 30;

/** Evaluate a glTF animation on the skeleton that it comes with, whose T-pose is all rotations identity, as in VRM. */
export function readClip(animation: AnimationClip, root: Object3D): Clip {
  root.updateMatrixWorld(true);
  const nodes = BONES.map((name) => root.getObjectByName(name) ?? null);
  const hipsNode = nodes[HIPS];
  const hipsRest = hipsNode ? hipsNode.getWorldPosition(new Vector3()) : new Vector3(0, 1, 0);
  const above = hipsNode?.parent?.matrixWorld ?? new Matrix4();
  const turned = hipsNode?.parent?.getWorldQuaternion(new Quaternion()) ?? new Quaternion();
  const duration_s = Math.max(animation.duration, 1 / RATE_HZ);
  const frames = Math.max(2, Math.round(duration_s * RATE_HZ) + 1);
  const turn = new Float32Array(frames * BONES.length * 4);
  const hips = new Float32Array(frames * 3);
  for (let f = 0; f < frames; f++) {
    for (const [i, node] of nodes.entries()) (node?.quaternion ?? IDENTITY).toArray(turn, (f * BONES.length + i) * 4);
  }
  const v = new Vector3();
  const q = new Quaternion();
  for (const track of animation.tracks) {
    const dot = track.name.lastIndexOf(".");
    const i = BONES.indexOf(track.name.slice(0, dot));
    const what = track.name.slice(dot + 1);
    if (i < 0 || (what !== "quaternion" && (what !== "position" || i !== HIPS))) continue;
    const sampler = (track as unknown as { createInterpolant(): { evaluate(t: number): ArrayLike<number> } }).createInterpolant();
    for (let f = 0; f < frames; f++) {
      const value = sampler.evaluate((duration_s * f) / (frames - 1));
      if (what === "position") v.set(value[0]!, value[1]!, value[2]!).applyMatrix4(above).sub(hipsRest).divideScalar(hipsRest.y || 1).toArray(hips, f * 3);
      else {
        q.set(value[0]!, value[1]!, value[2]!, value[3]!).normalize();
        if (i === HIPS) q.premultiply(turned);
        q.toArray(turn, (f * BONES.length + i) * 4);
      }
    }
  }
  return { name: animation.name, duration_s, frames, turn, hips, speed: 0 };
}
const IDENTITY = new Quaternion();

/** The pose at a time; times beyond the end begin again, or hold the end. */
export function sample(clip: Clip, time_s: number, pose: Pose, loops = true): void {
  const span = clip.duration_s;
  const t = loops ? time_s - Math.floor(time_s / span) * span : Math.max(0, Math.min(span, time_s));
  const at = (t / span) * (clip.frames - 1);
  const a = Math.min(clip.frames - 1, Math.floor(at));
  const b = Math.min(clip.frames - 1, a + 1);
  const k = at - a;
  const size = BONES.length * 4;
  for (let i = 0; i < size; i += 4) nlerp(pose.turn, i, clip.turn, a * size + i, clip.turn, b * size + i, k);
  for (let i = 0; i < 3; i++) pose.hips[i] = clip.hips[a * 3 + i]! * (1 - k) + clip.hips[b * 3 + i]! * k;
}

const LEFT_FOOT = bone("leftFoot");
const RIGHT_FOOT = bone("rightFoot");

/**
 * Heights of the hips a second that a walk goes: how fast a foot that stands slides back under the body.
 *
 * The clip has to be in place. A foot stands while it is low and goes back; the middle of its speeds is taken, for heels
 * and toes roll.
 */
export function speedOf(clip: Clip, rest: Rest): number {
  const pose = new Pose();
  const seen: number[] = [];
  const step_s = clip.duration_s / (clip.frames - 1);
  for (const foot of [LEFT_FOOT, RIGHT_FOOT]) {
    const path = Array.from({ length: clip.frames }, (_, f) => {
      sample(clip, step_s * f, pose, false);
      pose.settle(rest);
      return { y: pose.position[foot * 3 + 1]!, z: pose.position[foot * 3 + 2]! };
    });
    const low = Math.min(...path.map((one) => one.y));
    const high = Math.max(...path.map((one) => one.y));
    for (let f = 1; f < path.length; f++) {
      const back = (path[f - 1]!.z - path[f]!.z) / step_s;
      if (back > 0 && path[f]!.y < low + (high - low) * 0.35) seen.push(back);
    }
  }
  seen.sort((a, b) => a - b);
  return (seen[seen.length >> 1] ?? 0) / rest.hips_m;
}

/** Rotations of the body alone, for how far two frames lie apart in a test or a choice. */
export function apart(a: Pose, b: Pose): number {
  let worst = 0;
  for (let i = 0; i < BODY_BONES; i++) {
    let dot = 0;
    for (let k = 0; k < 4; k++) dot += a.turn[i * 4 + k]! * b.turn[i * 4 + k]!;
    worst = Math.max(worst, 2 * Math.acos(Math.min(1, Math.abs(dot))));
  }
  return worst;
}
