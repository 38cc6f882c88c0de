/**
 * Keeping the room where it is: one anchor of the device's for all pieces, named so that it is found again next time.
 *
 * One for all and not one a piece: pieces keep their distances to each other, on which a verdict rests; an anchor each
 * would let them drift apart. While the session goes on, pieces follow their anchor when the device corrects it.
 * WebXR Anchors (2024 draft); names that last: Meta's `requestPersistentHandle` and `restorePersistentAnchor`.
 */
import { wrapped } from "../angle";
import type { Home } from "./home";
import { HERE, into, originOf, outOf, type Origin } from "./origin";

/** A correction smaller than this is not seen; more would move furniture under somebody's eyes for nothing. */
const MOVED_M = 0.004;
const MOVED_RAD = 0.004;
/** The device is asked for the old anchor for so long, then the outline of the room has to do. */
const PATIENCE_FRAMES = 90;

export class Anchoring {
  readonly #home: Home;
  readonly #session: XRSession;
  #anchor: XRAnchor | null = null;
  #origin: Origin = HERE;
  #isAsking = false;
  #isAnchoring = false;
  #isLaid = false;
  #frames = 0;
  #isOver = false;

  constructor(home: Home, session: XRSession) {
    this.#home = home;
    this.#session = session;
    const handle = home.memory?.anchor;
    if (!home.memory?.layout.pieces.length) this.#isLaid = true;
    else if (handle && session.restorePersistentAnchor) void this.#restore(handle);
  }

  async #restore(handle: string): Promise<void> {
    this.#isAsking = true;
    try {
      const anchor = await this.#session.restorePersistentAnchor?.(handle);
      if (anchor && !this.#isOver) {
        this.#anchor = anchor;
        this.#handle = handle;
      }
    } catch {
      // Another room, or the device has forgotten it.
    }
    this.#isAsking = false;
  }
  #handle: string | null = null;

  update(frame: XRFrame, space: XRReferenceSpace, isRoomNew: boolean): void {
    const pose = this.#anchor ? frame.getPose(this.#anchor.anchorSpace, space) : undefined;
    if (!this.#isLaid) {
      this.#frames++;
      if (pose) {
        this.#isLaid = true;
        this.#origin = originOf(pose.transform.matrix);
        this.#home.anchored(this.#handle, this.#origin);
        void this.#home.restore(this.#origin);
      } else if (!this.#isAsking && !this.#anchor && (isRoomNew || this.#frames > PATIENCE_FRAMES)) {
        this.#isLaid = this.#frames > PATIENCE_FRAMES * 6;
        void this.#home.restore(null).then((isLaid) => (this.#isLaid ||= isLaid));
      }
      return;
    }
    if (pose) this.#follow(originOf(pose.transform.matrix));
    else if (!this.#anchor && !this.#isAnchoring && this.#home.arrangement.pieces.length) void this.#put(frame, space);
  }

  /** The first piece's place becomes the anchor of all. */
  async #put(frame: XRFrame, space: XRReferenceSpace): Promise<void> {
    const [first] = this.#home.arrangement.pieces;
    if (!first || !frame.createAnchor) return;
    this.#isAnchoring = true;
    try {
      const at = { x_m: first.x_m, y_m: first.y_m, z_m: first.z_m, yaw_rad: 0 };
      const anchor = await frame.createAnchor(new XRRigidTransform({ x: at.x_m, y: at.y_m, z: at.z_m }), space);
      if (!anchor || this.#isOver) return;
      this.#origin = at;
      this.#anchor = anchor;
      this.#handle = (await anchor.requestPersistentHandle?.().catch(() => null)) ?? null;
      if (this.#handle) this.#home.anchored(this.#handle, this.#origin);
    } catch {
      // No anchors here. It is asked once.
    }
  }

  /** The device knows better now where its anchor is. */
  #follow(now: Origin): void {
    const was = this.#origin;
    const away = Math.hypot(now.x_m - was.x_m, now.y_m - was.y_m, now.z_m - was.z_m);
    if (away < MOVED_M && Math.abs(wrapped(now.yaw_rad - was.yaw_rad)) < MOVED_RAD) return;
    this.#origin = now;
    const { arrangement } = this.#home;
    const { pieces } = outOf(into(this.#home.layout, was), now);
    arrangement.pieces.forEach((one, i) => {
      const at = pieces[i];
      if (at) arrangement.drag(one.id, { x_m: at.x_m, y_m: at.y_m, z_m: at.z_m, yaw_rad: at.yaw_rad });
    });
    this.#home.anchored(this.#handle, now);
  }

  /** The device forgets the place too. */
  static async forget(session: XRSession, handle: string): Promise<void> {
    await (session as { deletePersistentAnchor?: (handle: string) => Promise<unknown> }).deletePersistentAnchor?.(handle).catch(() => undefined);
  }

  dispose(): void {
    this.#isOver = true;
  }
}
