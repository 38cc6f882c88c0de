/**
 * The rung of the room: builds the world for the page, and is its `Place`. Loaded when the ladder has chosen it, with all
 * of three behind it.
 *
 * What it is not: the parts themselves (`world/`), or the panels beside them.
 */
import "../store.css";
import { product as productOf, type Product } from "../api";
import { PriceCards } from "../world/cards";
import { Gamepads } from "../world/gamepad";
import { Guide } from "../world/guide";
import type { Inspect } from "../world/inspect";
import type { Picked } from "../world/pick";
import type { StorePlan } from "../world/plan";
import { Pointing } from "../world/point";
import { Stock } from "../world/stock";
import { World, type Part, type Tier } from "../world/world";
import { Pricing } from "./pricing";
import type { Place, Showroom } from "./showroom";
import { Watch } from "./watch";
import { t } from "./words";

/** For products; the place itself takes some 25 MB and 20 draw calls. */
const BUDGET = { mobile: { bytes: 125e6, draws: 75 }, desktop: { bytes: 575e6, draws: 260 }, headset: { bytes: 275e6, draws: 75 } } as const;
/** One stands before a product within this, looking less than this off it. */
const BEFORE_M = 2.6;
const AHEAD_COS = 0.86;
const GAZE_S = 0.4;
/** A lost graphics context that is not back by then is lost for good. */
const LOST_MS = 10_000;
/** What the bar covers at the foot of the window, pixels. */
const BAR_PX = 72;
/** What the store's name covers at its head. */
const NAME_PX = 52;
const INSET_EASE_S = 0.09;

export interface SceneEvents {
  /** The first picture is drawn. */
  shown(): void;
  picked(picked: Picked): void;
  /** The product went back to its shelf. */
  putBack(): void;
  /** It cannot go on here; the ladder leads down. */
  failed(why: "slow" | "lost"): void;
}

export class Scene implements Place, Part {
  readonly world: World;
  readonly stock: Stock;
  readonly guide: Guide;
  readonly pointing: Pointing;
  /** Comes with the first thing that is taken up: its light and its lenses are not needed to walk. */
  #inspect: Promise<Inspect> | null = null;
  #hands: Inspect | null = null;
  readonly tier: Tier;
  readonly #showroom: Showroom;
  readonly #watch: Watch;
  readonly #pricing: Pricing;
  #isPriced = false;
  readonly #ended = new AbortController();
  readonly #inset = { left: 0, right: 0, side: 0, bottom: 0, side_now: 0, bottom_now: 0 };
  readonly #events: SceneEvents;
  #sinceGaze = 0;
  #isShown = false;
  /** Every shelf shows something, and one can walk. */
  #isOpen = false;
  #isTaking = false;
  #lost: ReturnType<typeof setTimeout> | undefined;

  constructor(host: HTMLElement, plan: StorePlan, showroom: Showroom, tier: Tier, events: SceneEvents) {
    this.#showroom = showroom;
    this.#events = events;
    this.tier = tier;
    const { preferences } = showroom;
    this.world = new World(host, plan, {
      tier, isStill: preferences.isStill, mood: preferences.get("mood"), pixelRatio: Math.min(devicePixelRatio, tier === "mobile" ? 1.75 : 2),
      told: (stage, progress) => {
        if (progress >= 1) host.setAttribute(`data-${stage}`, "");
      },
    });
    this.stock = new Stock(this.world, BUDGET[showroom.choice.rung === "headset" ? "headset" : tier], tier === "mobile", () => host.setAttribute("data-stocked", ""));
    this.guide = new Guide(this.world);
    this.pointing = new Pointing(this.world, this.stock, this.guide);
    const cards = new PriceCards(this.world);
    this.#pricing = new Pricing(showroom, this.stock, cards);
    for (const part of [this.stock, this.guide, this.pointing, cards, this, new Gamepads(this.world, { pick: () => this.pointing.pickAhead(), back: () => showroom.dispatchEvent(new Event("back")) })]) this.world.add(part);
    const { signal } = this.#ended;
    const canvas = this.world.renderer.domElement;
    canvas.setAttribute("role", "application");
    this.speak();
    canvas.addEventListener("webglcontextlost", () => {
      this.#lost ??= setTimeout(() => events.failed("lost"), LOST_MS);
    }, { signal });
    canvas.addEventListener("webglcontextrestored", () => {
      clearTimeout(this.#lost);
      this.#lost = undefined;
    }, { signal });
    this.world.events.addEventListener("picked", (event) => events.picked((event as CustomEvent<Picked>).detail), { signal });
    preferences.addEventListener("change", () => this.mood(preferences.get("mood")), { signal });
    addEventListener("resize", () => this.#shift(), { signal });
    addEventListener("hashchange", () => this.#standAt(location.hash), { signal });
    this.#standAt(location.hash);
    this.#watch = new Watch(() => events.failed("slow"));
  }

  /** A place can be sent to a friend: `#at=x,z,yaw,pitch&mood=evening`, metres and degrees. */
  #standAt(hash: string): void {
    const named = new URLSearchParams(hash.slice(1));
    const [x, z, yaw, pitch = 0] = (named.get("at") ?? "").split(",").map(Number);
    if (x === undefined || z === undefined || yaw === undefined || ![x, z, yaw, pitch].every(Number.isFinite)) return;
    this.world.walk.stand(x, z, (yaw * Math.PI) / 180, (pitch * Math.PI) / 180);
    const mood = named.get("mood");
    if (mood) this.mood(mood);
    this.world.redraw();
  }

  speak(): void {
    this.world.renderer.domElement.setAttribute("aria-label", t("place_label", { name: this.world.plan.name }));
  }

  get stand(): { readonly x: number; readonly z: number; readonly yaw: number } {
    const { position, yaw } = this.world.walk;
    return { x: position.x, z: position.z, yaw };
  }

  update(dt: number): void {
    if (!this.#isShown) {
      this.#isShown = true;
      performance.mark("showroom:frame");
      requestAnimationFrame(() => this.#events.shown());
    }
    if (!this.#isPriced && this.stock.stands.length) {
      this.#isPriced = true;
      void this.#pricing.open();
    }
    if (!this.#isOpen && this.stock.isPictured) {
      this.#isOpen = true;
      performance.mark("showroom:walk");
    }
    if (!document.hidden && !this.world.renderer.xr.isPresenting && !this.world.isResting) this.#watch.picture(performance.now());
    this.#glide(dt);
    this.#sinceGaze += dt;
    if (this.#sinceGaze < GAZE_S) return;
    this.#sinceGaze = 0;
    if (document.activeElement === this.world.renderer.domElement) this.#showroom.look(this.#ahead());
  }

  /** The product one stands before and looks at. */
  #ahead(): string | null {
    const { position: { x, z }, yaw } = this.world.walk;
    const [lx, lz] = [Math.sin(yaw), Math.cos(yaw)];
    let best: string | null = null;
    let nearest = BEFORE_M;
    for (const { slot, row } of this.stock.stands) {
      const [dx, dz] = [slot.position[0] - x, slot.position[2] - z];
      const far = Math.hypot(dx, dz);
      if (far >= nearest || (dx * lx + dz * lz) / (far || 1) < AHEAD_COS) continue;
      nearest = far;
      best = row.id;
    }
    return best;
  }

  /** What takes products into the hand. */
  inspect(): Promise<Inspect> {
    this.#inspect ??= import("../world/inspect").then(({ Inspect }) => {
      const inspect = new Inspect(this.world);
      inspect.addEventListener("closed", () => {
        if (!this.#isTaking) this.#events.putBack();
      });
      this.#hands = inspect;
      this.#spare();
      if (!this.#ended.signal.aborted) this.world.add(inspect);
      return inspect;
    });
    return this.#inspect;
  }

  async open(id: string, variant: string | null): Promise<void> {
    const [inspect, product] = await Promise.all([this.inspect(), this.details(id)]);
    if (inspect.product?.id === id || this.#ended.signal.aborted) return;
    const from = this.stock.stand(id);
    // What was in the hand goes back by itself when the next thing is taken.
    this.#isTaking = true;
    const taken = inspect.open(product, from ? { variant, from } : { variant });
    this.#isTaking = false;
    await taken;
  }

  close(): void {
    void this.#hands?.close();
  }

  wear(variant: string): void {
    if (this.#hands) this.#hands.variant = variant;
  }

  gaze(id: string): void {
    void this.pointing.focusStand(id);
  }

  /** Its place is known before anything stands there. */
  async walkTo(id: string): Promise<boolean> {
    const slot = this.stock.stand(id)?.slot ?? this.world.plan.rooms.flatMap((room) => room.slots).find(({ product }) => product === id);
    return slot ? this.guide.walkTo(slot, this.#showroom.row(id)?.dimensions_m[1]) : false;
  }

  async walkToPoint(x: number, z: number): Promise<void> {
    await this.guide.walkTo({ x, z });
  }

  mood(name: string): void {
    if (name) this.world.mood = name;
  }

  focus(): void {
    this.world.renderer.domElement.focus({ preventScroll: true });
  }

  inset(left_px: number, right_px: number, bottom_px: number): void {
    Object.assign(this.#inset, { left: left_px, right: right_px, side: right_px - left_px, bottom: bottom_px });
    this.#spare();
    if (this.#showroom.preferences.isStill) {
      this.#inset.side_now = this.#inset.side;
      this.#inset.bottom_now = bottom_px;
      this.#shift();
    }
    this.world.redraw();
  }

  /** What is in the hand stands in the middle of what no panel covers. */
  #spare(): void {
    const { left, right, bottom } = this.#inset;
    // Over a sheet there is little height, and the store's name is above.
    if (this.#hands) this.#hands.inset = { left, right, top: bottom ? NAME_PX : 0, bottom: bottom || BAR_PX };
  }

  #glide(dt: number): void {
    const inset = this.#inset;
    const [ds, db] = [inset.side - inset.side_now, inset.bottom - inset.bottom_now];
    if (Math.abs(ds) + Math.abs(db) < 0.5) return;
    const ease = 1 - Math.exp(-dt / INSET_EASE_S);
    inset.side_now += ds * ease;
    inset.bottom_now += db * ease;
    this.#shift();
  }

  /** The picture's middle moves to the middle of what no panel covers. */
  #shift(): void {
    const { camera, renderer } = this.world;
    const { clientWidth: w, clientHeight: h } = renderer.domElement;
    const { side_now, bottom_now } = this.#inset;
    if (Math.abs(side_now) < 1 && bottom_now < 1) camera.clearViewOffset();
    else camera.setViewOffset(w, h, Math.round(side_now / 2), Math.round(bottom_now / 2), w, h);
    this.world.redraw();
  }

  details(id: string): Promise<Product> {
    return productOf(id, this.#ended.signal);
  }

  /** The world ends with all that lives in it; as one of its parts this is called back, and does nothing then. */
  dispose(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    clearTimeout(this.#lost);
    this.#pricing.dispose();
    this.world.dispose();
  }
}
