/**
 * One person's movement over time: what they show, how far into it they are, where their feet and eyes go. The same
 * state drives the pose of somebody near and the frames of somebody far, so that coming near is not seen.
 *
 * What it is not: drawing (`people.ts`).
 */
import type { BufferGeometry } from "three";
import type { Person } from "../net/person";
import type { Cast } from "./cast";
import { sample, type Clip } from "./clip";
import { fraction, newGait, step, wrap } from "./gait";
import { close, wristOf } from "./grip";
import { gazeAt, lead, look as turnHead, reach, type Gaze } from "./ik";
import { newKey } from "./keylight";
import { read, type Look, PLAIN } from "./look";
import type { Detail } from "./lod";
import { Mover } from "./moving";
import { EMOTES, going, isHeld, standing } from "./motions";
import { bone, euler, HEAD, HIPS, LEFT_ARM, LEFT_LEG, multiply, type Pose, type Rest, RIGHT_ARM, RIGHT_LEG, rotate } from "./skeleton";
import { TALL_PER_STEP } from "./wardrobe";

/** What everybody's movement depends on; one for all, changed in place. */
export interface Scene {
  readonly clips: ReadonlyMap<string, Clip>;
  readonly isStill: boolean;
  /** Where a product slot's middle is, or null. */
  slot(number: number): readonly [number, number, number] | null;
  /** Whoever talks nearest to a place, or null. */
  talker(from: Person): { readonly x: number; readonly y: number; readonly z: number } | null;
  /** The viewer's eyes. */
  readonly eye: { x: number; y: number; z: number };
  now_s: number;
}

const BLEND_S = 0.22;
const FADE_S = 0.2;
const LEFT_EYE = bone("leftEye");
const RIGHT_EYE = bone("rightEye");
const CHEST = bone("chest");
const SPINE = bone("spine");
const LEFT_SHOULDER = bone("leftShoulder");
const RIGHT_SHOULDER = bone("rightShoulder");

/** Cheap chance that is the same for the same person: 0…1. */
export function chance(seed: number, i: number): number {
  const x = Math.sin(seed * 12.9898 + i * 78.233) * 43758.5453;
  return x - Math.floor(x);
}

export class Actor {
  person: Person;
  look: Look = PLAIN;
  /** Row of the people's table. */
  readonly row: number;
  readonly seed: number;
  presence = 0;
  isLeaving = false;
  detail: Detail = "far";
  level = 1;
  figure = 0;
  distance_m = 0;
  live = -1;
  scale = 1;
  readonly gait;
  readonly key = newKey();
  readonly goal = newKey();
  isSeen = true;
  isHeard = false;
  /** What they wear when near; null until it is here. */
  worn: { readonly geometry: BufferGeometry; readonly cast: Cast } | null = null;
  /** Host, muted, talking: bits 1, 2, 4. */
  mark = 0;
  readonly #tagKeys: string[] = [];
  /** When its light was last looked for, and where. */
  litAt = -1;
  litX = Infinity;
  litZ = Infinity;
  was = "idle";
  act = "idle";
  wasTime_s = 0;
  actTime_s: number;
  blend = 1;
  blink = 0;
  mouth = 0;
  /** Where the head is, above the floor: for tags. */
  top_m = 1.75;
  #card: unknown = null;
  #emote = 0;
  #emoteTurn = -1;
  #emoteTime_s = 0;
  #yaw: number;
  turning = 0;
  /** What they share of how they move. */
  readonly mover = new Mover();
  readonly #gaze: Gaze = { yaw: 0, pitch: 0 };
  #headYaw = 0;
  #headPitch = 0;
  #eyeYaw = 0;
  #eyePitch = 0;
  #pointing = 0;
  #nextBlink_s: number;
  #tallest_m = 1.5;

  constructor(person: Person, row: number) {
    this.person = person;
    this.row = row;
    this.seed = person.slot + person.rev * 0.37 + 1;
    this.gait = newGait(chance(this.seed, 1));
    this.actTime_s = chance(this.seed, 2) * 20;
    this.#nextBlink_s = chance(this.seed, 3) * 4;
    this.#yaw = person.yaw;
    this.#emoteTurn = person.emoteTurn;
  }

  /** True when who it is, or what they look like, is new. */
  meet(): boolean {
    const { card } = this.person;
    if (card === this.#card) return false;
    this.#card = card;
    this.#tagKeys.length = 0;
    this.wearLook(card ? read(card.avatar, card.tint) : PLAIN);
    return true;
  }

  wearLook(look: Look): void {
    this.look = look;
    this.scale = 1 + look.shape.tall * TALL_PER_STEP;
  }

  get isHost(): boolean {
    return (this.mark & 1) > 0;
  }

  get isMuted(): boolean {
    return (this.mark & 2) > 0;
  }

  get isTalking(): boolean {
    return (this.mark & 4) > 0;
  }

  /** Who and how, for a tag that is painted once; made once for each way they look. */
  tagKey(): string {
    return (this.#tagKeys[this.mark] ??= `${this.person.card?.member ?? 0}:${this.mark}:${this.person.card?.name ?? ""}`);
  }

  /** The emote that plays, or null. */
  get emote(): (typeof EMOTES)[number] | null {
    return EMOTES[this.#emote] ?? null;
  }

  advance(scene: Scene, rest: Rest, dt: number): void {
    const { person, look } = this;
    this.presence = Math.max(0, Math.min(1, this.presence + (this.isLeaving ? -dt : dt) / FADE_S));
    const turned = wrap(person.yaw - this.#yaw);
    this.#yaw = person.yaw;
    if (dt > 0) this.turning += (turned / dt - this.turning) * Math.min(1, dt * 8);
    const walk = scene.clips.get(going(look)) ?? scene.clips.get("walk");
    const hips = rest.hips_m * this.scale;
    if (walk && !isHeld(person, look)) {
      const pace = Math.max(0.4, (walk.speed || 1.4) * hips);
      step(this.gait, person, pace * walk.duration_s, pace, look.isSeated ? 0 : this.turning, dt);
    } else this.gait.weight = 0;
    this.mover.advance(person.head || look.isSeated ? null : person.body ?? null, dt);
    this.#emotes(scene, dt);
    const { emote } = this;
    const idleTurn = Math.floor((scene.now_s + chance(this.seed, 4) * 40) / 14);
    let wanted = standing(person, look, idleTurn);
    if (emote?.clip && !look.isSeated) wanted = emote.clip;
    if (!scene.clips.has(wanted)) wanted = scene.clips.has("idle") ? "idle" : wanted;
    const pace = 0.92 + 0.16 * chance(this.seed, 5);
    if (!scene.isStill || emote) {
      this.actTime_s += dt * pace;
      this.wasTime_s += dt * pace;
    }
    if (wanted !== this.act && this.blend >= 1) {
      this.was = this.act;
      this.wasTime_s = this.actTime_s;
      this.act = wanted;
      const waits = wanted === "idle" || wanted === "idle2" || wanted === "sit";
      this.actTime_s = waits ? chance(this.seed, idleTurn) * 9 : 0;
      this.blend = 0;
    }
    this.blend = Math.min(1, this.blend + dt / (scene.isStill ? 0.001 : BLEND_S));
  }

  #emotes(scene: Scene, dt: number): void {
    const { person } = this;
    if (person.emoteTurn !== this.#emoteTurn) {
      this.#emoteTurn = person.emoteTurn;
      this.#emote = person.emote;
      this.#emoteTime_s = 0;
    }
    const { emote } = this;
    if (!emote) return;
    this.#emoteTime_s += dt;
    if (this.#emoteTime_s > this.#lasts(scene)) this.#emote = 0;
  }

  /** Whole turns of its clip, about as long as the table says. */
  #lasts(scene: Scene): number {
    const { emote } = this;
    if (!emote) return 0;
    const clip = emote.clip ? scene.clips.get(emote.clip) : undefined;
    return clip ? clip.duration_s * Math.max(1, Math.round(emote.seconds / clip.duration_s)) : emote.seconds;
  }

  /** Part 0…1 of a clip at a time. */
  static part(clip: Clip | undefined, time_s: number): number {
    return clip ? fraction(time_s / clip.duration_s) : 0;
  }

  /** The whole pose of somebody near, settled on their body. `other` is scratch. */
  pose(scene: Scene, rest: Rest, pose: Pose, other: Pose, dt: number): void {
    const { person, look, gait } = this;
    const { clips } = scene;
    const act = clips.get(this.act);
    if (act) sample(act, this.actTime_s, pose);
    const was = this.blend < 1 ? clips.get(this.was) : undefined;
    if (was) {
      sample(was, this.wasTime_s, other);
      pose.toward(other, 1 - ease(this.blend));
    }
    const emote = this.emote;
    // Who waves while they walk, walks with the legs.
    const keeps = (UPPER.has(this.act) ? ease(this.blend) : 0) + (UPPER.has(this.was) ? 1 - ease(this.blend) : 0);
    if (gait.weight > 0) {
      const walk = clips.get(going(look));
      if (walk) {
        sample(walk, gait.phase * walk.duration_s, other);
        pose.toward(other, gait.weight, gait.weight * (1 - Math.min(1, keeps)));
        this.#heading(pose, look);
      }
    }
    const clip = emote?.clip && look.isSeated ? clips.get(emote.clip) : undefined;
    if (clip) {
      sample(clip, this.#emoteTime_s, other);
      pose.toward(other, 0, ease(Math.max(0, Math.min(1, this.#emoteTime_s / BLEND_S, (this.#lasts(scene) - this.#emoteTime_s) / BLEND_S))));
    }
    this.#breathe(scene, pose, emote?.name ?? "");
    this.mover.apply(pose, rest, gait.weight);
    pose.settle(rest);
    if (person.head) this.#headset(rest, pose);
    else this.#attend(scene, rest, pose, dt);
    this.#face(scene, dt);
    this.top_m = pose.position[HEAD * 3 + 1]! * this.scale + 0.24;
  }

  /** Legs go where the walk goes, the chest stays with the face. */
  #heading(pose: Pose, look: Look): void {
    const { heading, weight } = this.gait;
    const turn = heading * weight;
    if (Math.abs(turn) < 0.02 || look.isSeated) return;
    euler(q, 0, turn, 0);
    multiply(pose.turn, HIPS * 4, q, 0, pose.turn, HIPS * 4);
    euler(q, 0, -turn * 0.5, 0);
    multiply(pose.turn, SPINE * 4, q, 0, pose.turn, SPINE * 4);
    multiply(pose.turn, CHEST * 4, q, 0, pose.turn, CHEST * 4);
  }

  #breathe(scene: Scene, pose: Pose, emote: string): void {
    if (!scene.isStill) {
      const breath = Math.sin((scene.now_s * (1.5 + 0.4 * chance(this.seed, 6))) + this.seed);
      euler(q, 0, 0, -0.012 * breath);
      multiply(pose.turn, CHEST * 4, pose.turn, CHEST * 4, q, 0);
      for (const i of SHOULDERS) {
        euler(q, 0, 0, 0, (i === LEFT_SHOULDER ? 1 : -1) * 0.014 * breath);
        multiply(pose.turn, i * 4, pose.turn, i * 4, q, 0);
      }
    }
    if (emote === "nod") {
      euler(q, 0, 0, 0.2 * Math.sin(this.#emoteTime_s * 9) * Math.sin((Math.min(1.4, this.#emoteTime_s) / 1.4) * Math.PI));
      multiply(pose.turn, HEAD * 4, pose.turn, HEAD * 4, q, 0);
    } else if (emote === "shrug") {
      const k = Math.sin((Math.min(1.6, this.#emoteTime_s) / 1.6) * Math.PI);
      for (const i of SHOULDERS) {
        const side = i === LEFT_SHOULDER ? 1 : -1;
        euler(q, 0, 0, 0, side * 0.34 * k);
        multiply(pose.turn, i * 4, pose.turn, i * 4, q, 0);
        const lower = side > 0 ? LEFT_ARM.lower : RIGHT_ARM.lower;
        euler(q, 0, -side * 0.7 * k, 0);
        multiply(pose.turn, lower * 4, pose.turn, lower * 4, q, 0);
      }
    }
  }

  /** Look at what matters, point at what one points at. */
  #attend(scene: Scene, rest: Rest, pose: Pose, dt: number): void {
    const { person } = this;
    const isAway = person.animation === 8 || person.animation === 7 || this.act === "dance";
    const target = isAway ? null : this.#target(scene, person);
    let yaw = 0, pitch = 0.03;
    let isSeen = false;
    const points = person.mode === 1 && person.focus > 0;
    if (target) {
      const dx = target.x - person.x, dz = target.z - person.z;
      const s = Math.sin(-person.yaw), c = Math.cos(-person.yaw);
      const x = (dx * c + dz * s) / this.scale, z = (dz * c - dx * s) / this.scale, y = (target.y - person.y) / this.scale;
      isSeen = gazeAt(this.#gaze, rest, x, y, z);
      if (isSeen) {
        yaw = this.#gaze.yaw;
        pitch = this.#gaze.pitch;
      }
      if (points && (isSeen || this.#pointing > 0.01)) this.#point(rest, pose, x, y, z, isSeen, dt);
    }
    if (!points) this.#pointing = 0;
    const beat = Math.floor(scene.now_s * 0.45 + chance(this.seed, 7) * 9);
    if (!isSeen && !isAway && !scene.isStill) {
      yaw = (chance(this.seed, beat) - 0.5) * 0.5;
      pitch = (chance(this.seed, beat + 0.5) - 0.35) * 0.16;
    }
    // Eyes lead, the head follows for most of the way.
    const quick = 1 - Math.exp(-dt / 0.06), slow = 1 - Math.exp(-dt / 0.28);
    this.#headYaw += (yaw * 0.8 - this.#headYaw) * slow;
    this.#headPitch += (pitch * 0.7 - this.#headPitch) * slow;
    const jump = Math.floor(scene.now_s * 1.3 + this.seed);
    const dart = scene.isStill ? 0 : 0.035;
    this.#eyeYaw += (clamp(yaw - this.#headYaw, 0.42) + (chance(this.seed, jump) - 0.5) * dart - this.#eyeYaw) * quick;
    this.#eyePitch += (clamp(pitch - this.#headPitch, 0.3) + (chance(this.seed, jump + 0.3) - 0.5) * dart - this.#eyePitch) * quick;
    const own = 1 - this.mover.ofHead;
    if ((Math.abs(this.#headYaw) + Math.abs(this.#headPitch)) * own > 1e-3) turnHead(pose, rest, this.#headYaw * own, this.#headPitch * own);
    this.#eyes(rest, pose);
  }

  #eyes(rest: Rest, pose: Pose): void {
    euler(q, 0, this.#eyeYaw, this.#eyePitch);
    for (let k = 0; k < 4; k++) pose.turn[LEFT_EYE * 4 + k] = pose.turn[RIGHT_EYE * 4 + k] = q[k]!;
    pose.settle(rest);
  }

  #target(scene: Scene, person: Person): { readonly x: number; readonly y: number; readonly z: number } | null {
    if (person.focus > 0 && person.mode > 0) {
      const slot = scene.slot(person.focus);
      if (slot) {
        spot.x = slot[0];
        spot.y = slot[1] + 0.15;
        spot.z = slot[2];
        return spot;
      }
    }
    const talker = scene.talker(person);
    if (talker) {
      spot.x = talker.x;
      spot.y = talker.y + 1.55;
      spot.z = talker.z;
      return spot;
    }
    // A glance at whoever comes near, now and then, as people do.
    const { eye } = scene;
    const away = Math.hypot(eye.x - person.x, eye.z - person.z);
    if (away < 2.6 && chance(this.seed, Math.floor(scene.now_s / 3.1)) < (away < 1.6 ? 0.75 : 0.4)) return eye;
    return null;
  }

  #point(rest: Rest, pose: Pose, x: number, y: number, z: number, isSeen: boolean, dt: number): void {
    this.#pointing += ((isSeen ? 1 : 0) - this.#pointing) * (1 - Math.exp(-dt / 0.16));
    const arm = x > 0.25 ? LEFT_ARM : RIGHT_ARM;
    const p = pose.position;
    const s = arm.upper * 3;
    const dx = x - p[s]!, dy = y - p[s + 1]!, dz = z - p[s + 2]!;
    const d = Math.hypot(dx, dy, dz) || 1;
    const far = Math.min(d - 0.12, 0.5);
    reach(pose, rest, arm, p[s]! + (dx / d) * far, p[s + 1]! + (dy / d) * far, p[s + 2]! + (dz / d) * far, null, this.#pointing);
  }

  /** Head and hands as the headset has them; the rest of the body follows. */
  #headset(rest: Rest, pose: Pose): void {
    const { head, left, right } = this.person;
    if (!head) return;
    this.#tallest_m = Math.max(this.#tallest_m, Math.min(2.1, head.position[1]!));
    // Everybody's body is their avatar's: reach and height are brought to its measure.
    const k = rest.eyes_m / this.#tallest_m;
    for (let i = 0; i < 3; i++) {
      feet[i] = pose.position[LEFT_LEG.end * 3 + i]!;
      feet[3 + i] = pose.position[RIGHT_LEG.end * 3 + i]!;
    }
    // From the eyes, which the headset follows, to the joint of the head.
    const e = LEFT_EYE * 3, h = HEAD * 3;
    rotate(v, 0, head.rotation as Float32Array, 0, 0, rest.position[e + 1]! - rest.position[h + 1]!, rest.position[e + 2]! - rest.position[h + 2]! + 0.02);
    lead(pose, rest, head.position[0]! * k - v[0]!, head.position[1]! * k - v[1]!, head.position[2]! * k - v[2]!, head.rotation as Float32Array);
    if (!this.look.isSeated && this.person.animation !== 1) {
      reach(pose, rest, LEFT_LEG, feet[0]!, feet[1]!, feet[2]!);
      reach(pose, rest, RIGHT_LEG, feet[3]!, feet[4]!, feet[5]!);
    }
    for (const side of SIDES) {
      const part = side ? right : left;
      if (!part) continue;
      for (let i = 0; i < 3; i++) v[i] = part.position[i]! * k;
      wristOf(v, q, part.rotation as Float32Array, rest, side);
      close(pose, side);
      reach(pose, rest, side ? RIGHT_ARM : LEFT_ARM, v[0]!, v[1]!, v[2]!, q);
    }
  }

  #face(scene: Scene, dt: number): void {
    if (scene.now_s > this.#nextBlink_s) this.#nextBlink_s = scene.now_s + 2 + 4.5 * chance(this.seed, Math.floor(scene.now_s * 7));
    const left = this.#nextBlink_s - scene.now_s;
    this.blink = left < 0.18 && !scene.isStill ? Math.sin((left / 0.18) * Math.PI) : 0;
    const talks = this.person.isTalking && !scene.isStill;
    const wanted = talks ? Math.max(0, Math.sin(scene.now_s * 9.1 + this.seed) * 0.5 + Math.sin(scene.now_s * 14.3) * 0.5) : 0;
    this.mouth += (wanted - this.mouth) * (1 - Math.exp(-dt / 0.07));
  }
}

const q = new Float32Array(4);
const v = new Float32Array(3);
const feet = new Float32Array(6);
const spot = { x: 0, y: 0, z: 0 };
const UPPER: ReadonlySet<string> = new Set(Object.values(EMOTES).flatMap((one) => (one.isUpper && one.clip ? [one.clip] : [])));
const SHOULDERS = [LEFT_SHOULDER, RIGHT_SHOULDER] as const;
/** Left, right. */
const SIDES = [0, 1] as const;
const clamp = (x: number, most: number): number => Math.max(-most, Math.min(most, x));
const ease = (t: number): number => t * t * (3 - 2 * t);
