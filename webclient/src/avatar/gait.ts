/**
 * Feet that do not slide: how far into its step a walk is, by the way that was gone. Pure arithmetic.
 *
 * A slow walk is a part of the full one: with the stride scaled by the same weight, the foot on the floor stays where it is.
 */
import type { Person } from "../net/person";

export interface Gait {
  /** 0 stands, 1 walks with full steps. */
  weight: number;
  /** 0…1 of a cycle of two steps. */
  phase: number;
  /** Where the feet go, radians from where the body faces; beyond a quarter turn they walk back. */
  heading: number;
}

/** Below this nobody walks: it is the noise of smoothing. */
const STANDS_MPS = 0.08;
/** Short steps are still steps. */
const LEAST = 0.3;
const EASE_S = 0.16;
/** Turning on the spot takes a step each so many radians. */
const TURN_STEP_RAD = 0.9;
const TURN_FROM = 0.7;

export const newGait = (phase: number): Gait => ({ weight: 0, phase, heading: 0 });

/**
 * One frame further.
 *
 * @param stride_m what a full cycle covers, on this body
 * @param walk_mps the speed at which steps are full
 * @param turning radians a second
 */
export function step(gait: Gait, person: Pick<Person, "vx" | "vz" | "yaw">, stride_m: number, walk_mps: number, turning: number, dt: number): void {
  const speed = Math.hypot(person.vx, person.vz);
  const walks = speed > STANDS_MPS;
  const turns = !walks && Math.abs(turning) > TURN_FROM;
  const wanted = walks ? Math.max(LEAST, Math.min(1, speed / walk_mps)) : turns ? LEAST : 0;
  const ease = 1 - Math.exp(-dt / EASE_S);
  gait.weight += (wanted - gait.weight) * ease;
  if (gait.weight < 0.004 && !wanted) gait.weight = 0;
  let heading = 0;
  let way = 1;
  if (walks) {
    heading = wrap(Math.atan2(person.vx, person.vz) - person.yaw);
    if (Math.abs(heading) > 1.75) {
      heading = wrap(heading + Math.PI);
      way = -1;
    }
    heading = Math.max(-1.2, Math.min(1.2, heading));
  }
  gait.heading += (heading - gait.heading) * ease;
  const scale = Math.max(LEAST, gait.weight);
  if (walks) gait.phase = fraction(gait.phase + (way * speed * dt) / (stride_m * scale));
  else if (turns) gait.phase = fraction(gait.phase + (Math.abs(turning) * dt) / (TURN_STEP_RAD * 2));
  else if (gait.weight > 0) gait.phase = fraction(gait.phase + settle(gait.phase) * dt);
}

/** Coming to a stand, the foot that is in the air goes on to the floor. */
const settle = (phase: number): number => (Math.abs(((phase * 2) % 1) - 0.5) < 0.45 ? 0.5 : 0);

export const fraction = (x: number): number => x - Math.floor(x);

/** An angle to -π…π. */
export function wrap(angle: number): number {
  const turned = (angle + Math.PI) / (2 * Math.PI);
  return (turned - Math.floor(turned)) * 2 * Math.PI - Math.PI;
}
