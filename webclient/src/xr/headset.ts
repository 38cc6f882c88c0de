/**
 * The store in a headset: an `immersive-vr` session on the world that is there already, from the moment one enters to the
 * moment one is back in the page, at the same place.
 *
 * What is there while one is inside is `inside.ts`. Loaded only when somebody may enter. Follows the WebXR Device API (W3C, 2025) and WebXR Hand Input.
 */
import { wrapped } from "../angle";
import type { Stand } from "../world/stand";
import type { Part, World } from "../world/world";
import { Inside } from "./inside";
import type { HeadsetPieces } from "./seams";
import { recall, type HeadsetSettings } from "./settings";

const FEATURES: readonly string[] = ["local-floor"];
const OPTIONAL: readonly string[] = ["hand-tracking", "layers"];
/** Sharp where one looks, less at the rim; text needs the whole of the frame's pixels. */
const FOVEATION = 0.6;
const SCALE = 1;
export class Headset extends EventTarget implements Part {
  readonly settings: HeadsetSettings;
  readonly #pieces: HeadsetPieces;
  readonly #world: World;
  #session: XRSession | null = null;
  #inside: Inside | null = null;
  #isEntering = false;

  constructor(pieces: HeadsetPieces) {
    super();
    this.#pieces = pieces;
    this.#world = pieces.world;
    this.settings = recall();
    pieces.world.add(this);
  }

  /** Whether there is a headset to enter with. Never throws. */
  static async isSupported(): Promise<boolean> {
    try {
      return (await navigator.xr?.isSessionSupported("immersive-vr")) ?? false;
    } catch {
      return false;
    }
  }

  get isPresenting(): boolean {
    return this.#inside !== null;
  }

  /** Whether it is in one's hands, or on its way from them to its shelf. */
  holds(stand: Stand): boolean {
    return this.#inside?.carry.moves(stand) ?? false;
  }

  /** Somebody hands one a product. */
  receive(stand: Stand, name: string): void {
    this.#inside?.receive(stand, name);
  }

  /** What is going on inside, for tests: null outside. */
  get inside(): Inside | null {
    return this.#inside;
  }

  /** From a press of the shopper's, as browsers want it. Rejects if the headset does not let one in. */
  async enter(): Promise<void> {
    const { xr } = navigator;
    if (!xr) throw new Error("no headset");
    if (this.#session || this.#isEntering) return;
    this.#isEntering = true;
    const { renderer } = this.#world;
    try {
      const asking = xr.requestSession("immersive-vr", { requiredFeatures: [...FEATURES], optionalFeatures: [...OPTIONAL] });
      const [session] = await Promise.all([asking, document.fonts.load('600 20px "Source Sans 3"'), document.fonts.load('400 20px "Source Sans 3"')]);
      this.#session = session;
      session.addEventListener("end", () => this.#ended(), { once: true });
      renderer.xr.enabled = true;
      renderer.xr.setReferenceSpaceType("local-floor");
      renderer.xr.setFramebufferScaleFactor(SCALE);
      renderer.xr.setFoveation(FOVEATION);
      const { position: { x, z }, yaw } = this.#world.walk;
      const at = { x, z, yaw };
      await renderer.xr.setSession(session as never);
      this.#inside = new Inside(this.#pieces, this.settings, session, at, () => void this.leave());
      this.dispatchEvent(new Event("entered"));
    } catch (error) {
      await this.#session?.end().catch(() => undefined);
      this.#session = null;
      renderer.xr.enabled = false;
      throw error;
    } finally {
      this.#isEntering = false;
    }
  }

  async leave(): Promise<void> {
    await this.#session?.end().catch(() => undefined);
  }

  #ended(): void {
    const { walk, renderer, rig, camera } = this.#world;
    // Between the eyes, not at the left one, which the world goes by.
    const head = this.#inside?.head;
    if (head) walk.stand(head.world.x, head.world.z, wrapped(head.yaw));
    this.#inside?.dispose();
    this.#inside = null;
    this.#session = null;
    renderer.xr.enabled = false;
    // Where the eyes were is where one stands: walking goes on from there.
    rig.rotation.set(0, 0, 0);
    rig.position.set(0, 0, 0);
    camera.scale.setScalar(1);
    walk.place(rig, camera);
    this.#world.fit();
    this.#world.redraw();
    this.dispatchEvent(new Event("left"));
  }

  update(dt: number, frame?: XRFrame): void {
    if (frame) this.#inside?.update(dt, frame);
  }

  dispose(): void {
    void this.leave();
    this.#inside?.dispose();
    this.#inside = null;
  }
}

export type { Inside };
