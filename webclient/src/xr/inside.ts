/**
 * The store as it is while one is in the headset: made when one enters, gone when one leaves.
 *
 * It reads the hands once a frame and gives each what it is for: panels first, then products, then the floor. Follows the
 * WebXR Device API (W3C, 2025) and WebXR Hand Input. What it is not: getting in and out (`headset.ts`).
 */
import { Matrix4, Quaternion, Vector3 } from "three";
import { Sounds } from "../ui/sounds";
import { Pick } from "../world/pick";
import { Ways } from "../world/path";
import { floorPlan } from "../world/map";
import type { World } from "../world/world";
import type { Stand } from "../world/stand";
import type { Variant } from "../api";
import { Board } from "./board";
import { Bodies } from "./bodies";
import { Carry } from "./carry";
import { Dress } from "./dress";
import { newPose } from "./grab";
import { Ground } from "./ground";
import { Hands } from "./input";
import { Locomotion, type Head } from "./locomotion";
import { Notes } from "./notes";
import { Presence } from "./presence";
import { keep, type HeadsetSettings } from "./settings";
import type { HeadsetPieces, RoomLine } from "./seams";
import { Touching } from "./touching";
import { Travel } from "./travel";
import { placeHead, rigYaw, turnAbout, yawOf } from "./turn";
import { BEST_M, follow, hang, within, type Hanging, type Lead } from "./ui/hang";
import { Panel } from "./ui/panel";
import { CALM, STARK } from "./ui/paint";
import { MENU_HEIGHT, MENU_WIDTH } from "./views/menu";
import { Vignette } from "./vignette";
import { Wrist } from "./wrist";
import { t } from "./words";

const CARD_WIDTH = 580;
const CARD_HEIGHT = 640;
const MENU_AT: Hanging = { aside: 0, above: -0.17, leash: 1.05 };

export class Inside {
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
  readonly #ended = new AbortController();
  /** Just through a door: the next room's first word on where one is is its entrance, and one is not there. */
  #isPassing = false;
  #hasPassed = false;
  readonly #headTurn = new Quaternion();
  #line: RoomLine | null = null;
  #joined = new AbortController();
  readonly #at: { x: number; z: number; yaw: number };
  readonly #away = new Vector3();
  readonly #homePose = newPose();
  readonly #isStill: boolean;
  readonly #touching: Touching;
  #space: XRReferenceSpace | null = null;
  #lift_m = -1;
  #isPlaced = false;
  #isLost = false;
  readonly #lead: Lead = { yaw: 0, isFollowing: false };
  #menuAt_m = BEST_M;
  #cardSide: 1 | -1 = 1;
  #isVisible = true;

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
    this.#pick = new Pick(world, () => stock.stands);
    this.carry = new Carry(stock, (from, to) => this.#pick.isHidden(from, to));
    this.locomotion = new Locomotion(world.rig, world.scene, this.#ground, settings);
    let ways: Ways | null = null;
    this.#travel = new Travel(this.locomotion, this.#ground, () => (ways ??= new Ways(world.assembly.barriers, world.assembly.insides)));
    this.#presence = new Presence(pieces.session);
    this.#dress = new Dress(world.renderer);
    this.#bodies = new Bodies(world.rig);
    this.#vignette = new Vignette(world.camera);
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
    this.#touching = new Touching({
      scene: world.scene, hands: this.hands, panels: [this.wrist.panel, this.menu, this.card], wrist: this.wrist, carry: this.carry, locomotion: this.locomotion,
      eyes: this.head.world, sounds: this.#sounds,
      menu: () => this.#toggleMenu(),
      back: () => {
        if (this.menu.isOpen) this.board.back();
        else if (this.card.isOpen) this.carry.home();
      },
      bring: (stand) => this.carry.bring(stand, this.head.world, this.head.yaw),
    });
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
    // What the page says is said here, where it is seen: who comes with an invitation, what was refused.
    for (const kind of ["notice", "announce"]) document.addEventListener(kind, (event) => this.notes.toast((event as CustomEvent<string>).detail), { signal });
    this.carry.addEventListener("taken", () => this.#taken(), { signal });
    this.carry.addEventListener("home", (event) => this.#wentHome((event as CustomEvent<Stand>).detail), { signal });
    this.#join();
  }

  /** Another room's people are others: listen to the session that is there now. */
  #join(): void {
    const line = this.#pieces.session();
    if (line === this.#line) return;
    this.#isPassing = this.#line !== null && line !== null;
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
    line.addEventListener("corrected", (event) => {
      if (!this.#isPassing) return this.#correct((event as CustomEvent<{ x: number; z: number }>).detail);
      this.#isPassing = false;
      this.#hasPassed = true;
    }, { signal });
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
      this.#touching.update(dt);
      this.locomotion.update(dt, this.hands.both, this.head, this.#touching.isFree);
      this.#travel.update(this.head);
      rig.updateMatrixWorld();
      this.#look();
    }
    this.carry.isWatched = this.#touching.isOnPanel || this.card.isOpen === false;
    this.carry.update(dt);
    this.#dress.update();
    if (this.carry.isInHand && this.carry.stand) this.#presence.move(dt, this.carry.stand, this.carry.pose);
    this.#presence.update(dt, this.head, this.#headTurn, this.hands.both, rig.position.y, this.locomotion.hasJumped || this.#hasPassed, 2.4);
    this.#hasPassed = false;
    this.#embody();
    this.#vignette.update(dt, this.#settings.vignette ? this.locomotion.rush : 0);
    if (this.#isVisible) this.#bodies.update(this.hands.both);
    this.board.update(dt);
    this.#follow(dt);
    this.hands.clear();
  }

  /** One's own body, as one looks down at it, goes with head and hands. */
  #embody(): void {
    const body = this.#pieces.self?.();
    if (!body) return;
    body.head = this.#presence.head;
    body.left = this.#presence.left;
    body.right = this.#presence.right;
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
    this.#touching.hide();
  }

  // ── keys

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
    this.#lead.yaw = yawOf(TURN);
    this.#lead.isFollowing = false;
    if (panel === this.card) this.#cardSide = this.carry.hand?.side === "left" ? 1 : -1;
    this.#menuAt_m = this.#room(this.#lead.yaw);
    this.#follow(0);
  }

  #follow(dt: number): void {
    const headYaw = yawOf(TURN);
    follow(this.#lead, headYaw, MENU_AT.leash, this.#isStill ? 1 : dt);
    if (this.menu.isOpen) hang(this.menu, this.head.local, this.#lead.yaw, MENU_AT, this.#menuAt_m);
    if (this.card.isOpen) {
      CARD_AT.aside = CARD_ASIDE * this.#cardSide;
      hang(this.card, this.head.local, this.#lead.yaw, CARD_AT, this.#menuAt_m);
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
      // Too far for the room's arms, or no link: then it is in one's own eyes only.
      if (this.carry.stand !== stand || (this.#pieces.ownerOf?.(stand.slot.id) ?? null) === null) return;
      this.notes.toast(t("taken"));
      this.carry.home();
    });
  }

  #wentHome(stand: Stand): void {
    this.#dress.takeOff();
    this.#sounds.play("drop");
    this.#homePose.position.set(...stand.slot.position);
    this.#homePose.rotation.setFromAxisAngle(UP, (stand.slot.yaw_deg * Math.PI) / 180);
    this.#presence.release(stand, this.#homePose, this.head.world);
  }

  #wear(stand: Stand, variant: Variant): void {
    this.#dress.wear(stand, variant.name).catch((error: unknown) => {
      if ((error as Error).name !== "AbortError") console.warn(error);
    });
  }

  /** From somebody's hands: before one's eyes, and one's own until it is put back. */
  receive(stand: Stand, name: string): void {
    this.#presence.adopt(stand);
    this.carry.bring(stand, this.head.world, this.head.yaw);
    this.notes.toast(t("given", { product: stand.row.name, name }));
    this.#touching.active.tick(0.5, 40);
    this.#sounds.play("take");
  }

  async #handOver(stand: Stand, member: number, name: string): Promise<void> {
    try {
      if (!this.#presence.isHolding) await this.#presence.grab(stand);
      await this.#presence.handOver(stand, member);
      this.notes.toast(t("handed", { product: stand.row.name, name }));
      this.#touching.active.tick(0.5, 40);
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
    this.#touching.dispose();
    this.#pieces.session()?.show({ mode: 0, focus: 0 });
    const body = this.#pieces.self?.();
    if (body) body.head = body.left = body.right = null;
  }
}

const MATRIX = new Matrix4();
/** The head's rotation in the rig's space, of this frame. */
const TURN = new Quaternion();
const UP = new Vector3(0, 1, 0);
const CARD_ASIDE = 0.42;
const CARD_AT = { aside: 0, above: -0.12, leash: MENU_AT.leash };
