/**
 * Walking: eyes at 1.6 m, keys, drag and touch, a body as wide as a person that walls and furniture hold back.
 *
 * Speed eases in and out and is a little slow; with reduced motion it does neither bob nor ease. What it is not: VR
 * locomotion, or anyone's avatar.
 */
import { MathUtils, type Object3D } from "three";
import type { Segment } from "./architecture";

export const EYE_M = 1.6;
const SPEED = 1.4;
const TURN_RAD_S = 1.5;
const EASE_S = 0.14;
const BODY_M = 0.28;
const LOOK = 0.0042;
const STEEPEST = MathUtils.degToRad(75);

const KEYS: Readonly<Record<string, "ahead" | "back" | "left" | "right" | "turnLeft" | "turnRight">> = {
  KeyW: "ahead", ArrowUp: "ahead", KeyS: "back", ArrowDown: "back", KeyA: "left", KeyD: "right", ArrowLeft: "turnLeft", ArrowRight: "turnRight",
};

/** Push a round body out of every barrier it overlaps; a few turns settle corners. */
export function held(at: { x: number; z: number }, barriers: readonly Segment[], radius = BODY_M): void {
  for (let turn = 0; turn < 3; turn++) {
    let isFree = true;
    for (let i = 0; i < barriers.length; i++) {
      const [ax, az, bx, bz] = barriers[i]!;
      const [dx, dz] = [bx - ax, bz - az];
      const t = MathUtils.clamp(((at.x - ax) * dx + (at.z - az) * dz) / (dx * dx + dz * dz || 1), 0, 1);
      const px = at.x - ax - dx * t;
      const pz = at.z - az - dz * t;
      const d = Math.hypot(px, pz);
      if (d >= radius) continue;
      isFree = false;
      const push = d > 1e-6 ? radius / d : 0;
      at.x = ax + dx * t + px * push;
      at.z = az + dz * t + pz * push;
    }
    if (isFree) return;
  }
}

export class Walk {
  yaw = Math.PI;
  pitch = 0;
  readonly position = { x: 0, z: 0 };
  readonly #held = new Set<string>();
  readonly #speed = { x: 0, z: 0, turn: 0 };
  readonly #barriers: readonly Segment[];
  readonly #isStill: boolean;
  readonly #ended = new AbortController();
  /** A finger, or the mouse: looks around. A second finger walks. */
  readonly #pointers = new Map<number, { x: number; y: number; isWalk: boolean; startX: number; startY: number }>();
  #stickX = 0;
  #stickY = 0;
  #pushX = 0;
  #pushY = 0;
  #isHeld = false;
  /** Takes over while it returns true: being led somewhere (`guide.ts`). */
  steer: ((dt: number) => boolean) | null = null;

  constructor(host: HTMLElement, barriers: readonly Segment[], isStill: boolean) {
    this.#barriers = barriers;
    this.#isStill = isStill;
    const { signal } = this.#ended;
    host.addEventListener("keydown", (event) => this.#key(event, true), { signal });
    host.addEventListener("keyup", (event) => this.#key(event, false), { signal });
    host.addEventListener("blur", () => this.#held.clear(), { signal });
    host.addEventListener("pointerdown", (event) => {
      if (this.#isHeld) return;
      host.focus({ preventScroll: true, focusVisible: false } as FocusOptions); // a ring is for keys
      host.setPointerCapture(event.pointerId);
      // Touch: the left third of the lower half is where a thumb walks.
      const { left, top, width, height } = host.getBoundingClientRect();
      const isWalk = event.pointerType === "touch" && event.clientX - left < width * 0.4 && event.clientY - top > height * 0.5;
      this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, isWalk, startX: event.clientX, startY: event.clientY });
    }, { signal });
    host.addEventListener("pointermove", (event) => this.#drag(event), { signal });
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
      host.addEventListener(kind, (event) => {
        if (this.#pointers.get(event.pointerId)?.isWalk) this.#stickX = this.#stickY = 0;
        this.#pointers.delete(event.pointerId);
      }, { signal });
    }
  }

  /** While a panel, an inspection or a headset has the input, one stands still. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  set isHeld(isHeld: boolean) {
    this.#isHeld = isHeld;
    if (isHeld) this.#halt();
  }

  /** Whether keys, a finger or a stick ask to move. */
  get hasInput(): boolean {
    return this.#held.size > 0 || this.#stickX !== 0 || this.#stickY !== 0 || this.#pushX !== 0 || this.#pushY !== 0;
  }

  /** A stick: to the right and back, −1…1. */
  push(x: number, y: number): void {
    this.#pushX = x;
    this.#pushY = y;
  }

  /** How often one has looked around by hand: whoever turns the head lets it be then. */
  looks = 0;

  lookBy(yaw_rad: number, pitch_rad: number): void {
    this.looks++;
    this.yaw += yaw_rad;
    this.pitch = MathUtils.clamp(this.pitch + pitch_rad, -STEEPEST, STEEPEST);
  }

  /** Metres a second, across and along the room; for those who watch one walk. */
  get speed(): { readonly x: number; readonly z: number; readonly turn: number } {
    return this.#speed;
  }

  #halt(): void {
    this.#held.clear();
    this.#pointers.clear();
    this.#stickX = this.#stickY = 0;
    this.#speed.x = this.#speed.z = this.#speed.turn = 0;
  }

  /** Whether the next frame will differ. */
  get isMoving(): boolean {
    return this.hasInput || Math.hypot(this.#speed.x, this.#speed.z, this.#speed.turn) > 1e-3;
  }

  stand(x: number, z: number, yaw_rad: number, pitch_rad = 0): void {
    this.position.x = x;
    this.position.z = z;
    this.yaw = yaw_rad;
    this.pitch = pitch_rad;
  }

  /** Take the time `dt`: walk and turn. */
  update(dt: number): void {
    if (this.#isHeld) return;
    if (this.steer) {
      const { x, z } = this.position;
      const yaw = this.yaw;
      if (this.steer(dt)) {
        this.#speed.x = dt ? (this.position.x - x) / dt : 0;
        this.#speed.z = dt ? (this.position.z - z) / dt : 0;
        this.#speed.turn = dt ? (this.yaw - yaw) / dt : 0;
        return;
      }
    }
    const down = (name: string): number => (this.#held.has(name) ? 1 : 0);
    let ahead = down("ahead") - down("back") - this.#stickY - this.#pushY;
    let side = down("right") - down("left") + this.#stickX + this.#pushX;
    const length = Math.hypot(ahead, side);
    if (length > 1) [ahead, side] = [ahead / length, side / length];
    const turn = down("turnLeft") - down("turnRight");
    const ease = this.#isStill ? 1 : 1 - Math.exp(-dt / EASE_S);
    const [s, c] = [Math.sin(this.yaw), Math.cos(this.yaw)];
    // Yaw 0 looks along +Z, as everything in a store does.
    this.#speed.x += ((s * ahead - c * side) * SPEED - this.#speed.x) * ease;
    this.#speed.z += ((c * ahead + s * side) * SPEED - this.#speed.z) * ease;
    this.#speed.turn += (turn * TURN_RAD_S - this.#speed.turn) * ease;
    this.yaw += this.#speed.turn * dt;
    // In steps shorter than the body is wide: a long frame does not carry one through a wall.
    const steps = Math.max(1, Math.ceil((Math.hypot(this.#speed.x, this.#speed.z) * dt) / (BODY_M * 0.5)));
    for (let i = 0; i < steps; i++) {
      this.position.x += (this.#speed.x * dt) / steps;
      this.position.z += (this.#speed.z * dt) / steps;
      held(this.position, this.#barriers);
    }
  }

  /** Put feet and eyes where one stands. */
  place(rig: Object3D, camera: Object3D): void {
    rig.position.set(this.position.x, 0, this.position.z);
    rig.rotation.set(0, this.yaw + Math.PI, 0);
    camera.position.set(0, EYE_M, 0);
    camera.rotation.set(this.pitch, 0, 0);
  }

  #key(event: KeyboardEvent, isDown: boolean): void {
    const name = KEYS[event.code];
    if (!name || event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#isHeld) return;
    if (isDown) this.#held.add(name);
    else this.#held.delete(name);
    event.preventDefault();
  }

  #drag(event: PointerEvent): void {
    const pointer = this.#pointers.get(event.pointerId);
    if (!pointer) return;
    if (pointer.isWalk) {
      this.#stickX = MathUtils.clamp((event.clientX - pointer.startX) / 60, -1, 1);
      this.#stickY = MathUtils.clamp((event.clientY - pointer.startY) / 60, -1, 1);
    } else {
      this.lookBy((event.clientX - pointer.x) * LOOK, (event.clientY - pointer.y) * LOOK);
    }
    pointer.x = event.clientX;
    pointer.y = event.clientY;
  }

  dispose(): void {
    this.#ended.abort();
    this.#held.clear();
    this.#pointers.clear();
  }
}
