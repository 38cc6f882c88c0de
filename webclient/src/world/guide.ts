/**
 * Takes one there: to a point or to a product, round what stands in the way, and turns the head to what one came for.
 *
 * Any input of one's own stops it. With reduced motion one fades out and stands there. What it is not: the way itself
 * (`path.ts`).
 */
import { MathUtils } from "three";
import type { Slot, Vec3 } from "./plan";
import { Ways, type Spot } from "./path";
import { EYE_M } from "./walk";
import type { Part, World } from "./world";

const SPEED = 1.8;
const EASE_M = 0.7;
const TURN_RAD_S = 2.4;
const FADE_MS = 160;
/** From how far one looks at a product: further for large ones. */
const VIEW_M = [0.85, 2.4] as const;

interface Trip {
  readonly corners: readonly Spot[];
  readonly face: Vec3 | null;
  next: number;
  /** `walk.looks` at the start. */
  readonly looks: number;
  readonly done: (isThere: boolean) => void;
}

/** Yaw and pitch that look from eyes at `from` to a point. */
export function facing(from: Spot, [x, y, z]: Vec3, eye_m = EYE_M): { yaw: number; pitch: number } {
  const flat = Math.hypot(x - from.x, z - from.z);
  return { yaw: Math.atan2(x - from.x, z - from.z), pitch: MathUtils.clamp(Math.atan2(y - eye_m, Math.max(flat, 0.2)), -0.9, 0.6) };
}

/** The way round from one angle to another, −π…π. */
export const turnBetween = (from: number, to: number): number => MathUtils.euclideanModulo(to - from + Math.PI, 2 * Math.PI) - Math.PI;

export class Guide implements Part {
  readonly #world: World;
  #looks = 0;
  #ways: Ways | null = null;
  #trip: Trip | null = null;
  #look: { yaw: number; pitch: number; done: () => void } | null = null;

  constructor(world: World) {
    this.#world = world;
    world.walk.steer = (dt): boolean => this.#steer(dt);
  }

  /**
   * Walk to a point of the floor, or to where a slot is looked at from.
   *
   * @returns whether one got there: false if there is no way, or if the walker thought better of it
   */
  async walkTo(to: Spot | Slot, height_m = 0.4): Promise<boolean> {
    this.stop();
    const { walk, assembly, options } = this.#world;
    this.#ways ??= new Ways(assembly.barriers, assembly.insides);
    const face: Vec3 | null = "position" in to ? [to.position[0], to.position[1] + height_m / 2, to.position[2]] : null;
    const corners = this.#ways.find(walk.position, "position" in to ? this.before(to) : to);
    if (!corners) return false;
    const end = corners.at(-1) ?? walk.position;
    if (options.isStill) return this.#appear(end, face);
    if (Math.hypot(end.x - walk.position.x, end.z - walk.position.z) < 0.15) {
      if (face) await this.face(face);
      return true;
    }
    return new Promise((done) => {
      this.#trip = { corners, face, next: 0, looks: walk.looks, done };
      this.#world.redraw();
    });
  }

  /** Where one stands to look at a slot. */
  before({ position: [x, , z], yaw_deg, room_m }: Slot): Spot {
    const yaw = (yaw_deg * Math.PI) / 180;
    const far = MathUtils.clamp(0.55 + 1.1 * Math.max(...room_m), ...VIEW_M);
    return { x: x + Math.sin(yaw) * far, z: z + Math.cos(yaw) * far };
  }

  /** Turn the head gently towards a point; at once with reduced motion. */
  face(point: Vec3): Promise<void> {
    this.stop();
    const { walk, options } = this.#world;
    const { yaw, pitch } = facing(walk.position, point);
    if (options.isStill) {
      walk.stand(walk.position.x, walk.position.z, yaw, pitch);
      this.#world.redraw();
      return Promise.resolve();
    }
    return new Promise((done) => {
      this.#looks = walk.looks;
      this.#look = { yaw, pitch, done };
      this.#world.redraw();
    });
  }

  stop(): void {
    const [trip, look] = [this.#trip, this.#look];
    this.#trip = this.#look = null;
    trip?.done(false);
    look?.done();
  }

  /** One step of the way; true while it leads. */
  #steer(dt: number): boolean {
    if (!this.#trip && !this.#look) return false;
    const { walk } = this.#world;
    if (walk.hasInput || (this.#look && walk.looks !== this.#looks)) {
      this.stop();
      return false;
    }
    this.#world.redraw();
    if (this.#trip) this.#step(this.#trip, dt);
    else if (this.#look && this.#turn(this.#look.yaw, this.#look.pitch, dt)) this.stop();
    return true;
  }

  #step(trip: Trip, dt: number): void {
    const { walk } = this.#world;
    const { position } = walk;
    const corner = trip.corners[trip.next];
    if (!corner) {
      if (trip.face && walk.looks === trip.looks) {
        const { yaw, pitch } = facing(position, trip.face);
        if (!this.#turn(yaw, pitch, dt)) return;
      }
      this.#trip = null;
      trip.done(true);
      return;
    }
    let left = Math.hypot(corner.x - position.x, corner.z - position.z);
    for (let i = trip.next + 1; i < trip.corners.length; i++) left += Math.hypot(trip.corners[i]!.x - trip.corners[i - 1]!.x, trip.corners[i]!.z - trip.corners[i - 1]!.z);
    const [dx, dz] = [corner.x - position.x, corner.z - position.z];
    const far = Math.hypot(dx, dz);
    const step = Math.min(far, SPEED * MathUtils.clamp(left / EASE_M, 0.25, 1) * dt);
    if (far > 1e-4) {
      position.x += (dx / far) * step;
      position.z += (dz / far) * step;
    }
    if (far - step < 0.03) trip.next++;
    if (walk.looks !== trip.looks) return; // one looks around on the way
    // Look where one goes; for the last metre and a half, at what one came for.
    if (trip.face && left < 1.5) {
      const { yaw, pitch } = facing(position, trip.face);
      this.#turn(yaw, pitch, dt);
    } else if (far > 0.05) this.#turn(Math.atan2(dx, dz), walk.pitch * Math.exp(-dt * 3), dt);
  }

  #turn(yaw: number, pitch: number, dt: number): boolean {
    const { walk } = this.#world;
    const off = turnBetween(walk.yaw, yaw);
    const up = pitch - walk.pitch;
    const ease = 1 - Math.exp(-dt / 0.16);
    const limit = TURN_RAD_S * dt;
    walk.yaw += MathUtils.clamp(off * ease, -limit, limit);
    walk.pitch += MathUtils.clamp(up * ease, -limit, limit);
    return Math.abs(off) < 0.01 && Math.abs(up) < 0.01;
  }

  /** Without motion: dark for a moment, and one stands there. */
  async #appear(end: Spot, face: Vec3 | null): Promise<boolean> {
    const { walk, renderer } = this.#world;
    const canvas = renderer.domElement;
    // A machine that is short of frames gets there in time all the same.
    const late = (): Promise<unknown> => new Promise((done) => setTimeout(done, 2 * FADE_MS));
    const fade = (from: number, to: number): Promise<unknown> => Promise.race([canvas.animate?.([{ opacity: from }, { opacity: to }], { duration: FADE_MS, fill: "forwards" }).finished, late()]);
    await fade(1, 0);
    const way = face ? facing(end, face) : { yaw: walk.yaw, pitch: 0 };
    walk.stand(end.x, end.z, way.yaw, way.pitch);
    this.#world.redraw();
    await fade(0, 1);
    for (const animation of canvas.getAnimations?.() ?? []) animation.cancel();
    return true;
  }

  dispose(): void {
    this.stop();
    this.#world.walk.steer = null;
  }
}
