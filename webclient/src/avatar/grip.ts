/**
 * A hand as it holds a headset's controller: fingers round it, and the palm, not the wrist, where the controller is.
 *
 * WebXR's grip is the middle of a closed fist, its -Z along the thumb. What it is not: the arm that brings the hand there
 * (`ik.ts`).
 */
import { bone, euler, multiply, rotate, type Pose, type Rest } from "./skeleton";

/** From the wrist to the middle of a fist: along the fingers, and out of the palm; metres, of eyes 1.62 m high. */
const ALONG_M = 0.085;
const OUT_M = 0.028;
const EYES_M = 1.62;

/** Radians at each joint from the knuckle on: round a rod 3 cm thick. */
const CURL = [1.15, 1.35, 0.75] as const;
/** The thumb lies across, from its root on. */
const THUMB = [0.25, 0.45, 0.5] as const;

/** From how a controller is held (thumb ahead, palm inwards) to how a hand is modelled (palm down, thumb ahead). */
const TURNED = [Float32Array.of(0, 0, -Math.SQRT1_2, Math.SQRT1_2), Float32Array.of(0, 0, Math.SQRT1_2, Math.SQRT1_2)] as const;

interface Curled {
  readonly at: number;
  readonly turn: Float32Array;
}

/** By side: left, right. */
const FINGERS = (["left", "right"] as const).map((side): readonly Curled[] => {
  const way = side === "left" ? 1 : -1;
  const made = (name: string, yaw: number, roll: number): Curled => {
    const turn = new Float32Array(4);
    euler(turn, 0, yaw * way, 0, roll * way);
    return { at: bone(`${side}${name}`) * 4, turn };
  };
  return [
    ...["Index", "Middle", "Ring", "Little"].flatMap((finger) => ["Proximal", "Intermediate", "Distal"].map((joint, i) => made(`${finger}${joint}`, 0, -CURL[i]!))),
    ...["Metacarpal", "Proximal", "Distal"].map((joint, i) => made(`Thumb${joint}`, THUMB[i]!, 0)),
  ];
});

/** Close a hand; seen after the next `settle`. */
export function close(pose: Pose, side: 0 | 1): void {
  const fingers = FINGERS[side]!;
  for (let i = 0; i < fingers.length; i++) pose.turn.set(fingers[i]!.turn, fingers[i]!.at);
}

/**
 * Where the wrist is, and how the hand is turned, for a palm that is at a grip.
 *
 * @param wrist the grip's place; becomes the wrist's
 * @param turn becomes the hand's rotation
 * @param grip the grip's rotation
 */
export function wristOf(wrist: Float32Array, turn: Float32Array, grip: Float32Array, rest: Rest, side: 0 | 1): void {
  multiply(turn, 0, grip, 0, TURNED[side], 0);
  const size = rest.eyes_m / EYES_M;
  rotate(away, 0, turn, 0, (side ? -ALONG_M : ALONG_M) * size, -OUT_M * size, 0);
  for (let i = 0; i < 3; i++) wrist[i]! -= away[i]!;
}

const away = new Float32Array(3);
