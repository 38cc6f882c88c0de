/**
 * The shopper's own room through a headset or a phone: an `immersive-ar` session with a small scene of its own.
 *
 * Every feature beyond the session itself is optional: without planes the floor is where a hit test or the floor of the
 * reference space says, without anchors the outline finds the room again, without an overlay a panel hangs in the room.
 * WebXR Device API, AR Module, Hit Test, Plane Detection, Mesh Detection, Anchors, DOM Overlays, Lighting Estimation.
 */
import { Group, HemisphereLight, Matrix4, NeutralToneMapping, PerspectiveCamera, Quaternion, Ray, Scene, Vector3, WebGLRenderer, type Texture } from "three";
import { XREstimatedLight } from "three/examples/jsm/webxr/XREstimatedLight.js";
import { environment } from "../viewer/studio";
import { Hands, type Hand } from "../xr/input";
import { Pointer } from "../xr/pointer";
import { Anchoring } from "./anchoring";
import { Finding } from "./finding";
import type { Home } from "./home";
import type { Ware } from "./piece";
import { Reticle } from "./reticle";
import { RoomPanel } from "./room-panel";
import { roomOf, SPREAD_M } from "./room";
import { spotOn, type Spot } from "./surfaces";
import { Stage } from "./stage";
import { Walked } from "./walked";
import { t } from "./words";

const OPTIONAL: readonly string[] = ["local-floor", "hit-test", "plane-detection", "mesh-detection", "anchors", "dom-overlay", "light-estimation", "hand-tracking"];
const TURN_RAD_S = Math.PI / 2;
const DEAD_ZONE = 0.25;

export class Ar extends EventTarget {
  readonly stage: Stage;
  readonly panel: RoomPanel | null;
  readonly walked: Walked;
  readonly #home: Home;
  readonly #session: XRSession;
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera(60, 1, 0.05, 60);
  readonly #rig = new Group();
  readonly #hands: Hands;
  readonly #pointers: readonly [Pointer, Pointer];
  readonly #finding = new Finding();
  readonly #reticle: Reticle;
  readonly #anchoring: Anchoring;
  readonly #light: Texture;
  readonly #ended = new AbortController();
  readonly #touchRay = new Ray();
  readonly #eye = new Vector3();
  #hitSource: XRHitTestSource | null = null;
  #space: XRReferenceSpace | null = null;
  #touch: XRInputSource | null = null;
  #held: { readonly id: number; readonly dx: number; readonly dz: number; readonly by: Hand | "touch" } | null = null;
  #turning: number | null = null;
  #spot: Spot | null = null;
  #yaw = 0;
  #then = 0;

  static async isSupported(): Promise<boolean> {
    try {
      return (await navigator.xr?.isSessionSupported("immersive-ar")) ?? false;
    } catch {
      return false;
    }
  }

  /** From a press of the shopper's. Rejects if there is no session to be had. */
  static async enter(home: Home, overlay: HTMLElement): Promise<Ar> {
    const { xr } = navigator;
    if (!xr) throw new Error("no WebXR");
    const [session] = await Promise.all([
      xr.requestSession("immersive-ar", { optionalFeatures: [...OPTIONAL], domOverlay: { root: overlay } }),
      document.fonts.load('600 20px "Source Sans 3"'), document.fonts.load('400 20px "Source Sans 3"'),
    ]);
    const renderer = new WebGLRenderer({ antialias: true, alpha: true });
    try {
      const features = session.enabledFeatures;
      renderer.xr.enabled = true;
      renderer.xr.setReferenceSpaceType(!features || features.includes("local-floor") ? "local-floor" : "local");
      await renderer.xr.setSession(session);
      return new Ar(home, session, renderer);
    } catch (error) {
      await session.end().catch(() => undefined);
      renderer.dispose();
      throw error;
    }
  }

  private constructor(home: Home, session: XRSession, renderer: WebGLRenderer) {
    super();
    this.#home = home;
    this.#session = session;
    this.#renderer = renderer;
    renderer.toneMapping = NeutralToneMapping;
    renderer.setClearColor(0x000000, 0);
    renderer.xr.enabled = false;
    this.#light = environment();
    renderer.xr.enabled = true;
    this.#scene.environment = this.#light;
    this.#scene.environmentIntensity = 0.85;
    this.#scene.add(this.#rig, new HemisphereLight(0xfffaf0, 0xcbbfae, 0.25));
    this.#estimate();
    this.stage = new Stage({
      renderer, arrangement: home.arrangement, format: (metres) => home.speech.format(metres), changed: () => undefined,
      failed: (product, error) => {
        console.warn(error);
        home.say(t("no_model", { name: home.wares.row(product)?.name ?? product }));
      },
    });
    this.#scene.add(this.stage.group);
    this.#reticle = new Reticle(this.#scene);
    this.walked = new Walked(this.#scene);
    this.#hands = new Hands(session);
    this.#pointers = [new Pointer(this.#scene), new Pointer(this.#scene)];
    this.#anchoring = new Anchoring(home, session);
    this.panel = session.domOverlayState ? null : new RoomPanel(home, this, this.#scene, renderer);
    const { signal } = this.#ended;
    session.addEventListener("end", () => this.#end(), { once: true });
    for (const kind of ["selectstart", "selectend"] as const) {
      session.addEventListener(kind, (event) => {
        if ((event as XRInputSourceEvent).inputSource.targetRayMode === "tracked-pointer") return;
        if (kind === "selectstart") this.#touched(event as XRInputSourceEvent);
        else this.#let("touch");
      }, { signal });
    }
    renderer.setAnimationLoop((now, frame) => frame && this.#frame(now, frame as XRFrame));
    void this.#aimFromEyes();
  }

  get session(): XRSession {
    return this.#session;
  }

  get isMeasuring(): boolean {
    return this.walked.isOn;
  }

  /** The shopper shows the corners of the floor instead of the device finding them. */
  measure(on: boolean): void {
    this.walked.isOn = on;
    this.#home.changed();
    if (on) this.#home.say(t("measure_lead"));
  }

  floorShown(): void {
    const floor_m = this.#floor_m();
    const room = roomOf(this.walked.corners, "walked", SPREAD_M.walked, floor_m);
    this.walked.isOn = false;
    if (room) this.#home.arrangement.room = room;
    this.#home.changed();
  }

  async leave(): Promise<void> {
    await this.#session.end().catch(() => undefined);
  }

  /** A phone may tell the light of the room; then that is the light. */
  #estimate(): void {
    const light = new XREstimatedLight(this.#renderer, false);
    light.addEventListener("estimationstart", () => {
      this.#scene.add(light);
      this.#scene.environmentIntensity = 0.35;
    });
    light.addEventListener("estimationend", () => light.removeFromParent());
  }

  async #aimFromEyes(): Promise<void> {
    try {
      const space = await this.#session.requestReferenceSpace("viewer");
      this.#hitSource = (await this.#session.requestHitTestSource?.({ space })) ?? null;
    } catch {
      this.#hitSource = null; // no hit tests here: the measured planes, or the level of the floor, must do
    }
  }

  #floor_m(): number {
    return this.#home.arrangement.room?.floor_m ?? 0;
  }

  #frame(now: number, frame: XRFrame): void {
    const space = this.#renderer.xr.getReferenceSpace();
    if (!space) return;
    this.#space = space;
    const dt = Math.min(0.1, (now - this.#then) / 1000 || 0);
    this.#then = now;
    const room = this.#finding.look(frame, space);
    if (room && this.#home.arrangement.room?.how !== "walked") this.#home.arrangement.room = room;
    this.#anchoring.update(frame, space, room !== null);
    const viewer = frame.getViewerPose(space);
    if (viewer) {
      const { position: { x, y, z }, orientation: q } = viewer.transform;
      this.#eye.set(x, y, z);
      FORWARD.set(0, 0, -1).applyQuaternion(TURN.set(q.x, q.y, q.z, q.w));
      this.#yaw = Math.atan2(FORWARD.x, FORWARD.z);
    }
    this.#hands.read(frame, space, this.#rig);
    this.#aim(frame, space);
    if (this.#touch) this.#follow(frame, space);
    this.#turn(dt);
    this.#hands.clear();
    this.panel?.update(dt, this.#eye, this.#yaw);
    this.#renderer.render(this.#scene, this.#camera);
  }

  #aim(frame: XRFrame, space: XRReferenceSpace): void {
    let isAimed = false;
    for (const hand of this.#hands.both) {
      const pointer = this.#pointers[hand.side === "left" ? 0 : 1];
      if (!hand.isTracked) {
        pointer.hide();
        continue;
      }
      const on = this.panel?.point(hand) ?? null;
      if (on !== null) {
        pointer.show(hand, on, this.#eye, true);
        continue;
      }
      const isMain = hand.side === "right" || !this.#hands.right.isTracked;
      const spot = this.#spotOf(hand.ray, this.#wareAtHand());
      const picked = this.#home.next || this.walked.isOn || this.#held ? null : this.stage.pick(hand.ray);
      pointer.show(hand, picked?.away_m ?? spot?.away_m ?? 3, this.#eye, picked !== null || spot !== null);
      if (isMain && (this.#home.next || this.walked.isOn)) {
        this.#show(spot);
        isAimed = true;
      }
      if (hand.selectStarted) this.#press(hand.ray, spot, hand);
      else if (this.#held?.by === hand) {
        if (spot) this.#home.arrangement.drag(this.#held.id, this.#beside(spot));
        if (hand.selectEnded || !hand.isSelecting) this.#let(hand);
      }
    }
    if (isAimed) return;
    // Nobody points: on a phone the middle of the picture does.
    const isWanted = (this.#home.next !== null || this.walked.isOn) && !this.#hands.both.some((hand) => hand.isTracked);
    this.#show(isWanted ? this.#eyeSpot(frame, space) : null);
  }

  #wareAtHand(): Ware | null {
    return this.#home.next?.ware ?? (this.#held ? (this.#home.arrangement.piece(this.#held.id)?.ware ?? null) : this.walked.isOn ? null : (this.#home.arrangement.selected?.ware ?? null));
  }

  #show(spot: Spot | null): void {
    this.#spot = spot;
    if (!spot) return this.#reticle.hide();
    this.#reticle.show(this.walked.isOn ? null : (this.#home.next?.ware ?? null), spot.x_m, spot.y_m, spot.z_m, spot.yaw_rad ?? this.#facing());
    this.walked.aim(spot.x_m, spot.z_m, spot.y_m);
  }

  /** A piece comes with its front to who puts it down, square to the room as most furniture stands. */
  #facing(): number {
    const want = this.#yaw + Math.PI;
    const wall = this.#home.arrangement.room?.walls.reduce<{ a: readonly number[]; b: readonly number[]; long: number } | null>((best, { a, b }) => {
      const long = Math.hypot(a[0] - b[0], a[1] - b[1]);
      return !best || long > best.long ? { a, b, long } : best;
    }, null);
    if (!wall) return want;
    const along = Math.atan2(wall.b[0]! - wall.a[0]!, wall.b[1]! - wall.a[1]!);
    const quarter = Math.PI / 2;
    return along + Math.round((want - along) / quarter) * quarter;
  }

  #spotOf(ray: Ray, ware: Ware | null): Spot | null {
    const { room } = this.#home.arrangement;
    const { origin: o, direction: d } = ray;
    if (room && ware) return spotOn(room, ware, [o.x, o.y, o.z], [d.x, d.y, d.z]);
    const floor_m = this.#floor_m();
    const away_m = (floor_m - o.y) / d.y;
    return away_m > 0.05 && away_m < 12 ? { x_m: o.x + d.x * away_m, y_m: floor_m, z_m: o.z + d.z * away_m, yaw_rad: null, on: "floor", away_m } : null;
  }

  /** What a phone's middle looks at: a measured surface if there is one, else what the device's own hit test says. */
  #eyeSpot(frame: XRFrame, space: XRReferenceSpace): Spot | null {
    EYES.origin.copy(this.#eye);
    EYES.direction.copy(FORWARD);
    const { room } = this.#home.arrangement;
    const hit = !room && this.#hitSource ? frame.getHitTestResults(this.#hitSource)[0]?.getPose(space) : undefined;
    if (hit) {
      const { x, y, z } = hit.transform.position;
      return { x_m: x, y_m: y, z_m: z, yaw_rad: null, on: "floor", away_m: Math.hypot(x - this.#eye.x, y - this.#eye.y, z - this.#eye.z) };
    }
    return this.#spotOf(EYES, this.#home.next?.ware ?? null);
  }

  #press(ray: Ray, spot: Spot | null, by: Hand | "touch"): void {
    const { arrangement } = this.#home;
    if (this.walked.isOn) {
      if (spot && this.walked.put(spot.x_m, spot.z_m)) this.floorShown();
      else this.#home.changed();
      return;
    }
    if (this.#home.next) {
      if (spot) this.#home.put(spot.x_m, spot.y_m, spot.z_m, spot.yaw_rad ?? this.#facing());
      return;
    }
    const picked = this.stage.pick(ray);
    const piece = picked ? arrangement.piece(picked.id) : null;
    if (!piece) return;
    arrangement.select(piece.id);
    const at = this.#spotOf(ray, piece.ware);
    this.#held = { id: piece.id, dx: at ? piece.x_m - at.x_m : 0, dz: at ? piece.z_m - at.z_m : 0, by };
  }

  #beside(spot: Spot): { x_m: number; y_m: number; z_m: number; yaw_rad?: number } {
    const { dx = 0, dz = 0 } = this.#held ?? {};
    const isWall = spot.yaw_rad !== null;
    return { x_m: spot.x_m + (isWall ? 0 : dx), y_m: spot.y_m, z_m: spot.z_m + (isWall ? 0 : dz), ...(spot.yaw_rad !== null ? { yaw_rad: spot.yaw_rad } : {}) };
  }

  #let(by: Hand | "touch"): void {
    if (by === "touch") this.#touch = null;
    if (this.#held?.by !== by) return;
    const { id } = this.#held;
    this.#held = null;
    this.#home.arrangement.settle(id);
    this.#home.tell("moved", id);
  }

  #touched({ frame, inputSource }: XRInputSourceEvent): void {
    const pose = this.#space ? frame.getPose(inputSource.targetRaySpace, this.#space) : undefined;
    if (!pose || this.#touch) return;
    this.#rayOf(pose.transform.matrix);
    this.#touch = inputSource;
    this.#press(this.#touchRay, this.#spotOf(this.#touchRay, this.#wareAtHand()) ?? this.#spot, "touch");
  }

  #follow(frame: XRFrame, space: XRReferenceSpace): void {
    const pose = this.#touch ? frame.getPose(this.#touch.targetRaySpace, space) : undefined;
    if (!pose || this.#held?.by !== "touch") return;
    this.#rayOf(pose.transform.matrix);
    const spot = this.#spotOf(this.#touchRay, this.#wareAtHand());
    if (spot) this.#home.arrangement.drag(this.#held.id, this.#beside(spot));
  }

  #rayOf(matrix: ArrayLike<number>): void {
    POSE.fromArray(matrix as number[]);
    this.#touchRay.origin.setFromMatrixPosition(POSE);
    this.#touchRay.direction.set(0, 0, -1).transformDirection(POSE);
  }

  #turn(dt: number): void {
    const { arrangement } = this.#home;
    const id = arrangement.selected?.id ?? null;
    const push = this.#hands.both.map(({ stickX }) => stickX).find((x) => Math.abs(x) > DEAD_ZONE) ?? 0;
    const piece = arrangement.piece(id);
    if (push && piece) {
      this.#turning = piece.id;
      arrangement.drag(piece.id, { yaw_rad: piece.yaw_rad - push * TURN_RAD_S * dt });
    } else if (this.#turning !== null) {
      arrangement.settle(this.#turning);
      this.#home.tell("turned", this.#turning);
      this.#turning = null;
    }
  }

  #end(): void {
    this.#ended.abort();
    this.#renderer.setAnimationLoop(null);
    this.#hitSource?.cancel?.();
    this.#finding.dispose();
    this.#anchoring.dispose();
    this.panel?.dispose();
    for (const pointer of this.#pointers) pointer.dispose();
    this.#hands.dispose();
    this.#reticle.dispose();
    this.walked.dispose();
    this.stage.dispose();
    this.#light.dispose();
    this.#renderer.dispose();
    this.dispatchEvent(new Event("end"));
  }
}

const FORWARD = new Vector3(0, 0, -1);
const TURN = new Quaternion();
const EYES = new Ray();
const POSE = new Matrix4();
