/**
 * Moving about: a stick pushed ahead (or a pinch with the palm up, for bare hands) aims, letting go jumps; a push aside
 * turns by a step. By choice the left stick glides and the right one turns smoothly.
 *
 * It moves the rig and nothing else. Where one may go is the ground's to say, and the server's after that: it takes one
 * jump a second, eight metres far.
 */
import { MathUtils, type Object3D, type Vector3 } from "three";
import { wrapped } from "../angle";
import { Aim } from "./aim";
import { ARC_POINTS, newLanding, throwArc } from "./arc";
import type { Ground } from "./ground";
import type { Hand } from "./input";
import type { HeadsetSettings } from "./settings";
import { held } from "../world/walk";
import { placeHead, SnapTurn, turnAbout } from "./turn";

const AIM = 0.65;
const LET_GO = 0.35;
const GLIDE_M_S = 1.4;
const TURN_RAD_S = 1.6;
const DEAD = 0.18;
/** A palm that looks up this much, and thumb and finger this close, aim. */
export const PALM_UP = 0.5;

export interface Limits {
  readonly reach_m: number;
  readonly pause_ms: number;
}

export interface Head {
  /** In the rig's space. */
  readonly local: Vector3;
  /** In the room. */
  readonly world: Vector3;
  /** The way it looks, as a store's yaw. */
  yaw: number;
}

export class Locomotion {
  /** How fast one glides or turns now, 0…1: what the vignette goes by. */
  rush = 0;
  /** The hand that aims now, if any. */
  aiming: Hand | null = null;
  /** True in the frame of a jump. */
  hasJumped = false;
  jumped: (hand: Hand | null) => void = () => undefined;
  refused: (hand: Hand) => void = () => undefined;
  turned: (hand: Hand) => void = () => undefined;
  readonly #rig: Object3D;
  readonly #ground: Ground;
  readonly #settings: HeadsetSettings;
  readonly #aim: Aim;
  readonly #points = new Float32Array(ARC_POINTS * 3);
  readonly #landing = newLanding();
  readonly #at = { x: 0, z: 0 };
  readonly #turns = new Map<Hand, SnapTurn>();
  readonly #height = (x: number, z: number): number | null => this.#ground.height(x, z);
  limits: Limits = { reach_m: 7.9, pause_ms: 1050 };
  #mayLand = false;
  #facing = 0;
  #since_ms = 1e9;
  #glideX = 0;
  #glideZ = 0;

  constructor(rig: Object3D, scene: Object3D, ground: Ground, settings: HeadsetSettings) {
    this.#rig = rig;
    this.#ground = ground;
    this.#settings = settings;
    this.#aim = new Aim(scene);
  }

  /** @param isFree whether a hand may move: not while it points at a panel or holds with both */
  update(dt: number, hands: readonly [Hand, Hand], head: Head, isFree: (hand: Hand) => boolean): void {
    this.#since_ms += dt * 1000;
    this.hasJumped = false;
    this.rush = 0;
    for (const hand of hands) this.#steer(hand, head, isFree(hand), dt);
    if (this.#settings.locomotion === "glide") this.#glide(dt, hands, head);
    if (this.aiming) this.#point(this.aiming, head);
    else this.#aim.hide();
  }

  #steer(hand: Hand, head: Head, isFree: boolean, dt: number): void {
    if (!hand.isTracked || (!isFree && this.aiming !== hand)) {
      if (this.aiming === hand) this.aiming = null;
      return;
    }
    const mayTeleport = this.#settings.locomotion === "teleport" || hand.isBare || hand.side === "right";
    const wants = hand.isBare ? hand.isSelecting && (this.aiming === hand || hand.palm.y > PALM_UP) : -hand.stickY > (this.aiming === hand ? LET_GO : AIM) || (this.aiming === hand && Math.hypot(hand.stickX, hand.stickY) > LET_GO);
    if (this.aiming === hand && !wants) {
      this.aiming = null;
      this.#go(hand, head);
    } else if (!this.aiming && wants && mayTeleport && (hand.isBare || Math.abs(hand.stickX) < AIM)) {
      this.aiming = hand;
    } else if (this.aiming !== hand && !hand.isBare && !(this.#settings.locomotion === "glide" && hand.side === "left")) this.#turn(hand, head, dt);
  }

  #turn(hand: Hand, head: Head, dt: number): void {
    if (this.#settings.turn === "smooth") {
      const push = Math.abs(hand.stickX) < DEAD ? 0 : hand.stickX;
      if (!push) return;
      turnAbout(this.#rig, head.local, push * TURN_RAD_S * dt);
      this.rush = Math.max(this.rush, Math.abs(push));
      return;
    }
    let snap = this.#turns.get(hand);
    if (!snap) this.#turns.set(hand, (snap = new SnapTurn()));
    const way = snap.update(hand.stickX, hand.stickY);
    if (!way) return;
    turnAbout(this.#rig, head.local, way * MathUtils.degToRad(this.#settings.snap_deg));
    this.turned(hand);
  }

  #point(hand: Hand, head: Head): void {
    throwArc(hand.ray.origin, hand.ray.direction, this.#height, this.#points, this.#landing);
    this.#at.x = this.#landing.x;
    this.#at.z = this.#landing.z;
    this.#mayLand = this.#landing.isFloor && this.#ground.settle(this.#at, head.world, this.limits.reach_m);
    if (this.#mayLand) {
      this.#landing.x = this.#at.x;
      this.#landing.z = this.#at.z;
      this.#landing.y = this.#ground.height(this.#at.x, this.#at.z) ?? 0;
    }
    // Where the hand points, turned by the stick; straight ahead it is the way one looks there anyway.
    const along = Math.atan2(hand.ray.direction.x, hand.ray.direction.z);
    const stick = hand.isBare || Math.hypot(hand.stickX, hand.stickY) < 0.5 ? 0 : Math.atan2(hand.stickX, -hand.stickY);
    this.#facing = Math.abs(stick) < 0.35 ? head.yaw : along - stick;
    this.#aim.show(this.#points, this.#landing, this.#mayLand, this.#facing);
  }

  #go(hand: Hand, head: Head): void {
    this.#aim.hide();
    if (!this.#mayLand || this.#since_ms < this.limits.pause_ms) {
      this.refused(hand);
      return;
    }
    this.jump(head, this.#at.x, this.#at.z, this.#facing, hand);
  }

  /** Stand there, looking that way. The caller has asked the ground. */
  jump(head: Head, x: number, z: number, yaw: number, hand: Hand | null = null): void {
    this.#since_ms = 0;
    this.#mayLand = false;
    this.hasJumped = true;
    this.#rig.rotation.y = wrapped(this.#rig.rotation.y + yaw - head.yaw);
    placeHead(this.#rig, head.local, x, this.#ground.height(x, z) ?? 0, z);
    this.jumped(hand);
  }

  /** Whether the server would take a jump now. */
  get mayJump(): boolean {
    return this.#since_ms >= this.limits.pause_ms;
  }

  #glide(dt: number, [left]: readonly [Hand, Hand], head: Head): void {
    const push = left.isTracked && !left.isBare ? Math.min(1, Math.hypot(left.stickX, left.stickY)) : 0;
    const amount = push < DEAD ? 0 : (push - DEAD) / (1 - DEAD);
    const [s, c] = [Math.sin(head.yaw), Math.cos(head.yaw)];
    const ahead = push ? -left.stickY / push : 0;
    const side = push ? left.stickX / push : 0;
    const ease = Math.min(1, dt / 0.12);
    this.#glideX += ((s * ahead - c * side) * amount * GLIDE_M_S - this.#glideX) * ease;
    this.#glideZ += ((c * ahead + s * side) * amount * GLIDE_M_S - this.#glideZ) * ease;
    const speed = Math.hypot(this.#glideX, this.#glideZ);
    if (speed < 0.01) return;
    this.#at.x = head.world.x + this.#glideX * dt;
    this.#at.z = head.world.z + this.#glideZ * dt;
    held(this.#at, this.#ground.barriers);
    const floor = this.#ground.height(this.#at.x, this.#at.z);
    placeHead(this.#rig, head.local, this.#at.x, floor ?? this.#rig.position.y, this.#at.z);
    this.rush = Math.max(this.rush, speed / GLIDE_M_S);
  }

  dispose(): void {
    this.#aim.dispose();
  }
}
