/**
 * The two hands, read from the session once a frame: where each is and points, what it presses, and for tracked hands
 * the pinch, the palm and every joint. All in the room's space.
 *
 * It knows no scene and no meaning: what a press does is decided elsewhere.
 */
import { Matrix4, Object3D, Ray, Vector3 } from "three";
import { newPose, poseOf, type Pose } from "./grab";

export type Side = "left" | "right";
export const SIDES: readonly Side[] = ["left", "right"];
export const JOINTS = 25;

/** Order of the joints in the specification (WebXR Hand Input, section 4). */
const THUMB_TIP = 4;
const INDEX_TIP = 9;
const MIDDLE_KNUCKLE = 11;
const LITTLE_KNUCKLE = 21;
const INDEX_KNUCKLE = 6;

export class Hand {
  readonly side: Side;
  source: XRInputSource | null = null;
  /** In sight of the headset in this frame. */
  isTracked = false;
  isBare = false;
  readonly ray = new Ray();
  readonly aim = newPose();
  readonly grip = newPose();
  /** Joints' matrices, 16 numbers each, in the rig's space, and radii. */
  readonly joints = new Float32Array(JOINTS * 16);
  readonly radii = new Float32Array(JOINTS);
  /** Where the palm looks, in the room. */
  readonly palm = new Vector3();
  readonly wrist = new Vector3();
  readonly pinchAt = new Vector3();
  readonly tip = new Vector3();
  /** Distance of thumb and forefinger, metres. */
  pinch_m = 1;
  isSelecting = false;
  isSqueezing = false;
  /** In this frame only. */
  selectStarted = false;
  selectEnded = false;
  squeezeStarted = false;
  squeezeEnded = false;
  menuPressed = false;
  backPressed = false;
  stickX = 0;
  stickY = 0;
  #menuDown = false;
  #backDown = false;

  constructor(side: Side) {
    this.side = side;
  }

  /** Forget the edges of the frame before. */
  clear(): void {
    this.selectStarted = this.selectEnded = this.squeezeStarted = this.squeezeEnded = this.menuPressed = this.backPressed = false;
  }

  /** Nothing is pressed any more: its tracking or the session is gone. */
  release(): void {
    this.selectEnded ||= this.isSelecting;
    this.squeezeEnded ||= this.isSqueezing;
    this.isSelecting = this.isSqueezing = false;
    this.isTracked = false;
    this.stickX = this.stickY = 0;
  }

  read(frame: XRFrame, space: XRReferenceSpace, room: Matrix4): void {
    const { source } = this;
    const pose = source ? frame.getPose(source.targetRaySpace, space) : undefined;
    if (!source || !pose) {
      if (this.isTracked) this.release();
      return;
    }
    this.isTracked = true;
    this.isBare = Boolean(source.hand);
    poseOf(MATRIX.fromArray(pose.transform.matrix).premultiply(room), this.aim);
    this.ray.origin.copy(this.aim.position);
    this.ray.direction.set(0, 0, -1).applyQuaternion(this.aim.rotation);
    const grip = source.gripSpace ? frame.getPose(source.gripSpace, space) : undefined;
    if (grip) poseOf(MATRIX.fromArray(grip.transform.matrix).premultiply(room), this.grip);
    else copyPose(this.aim, this.grip);
    if (source.hand) this.#readJoints(frame, space, room, source.hand);
    else {
      this.tip.copy(this.aim.position);
      this.pinchAt.copy(this.grip.position);
      this.wrist.copy(this.grip.position);
    }
    this.#readPad(source.gamepad);
  }

  #readJoints(frame: XRFrame, space: XRReferenceSpace, room: Matrix4, hand: XRHand): void {
    let at = 0;
    for (const joint of hand.values()) {
      const found = frame.getJointPose?.(joint, space);
      if (found) {
        this.joints.set(found.transform.matrix, at * 16);
        this.radii[at] = found.radius ?? 0.008;
      }
      at++;
    }
    this.#joint(THUMB_TIP, room, A);
    this.#joint(INDEX_TIP, room, this.tip);
    this.pinch_m = A.distanceTo(this.tip);
    this.pinchAt.addVectors(A, this.tip).multiplyScalar(0.5);
    this.#joint(0, room, this.wrist);
    this.#joint(MIDDLE_KNUCKLE, room, A);
    this.#joint(INDEX_KNUCKLE, room, B);
    this.#joint(LITTLE_KNUCKLE, room, C);
    // Out of the palm: along the hand by across the knuckles, mirrored for the right.
    A.sub(this.wrist);
    B.sub(C);
    this.palm.crossVectors(A, B).normalize();
    if (this.side === "right") this.palm.negate();
    this.grip.position.copy(this.pinchAt);
  }

  #joint(at: number, room: Matrix4, out: Vector3): void {
    out.fromArray(this.joints, at * 16 + 12).applyMatrix4(room);
  }

  #readPad(pad: Gamepad | undefined | null): void {
    const isFull = pad?.mapping === "xr-standard" && !this.isBare;
    this.stickX = isFull ? (pad.axes[2] ?? 0) : 0;
    this.stickY = isFull ? (pad.axes[3] ?? 0) : 0;
    const menu = isFull && (pad.buttons[5]?.pressed ?? false);
    const back = isFull && (pad.buttons[4]?.pressed ?? false);
    this.menuPressed = menu && !this.#menuDown;
    this.backPressed = back && !this.#backDown;
    this.#menuDown = menu;
    this.#backDown = back;
  }

  /** A short tick, where the controller can. */
  tick(strength: number, ms: number): void {
    const pad = this.source?.gamepad as (Gamepad & { hapticActuators?: readonly { pulse?(strength: number, ms: number): unknown }[] }) | undefined;
    void pad?.hapticActuators?.[0]?.pulse?.(strength, ms);
  }
}

export function copyPose(from: Pose, to: Pose): void {
  to.position.copy(from.position);
  to.rotation.copy(from.rotation);
}

/** Both hands of a session; it listens until it is disposed of. */
export class Hands {
  readonly left = new Hand("left");
  readonly right = new Hand("right");
  readonly both: readonly [Hand, Hand] = [this.left, this.right];
  readonly #session: XRSession;
  readonly #ended = new AbortController();

  constructor(session: XRSession) {
    this.#session = session;
    const { signal } = this.#ended;
    for (const [kind, act] of Object.entries(EDGES)) {
      session.addEventListener(kind as keyof XRSessionEventMap, (event) => {
        const { inputSource } = event as XRInputSourceEvent;
        const hand = this.of(inputSource);
        if (hand) act(hand);
      }, { signal });
    }
    const take = (): void => this.#take();
    session.addEventListener("inputsourceschange", take, { signal });
    take();
  }

  /** The hand of an input source. Something without a side (a gaze, a touch) acts as the right one. */
  of(source: XRInputSource): Hand | null {
    return source.handedness === "left" ? this.left : source.targetRayMode === "tracked-pointer" || source.handedness === "right" ? this.right : null;
  }

  #take(): void {
    for (const hand of this.both) {
      let found: XRInputSource | null = null;
      for (const source of this.#session.inputSources) if (source.targetRayMode === "tracked-pointer" && this.of(source) === hand) found = source;
      if (hand.source && hand.source !== found) hand.release();
      hand.source = found;
    }
  }

  /** @param rig the space of the headset in the room */
  read(frame: XRFrame, space: XRReferenceSpace, rig: Object3D): void {
    for (const hand of this.both) hand.read(frame, space, rig.matrixWorld);
  }

  clear(): void {
    for (const hand of this.both) hand.clear();
  }

  release(): void {
    for (const hand of this.both) hand.release();
  }

  dispose(): void {
    this.#ended.abort();
  }
}

const EDGES: Readonly<Record<string, (hand: Hand) => void>> = {
  selectstart: (hand) => {
    hand.isSelecting = hand.selectStarted = true;
  },
  selectend: (hand) => {
    if (hand.isSelecting) hand.selectEnded = true;
    hand.isSelecting = false;
  },
  squeezestart: (hand) => {
    hand.isSqueezing = hand.squeezeStarted = true;
  },
  squeezeend: (hand) => {
    if (hand.isSqueezing) hand.squeezeEnded = true;
    hand.isSqueezing = false;
  },
};

const MATRIX = new Matrix4();
const A = new Vector3();
const B = new Vector3();
const C = new Vector3();
