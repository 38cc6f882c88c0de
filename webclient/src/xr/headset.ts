/**
 * The store in a headset: an `immersive-vr` session on the world that is there already, from the moment one enters to the
 * moment one is back in the page, at the same place.
 *
 * It reads the hands once a frame and gives each what it is for: panels first, then products, then the floor. Loaded
 * only when somebody enters. Follows the WebXR Device API (W3C, 2025) and WebXR Hand Input.
 */
import { Matrix4, Quaternion, Vector3 } from "three";
import { Pick } from "../world/pick";
import { Ways } from "../world/path";
import { floorPlan } from "../world/map";
import type { Part, World } from "../world/world";
import type { Stand } from "../world/stand";
import type { Variant } from "../api";
import { Board } from "./board";
import { Bodies } from "./bodies";
import { Carry } from "./carry";
import { Dress } from "./dress";
import { newPose } from "./grab";
import { Ground } from "./ground";
import { Hands, type Hand } from "./input";
import { Locomotion, PALM_UP, type Head } from "./locomotion";
import { Notes } from "./notes";
import { Pointer } from "./pointer";
import { Presence } from "./presence";
import { keep, recall, type HeadsetSettings } from "./settings";
import type { RoomLine, Shelves, ShopDesk } from "./seams";
import { Sounds } from "../ui/sounds";
import { Travel } from "./travel";
import { placeHead, rigYaw, turnAbout, wrapped, yawOf } from "./turn";
import { BEST_M, followed, hang, within, type Hanging } from "./ui/hang";
import { Panel } from "./ui/panel";
import { CALM, STARK } from "./ui/paint";
import { MENU_HEIGHT, MENU_WIDTH } from "./views/menu";
import { Vignette } from "./vignette";
import { Wrist } from "./wrist";
import { t } from "./words";

export interface HeadsetPieces {
  readonly world: World;
  readonly stock: Shelves;
  readonly shop: ShopDesk | null;
  /** The room's session, once there is one. */
  readonly session: () => RoomLine | null;
}

const FEATURES: readonly string[] = ["local-floor"];
const OPTIONAL: readonly string[] = ["hand-tracking", "layers"];
/** Sharp where one looks, less at the rim; text needs the whole of the frame's pixels. */
const FOVEATION = 0.6;
const SCALE = 1;
const CARD_WIDTH = 580;
const CARD_HEIGHT = 640;
const MENU_AT: Hanging = { aside: 0, above: -0.17, leash: 1.05 };
const SCROLL = 900;

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

/** Everything that is there only while one is in the headset. */
class Inside {
  readonly hands: Hands;
  readonly carry: Carry;
  readonly locomotion: Locomotion;
  readonly menu: Panel;
  readonly card: Panel;
  readonly notes: Notes;
  readonly wrist: Wrist;
  readonly board: Board;
  readonly head: Head = { local: new Vector3(0, 1.6, 0), world: new Vector3(), yaw: 0 };
  readonly #pieces: HeadsetPieces;
  readonly #world: World;
  readonly #settings: HeadsetSettings;
  readonly #session: XRSession;
  readonly #ground: Ground;
  readonly #pick: Pick;
  readonly #travel: Travel;
  readonly #presence: Presence;
  readonly #dress: Dress;
  readonly #bodies: Bodies;
  readonly #vignette: Vignette;
  readonly #sounds = new Sounds();
  readonly #pointers: readonly [Pointer, Pointer];
  readonly #ended = new AbortController();
  readonly #headTurn = new Quaternion();
  #line: RoomLine | null = null;
  #joined = new AbortController();
  readonly #at: { x: number; z: number; yaw: number };
  readonly #away = new Vector3();
  readonly #hit = { distance: 0, x: 0, y: 0 };
  readonly #homePose = newPose();
  readonly #isStill: boolean;
  readonly #panels: readonly Panel[];
  /** Which panel each hand is on, in this frame. */
  readonly #on = new Map<Hand, Panel>();
  readonly #downOn = new Map<Hand, Panel>();
  #active: Hand;
  #space: XRReferenceSpace | null = null;
  #lift_m = -1;
  #isPlaced = false;
  #isLost = false;
  #menuYaw = 0;
  #menuAt_m = BEST_M;
  #isMenuFollowing = false;
  #cardSide: 1 | -1 = 1;
  #isVisible = true;
  #dt = 0;

  constructor(pieces: HeadsetPieces, settings: HeadsetSettings, session: XRSession, at: { x: number; z: number; yaw: number }, leave: () => void) {
    const { world, stock, shop } = pieces;
    this.#pieces = pieces;
    this.#world = world;
    this.#settings = settings;
    this.#session = session;
    this.#at = at;
    this.#isStill = world.options.isStill;
    this.#ground = new Ground(world.plan, world.assembly.barriers);
    this.hands = new Hands(session);
    this.#active = this.hands.right;
    this.#pick = new Pick(world, () => stock.stands);
    this.carry = new Carry(stock, (from, to) => this.#pick.isHidden(from, to));
    this.locomotion = new Locomotion(world.rig, world.scene, this.#ground, settings);
    let ways: Ways | null = null;
    this.#travel = new Travel(this.locomotion, this.#ground, () => (ways ??= new Ways(world.assembly.barriers, world.assembly.insides)));
    this.#presence = new Presence(pieces.session);
    this.#dress = new Dress(world.renderer);
    this.#bodies = new Bodies(world.rig);
    this.#vignette = new Vignette(world.camera);
    this.#pointers = [new Pointer(world.scene), new Pointer(world.scene)];
    const look = {
      anisotropy: Math.min(8, world.renderer.capabilities.getMaxAnisotropy()), isRightToLeft: document.documentElement.dir === "rtl",
      palette: matchMedia("(prefers-contrast: more)").matches ? STARK : CALM,
    };
    this.menu = new Panel({ ...look, width: MENU_WIDTH, height: MENU_HEIGHT });
    this.card = new Panel({ ...look, width: CARD_WIDTH, height: CARD_HEIGHT, isFitted: true });
    world.rig.add(this.menu.mesh, this.card.mesh);
    this.notes = new Notes(world.rig, look);
    this.notes.captions = settings.captions;
    this.#sounds.isOn = settings.sounds;
    this.#sounds.open();
    this.wrist = new Wrist(world.rig, look, { menu: () => this.#toggleMenu(), turn: (way) => this.#turn(way) });
    this.#panels = [this.wrist.panel, this.menu, this.card];
    const plan = floorPlan(world.plan);
    this.board = new Board({
      menu: this.menu, card: this.card, carry: this.carry, stands: () => stock.stands, plan: () => plan, shop, line: pieces.session, settings,
      place: () => ({ x: this.head.world.x, z: this.head.world.z, yaw: this.head.yaw }),
      acts: {
        bring: (stand) => this.carry.bring(stand, this.head.world, this.head.yaw), putBack: () => this.carry.home(), wear: (stand, variant) => this.#wear(stand, variant),
        goTo: (x, z, face) => this.#goTo({ x, z }, face), goToStand: (stand) => this.#goToStand(stand),
        wave: (person) => {
          pieces.session()?.show({ emote: 1 });
          this.notes.toast(t("waves", { name: person.card?.name ?? t("someone") }));
        },
        handOver: (stand, person) => void this.#handOver(stand, person.card?.member ?? 0, person.card?.name ?? t("someone")),
        share: (stand, variant, isOn) => this.#share(stand, variant, isOn),
        change: (part) => this.#change(part), leave, toast: (words) => this.notes.toast(words), chime: () => this.#sounds.play("chime"),
        opened: (panel) => this.#hang(panel),
      },
    });
    for (const panel of this.#panels) {
      panel.pressed = () => this.#felt("press", 0.5, 16);
      panel.hovered = (target) => {
        if (target) this.#felt("tick", 0.12, 8);
      };
    }
    this.locomotion.jumped = (hand) => {
      hand?.tick(0.35, 24);
      this.#sounds.play("step");
    };
    this.locomotion.refused = (hand) => {
      hand.tick(0.6, 40);
      this.#sounds.play("no");
    };
    this.locomotion.turned = (hand) => {
      hand.tick(0.15, 10);
      this.#sounds.play("tick");
    };
    this.#listen();
    this.notes.toast(t("welcome", { name: world.plan.name }));
  }

  // ── what happens elsewhere

  #listen(): void {
    const { signal } = this.#ended;
    this.#session.addEventListener("visibilitychange", () => {
      this.#isVisible = this.#session.visibilityState === "visible";
      if (this.#isVisible) return;
      // The system's own menu is in front: hands belong to it.
      this.hands.release();
      this.#hideHands();
    }, { signal });
    addEventListener("keydown", (event) => this.#key(event), { signal });
    this.carry.addEventListener("taken", () => this.#taken(), { signal });
    this.carry.addEventListener("home", (event) => this.#wentHome((event as CustomEvent<Stand>).detail), { signal });
    this.#join();
  }

  /** Another room's people are others: listen to the session that is there now. */
  #join(): void {
    const line = this.#pieces.session();
    if (line === this.#line) return;
    this.#joined.abort();
    this.#joined = new AbortController();
    this.#line = line;
    this.#limit();
    if (!line) return;
    const { signal } = this.#joined;
    line.addEventListener("said", (event) => {
      const { who, name, text: words } = (event as CustomEvent<{ who: number; name: string; text: string }>).detail;
      if (who !== line.member) this.notes.caption(name, words);
    }, { signal });
    line.addEventListener("corrected", (event) => this.#correct((event as CustomEvent<{ x: number; z: number }>).detail), { signal });
    line.addEventListener("enter", () => this.#sounds.play("friend"), { signal });
    let was = line.state;
    line.addEventListener("change", () => {
      if (was === line.state) return;
      if (line.state === "waiting") this.notes.toast(t("offline"));
      if (line.state === "open" && was === "waiting") this.notes.toast(t("online"));
      was = line.state;
      this.#limit();
    }, { signal });
  }

  #limit(): void {
    const limits = this.#pieces.session()?.welcome?.limits;
    if (limits) this.locomotion.limits = { reach_m: limits.teleport_cm / 100 - 0.1, pause_ms: limits.teleport_ms + 60 };
  }

  /** The server says where one is: put the head there, and keep looking the same way. */
  #correct({ x, z }: { x: number; z: number }): void {
    this.#travel.stop();
    placeHead(this.#world.rig, this.head.local, x, this.#ground.height(x, z) ?? 0, z);
  }

  // ── once a frame

  update(dt: number, frame: XRFrame): void {
    this.#dt = dt;
    const space = this.#referenceSpace();
    const pose = space ? frame.getViewerPose(space) : undefined;
    if (!space || !pose) {
      this.#lose();
      return;
    }
    this.#isLost = false;
    this.#join();
    const { rig } = this.#world;
    const { position, orientation } = pose.transform;
    this.head.local.set(position.x, position.y, position.z);
    TURN.set(orientation.x, orientation.y, orientation.z, orientation.w);
    if (!this.#isPlaced) this.#place();
    this.#look();
    this.hands.read(frame, space, rig);
    if (this.#isVisible) {
      this.#point();
      this.locomotion.update(dt, this.hands.both, this.head, this.#isFree);
      this.#travel.update(this.head);
      rig.updateMatrixWorld();
      this.#look();
    }
    this.carry.isWatched = this.#on.size > 0 || this.card.isOpen === false;
    this.carry.update(dt);
    this.#dress.update();
    if (this.carry.isInHand && this.carry.stand) this.#presence.move(dt, this.carry.stand, this.carry.pose);
    this.#presence.update(dt, this.head, this.#headTurn, this.hands.both, rig.position.y, this.locomotion.hasJumped, 2.4);
    this.#vignette.update(dt, this.#settings.vignette ? this.locomotion.rush : 0);
    if (this.#isVisible) this.#bodies.update(this.hands.both);
    this.board.update(dt);
    this.#follow(dt);
    this.hands.clear();
  }

  /** Where the head is in the room, after whatever moved the rig. */
  #look(): void {
    const { rig } = this.#world;
    this.head.world.copy(this.head.local).applyMatrix4(MATRIX.makeRotationY(rig.rotation.y)).add(rig.position);
    this.head.yaw = rig.rotation.y + yawOf(TURN);
    this.#headTurn.setFromRotationMatrix(MATRIX).multiply(TURN);
  }

  /** The first frame: stand where one walked, looking that way. */
  #place(): void {
    this.#isPlaced = true;
    const { rig } = this.#world;
    const { x, z, yaw } = this.#at;
    rig.rotation.set(0, rigYaw(yaw, yawOf(TURN)), 0);
    placeHead(rig, this.head.local, x, this.#ground.height(x, z) ?? 0, z);
    rig.updateMatrixWorld(true);
    const isBare = [...this.#session.inputSources].some(({ hand }) => hand);
    this.notes.toast(t(isBare ? "hint_hands" : "hint_stick"));
  }

  /** The floor's space, raised for those who sit. */
  #referenceSpace(): XRReferenceSpace | null {
    const { xr } = this.#world.renderer;
    const lift_m = this.#settings.isSeated ? this.#settings.lift_m : 0;
    if (lift_m !== this.#lift_m) {
      this.#space ??= xr.getReferenceSpace() as XRReferenceSpace | null;
      if (!this.#space) return null;
      this.#lift_m = lift_m;
      xr.setReferenceSpace((lift_m ? this.#space.getOffsetReferenceSpace(new XRRigidTransform({ x: 0, y: -lift_m, z: 0, w: 1 })) : this.#space) as never);
    }
    return xr.getReferenceSpace() as XRReferenceSpace | null;
  }

  #lose(): void {
    if (this.#isLost || !this.#isPlaced) return;
    this.#isLost = true;
    this.hands.release();
    this.#hideHands();
    this.notes.toast(t("lost"));
  }

  #hideHands(): void {
    this.#bodies.hide();
    for (const pointer of this.#pointers) pointer.hide();
    for (const panel of this.#panels) panel.unhover();
    this.#on.clear();
    this.#downOn.clear();
  }

  // ── hands

  readonly #isFree = (hand: Hand): boolean => !this.#on.has(hand) && this.carry.hand !== hand;

  #point(): void {
    this.#on.clear();
    // The hand that presses, or did last, is asked first: two rays on one panel would fight over its focus.
    const [left, right] = this.hands.both;
    for (const hand of this.hands.both) if (hand.selectStarted) this.#active = hand;
    const other = this.#active === left ? right : left;
    this.#pointHand(this.#active);
    this.#pointHand(other);
    for (const panel of this.#panels) {
      let isOn = false;
      for (const one of this.#on.values()) isOn ||= one === panel;
      if (!isOn) panel.unhover();
    }
    for (const hand of this.hands.both) {
      if (hand.menuPressed) this.#toggleMenu();
      if (hand.backPressed && (this.menu.isOpen || this.card.isOpen)) this.menu.isOpen ? this.board.back() : this.carry.home();
    }
  }

  #pointHand(hand: Hand): void {
    const pointer = this.#pointers[hand.side === "left" ? 0 : 1];
    if (!hand.isTracked) {
      pointer.hide();
      this.#let(hand);
      return;
    }
    if (this.locomotion.aiming === hand) {
      pointer.hide();
      return;
    }
    const panel = this.#panelUnder(hand);
    if (panel) {
      this.#on.set(hand, panel);
      this.#touch(hand, panel);
      pointer.show(hand, this.#hit.distance, this.head.world, true);
      return;
    }
    this.#downOn.delete(hand);
    if (this.carry.hand === hand) {
      pointer.hide();
      this.#let(hand);
      return;
    }
    const under = this.carry.under(hand);
    const distance = under && !under.isNear ? under.distance_m : 6;
    pointer.show(hand, under?.isNear ? 0.05 : distance, this.head.world, under !== null && !under.isNear);
    // A palm that looks up aims at the floor: from afar it takes nothing.
    if (under && (under.isNear || !hand.isBare || hand.palm.y <= PALM_UP)) this.#reach(hand, under.stand);
    this.#let(hand);
  }

  #reach(hand: Hand, stand: Stand): void {
    const takes = hand.squeezeStarted || (hand.isBare && hand.selectStarted);
    if (takes) {
      if (!this.carry.take(hand)) return;
      this.#active = hand;
      hand.tick(0.5, 30);
      this.#sounds.play("take");
    } else if (hand.selectStarted) {
      // A press from afar brings it before the eyes: for hands that cannot hold.
      this.#active = hand;
      this.carry.bring(stand, this.head.world, this.head.yaw);
      hand.tick(0.4, 20);
      this.#sounds.play("take");
    }
  }

  /** Open hands let go. */
  #let(hand: Hand): void {
    if (!(hand.isBare ? hand.selectEnded : hand.squeezeEnded)) return;
    if (this.carry.hand === hand) hand.tick(0.25, 16);
    this.carry.release(hand);
  }

  #panelUnder(hand: Hand): Panel | null {
    let best: Panel | null = null;
    let [distance, x, y] = [Infinity, 0, 0];
    for (const panel of this.#panels) {
      if (panel === this.wrist.panel && this.wrist.hand === hand) continue;
      if (!panel.cast(hand.ray, this.#hit) || this.#hit.distance >= distance) continue;
      let isTaken = false;
      for (const one of this.#on.values()) isTaken ||= one === panel;
      if (isTaken) continue;
      [best, distance, x, y] = [panel, this.#hit.distance, this.#hit.x, this.#hit.y];
    }
    this.#hit.distance = distance;
    this.#hit.x = x;
    this.#hit.y = y;
    return best;
  }

  #touch(hand: Hand, panel: Panel): void {
    const { x, y } = this.#hit;
    panel.hover(x, y);
    if (hand.selectStarted) {
      this.#active = hand;
      panel.down(x, y);
      this.#downOn.set(hand, panel);
    }
    if (hand.selectEnded && this.#downOn.get(hand) === panel) {
      this.#downOn.delete(hand);
      panel.up(x, y);
    }
    if (Math.abs(hand.stickY) > 0.2) panel.scrollBy(hand.stickY * SCROLL * this.#dt, x, y);
    this.#let(hand);
  }

  #felt(sound: "press" | "tick", strength: number, ms: number): void {
    this.#active.tick(strength, ms);
    this.#sounds.play(sound);
  }

  /** A keyboard beside the headset does what a ray does. */
  #key(event: KeyboardEvent): void {
    const panel = this.menu.isOpen ? this.menu : this.card.isOpen ? this.card : null;
    const { key } = event;
    if (key === "m" || key === "M") this.#toggleMenu();
    else if (key === "Escape") panel ? (this.menu.isOpen ? this.board.back() : this.carry.home()) : undefined;
    else if (panel && (key === "Tab" || key === "ArrowDown" || key === "ArrowUp")) panel.focusNext(event.shiftKey || key === "ArrowUp" ? -1 : 1);
    else if (panel && (key === "Enter" || key === " ")) panel.pressFocused();
    else return;
    event.preventDefault();
  }

  #turn(way: -1 | 1): void {
    turnAbout(this.#world.rig, this.head.local, (way * this.#settings.snap_deg * Math.PI) / 180);
    this.#sounds.play("tick");
  }

  // ── panels

  #toggleMenu(): void {
    if (this.menu.isOpen) this.board.closeMenu();
    else this.board.openMenu();
  }

  /** Before the eyes now; beside the product for its card, on the side of the free hand. */
  #hang(panel: Panel): void {
    this.#menuYaw = yawOf(TURN);
    this.#isMenuFollowing = false;
    if (panel === this.card) this.#cardSide = this.carry.hand?.side === "left" ? 1 : -1;
    this.#menuAt_m = this.#room(this.#menuYaw);
    this.#follow(0);
  }

  #follow(dt: number): void {
    const headYaw = yawOf(TURN);
    const at = followed(this.#menuYaw, headYaw, MENU_AT.leash, this.#isStill ? 1 : dt, this.#isMenuFollowing);
    this.#menuYaw = at.yaw;
    this.#isMenuFollowing = at.isFollowing;
    if (this.menu.isOpen) hang(this.menu, this.head.local, this.#menuYaw, MENU_AT, this.#menuAt_m);
    if (this.card.isOpen) {
      CARD_AT.aside = CARD_ASIDE * this.#cardSide;
      hang(this.card, this.head.local, this.#menuYaw, CARD_AT, this.#menuAt_m);
    }
    this.menu.update(dt, this.#isStill);
    this.card.update(dt, this.#isStill);
    this.notes.update(dt, this.head.local, headYaw, this.menu.isOpen || this.card.isOpen, this.#isStill);
    this.wrist.update(dt, this.hands.both, this.head.world, this.#world.rig, this.#isStill);
  }

  /** How far a panel may hang without being in a wall. */
  #room(localYaw: number): number {
    const yaw = localYaw + this.#world.rig.rotation.y;
    let free_m = BEST_M + 0.2;
    for (; free_m > 0.9; free_m -= 0.2) {
      this.#away.set(Math.sin(yaw), -0.14, Math.cos(yaw)).multiplyScalar(free_m).add(this.head.world);
      if (!this.#pick.isHidden(this.head.world, this.#away)) break;
    }
    return within(free_m);
  }

  // ── products

  #taken(): void {
    const { stand } = this.carry;
    if (!stand) return;
    this.#hang(this.card);
    if (!this.carry.isInHand) {
      this.#presence.inspect(stand);
      return;
    }
    this.#presence.grab(stand).catch(() => {
      if (this.carry.stand !== stand) return;
      this.notes.toast(t("taken"));
      this.carry.home();
    });
  }

  #wentHome(stand: Stand): void {
    this.#dress.takeOff();
    this.#sounds.play("drop");
    this.#homePose.position.set(...stand.slot.position);
    this.#homePose.rotation.setFromAxisAngle(UP, (stand.slot.yaw_deg * Math.PI) / 180);
    this.#presence.release(stand, this.#homePose);
  }

  #wear(stand: Stand, variant: Variant): void {
    this.#dress.wear(stand, variant.name).catch((error: unknown) => {
      if ((error as Error).name !== "AbortError") console.warn(error);
    });
  }

  async #handOver(stand: Stand, member: number, name: string): Promise<void> {
    try {
      if (!this.#presence.isHolding) await this.#presence.grab(stand);
      await this.#presence.handOver(stand, member);
      this.notes.toast(t("handed", { product: stand.row.name, name }));
      this.#active.tick(0.5, 40);
      this.carry.home();
    } catch {
      this.notes.toast(t("hand_none"));
    }
  }

  #share(stand: Stand, variant: Variant | null, isOn: boolean): void {
    const line = this.#pieces.session();
    if (!line) return;
    const what = isOn ? { do: "share", product: stand.row.id, ...(variant ? { variant: variant.name } : {}), yaw: 0, pitch: 0, distance_mm: 800 } : { do: "unshare" };
    line.act(what).then(() => {
      if (isOn) this.notes.toast(t("shared", { name: stand.row.name }));
    }, (error: unknown) => this.notes.toast((error as Error).message));
  }

  #goTo(to: { x: number; z: number }, face: { x: number; z: number } | null): void {
    const from = { x: this.head.world.x, z: this.head.world.z };
    this.board.closeMenu();
    if (!this.#travel.go(from, to, face)) this.notes.toast(t("too_far"));
  }

  #goToStand({ slot, row }: Stand): void {
    const [x, , z] = slot.position;
    const yaw = (slot.yaw_deg * Math.PI) / 180;
    const far = Math.min(2.4, Math.max(0.85, 0.5 + Math.max(...row.dimensions_m)));
    this.#goTo({ x: x + Math.sin(yaw) * far, z: z + Math.cos(yaw) * far }, { x, z });
  }

  #change(part: Partial<HeadsetSettings>): void {
    Object.assign(this.#settings, part);
    keep(this.#settings);
    this.notes.captions = this.#settings.captions;
    this.#sounds.isOn = this.#settings.sounds;
  }

  dispose(): void {
    this.#ended.abort();
    this.#joined.abort();
    this.board.dispose();
    this.carry.dispose();
    this.#dress.takeOff();
    this.hands.dispose();
    this.locomotion.dispose();
    this.#bodies.dispose();
    this.#vignette.dispose();
    this.#sounds.dispose();
    this.notes.dispose();
    this.wrist.dispose();
    this.menu.dispose();
    this.card.dispose();
    for (const pointer of this.#pointers) pointer.dispose();
    this.#pieces.session()?.show({ mode: 0, focus: 0 });
  }
}

export type { Inside };

const MATRIX = new Matrix4();
/** The head's rotation in the rig's space, of this frame. */
const TURN = new Quaternion();
const UP = new Vector3(0, 1, 0);
const CARD_ASIDE = 0.42;
const CARD_AT = { aside: 0, above: -0.12, leash: MENU_AT.leash };
