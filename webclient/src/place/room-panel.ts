/**
 * The panel in the room, for devices that cannot lay a page over what one sees: what is in hand, whether it fits, and
 * what can be done with it. On a phone the page itself does this (`element.ts`).
 */
import type { Object3D, Vector3, WebGLRenderer } from "three";
import type { Row } from "../api";
import type { Hand } from "../xr/input";
import { BODY, column, icon, LEAD, press, row, rule, scroll, SMALL, text, type Box } from "../xr/ui/box";
import { BEST_M, follow, hang, type Hanging, type Lead } from "../xr/ui/hang";
import { CALM, STARK } from "../xr/ui/paint";
import { Panel } from "../xr/ui/panel";
import { ICONS } from "../shop/panel";
import type { Home } from "./home";
import { sizeWords } from "./sentences";
import type { Stage } from "./stage";
import type { Walked } from "./walked";
import { t } from "./words";

const WIDTH = 620;
const HEIGHT = 640;
/** Beside what one looks at, lower than the eyes: the furniture is in the middle. */
const AT: Hanging = { aside: 0.42, above: -0.2, leash: 0.9 };
const STEP_RAD = Math.PI / 12;

/** The session that the panel hangs in, as far as its presses reach. */
export interface RoomSession {
  readonly stage: Stage;
  readonly walked: Walked;
  readonly isMeasuring: boolean;
  measure(on: boolean): void;
  floorShown(): void;
  leave(): Promise<void>;
}

export class RoomPanel {
  readonly panel: Panel;
  readonly #home: Home;
  readonly #ar: RoomSession;
  readonly #ended = new AbortController();
  readonly #hit = { distance: 0, x: 0, y: 0 };
  readonly #isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  #isChoosing = false;
  #isStale = true;
  #lead: Lead | null = null;
  #said = "";

  constructor(home: Home, ar: RoomSession, parent: Object3D, renderer: WebGLRenderer) {
    this.#home = home;
    this.#ar = ar;
    this.panel = new Panel({
      width: WIDTH, height: HEIGHT, isFitted: true, anisotropy: Math.min(8, renderer.capabilities.getMaxAnisotropy()), isRightToLeft: document.documentElement.dir === "rtl",
      palette: matchMedia("(prefers-contrast: more)").matches ? STARK : CALM,
    });
    parent.add(this.panel.mesh);
    home.addEventListener("change", () => (this.#isStale = true), { signal: this.#ended.signal });
    home.addEventListener("said", (event) => {
      this.#said = (event as CustomEvent<string>).detail;
      this.#isStale = true;
    }, { signal: this.#ended.signal });
  }

  /** @returns how far away the hand's ray meets the panel; null if it does not */
  point(hand: Hand): number | null {
    if (!this.panel.cast(hand.ray, this.#hit)) {
      if (hand.selectEnded) this.panel.unhover();
      return null;
    }
    const { x, y, distance } = this.#hit;
    this.panel.hover(x, y);
    if (hand.selectStarted) this.panel.down(x, y);
    if (hand.selectEnded) this.panel.up(x, y);
    return distance;
  }

  update(dt: number, eye: Vector3, yaw: number): void {
    const lead = (this.#lead ??= { yaw, isFollowing: false });
    follow(lead, yaw, AT.leash, dt);
    hang(this.panel, eye, lead.yaw, AT, BEST_M);
    if (this.#isStale) {
      this.#isStale = false;
      this.panel.show(this.#isChoosing ? this.#shelf() : this.#view());
    }
    this.panel.update(dt, this.#isStill);
  }

  #again(): void {
    this.#isStale = true;
  }

  #view(): Box {
    const home = this.#home;
    const { arrangement, next } = home;
    const { selected } = arrangement;
    if (this.#ar.isMeasuring) {
      return column([
        text(t("measure"), { size: LEAD, weight: 600 }), text(t("measure_lead"), { ink: "quiet" }), text(t("corner_n", { n: this.#ar.walked.corners.length })),
        row([
          press("corner:undo", t("corner_undo"), () => {
            this.#ar.walked.undo();
            this.#again();
          }, { grow: 1 }),
          press("corner:done", t("corner_done"), () => this.#ar.floorShown(), { grow: 1, look: "primary", isOff: this.#ar.walked.corners.length < 3 }),
        ]),
      ], { gap: 16 });
    }
    if (next) {
      const words = next.ware.surface === "table" ? t("point_table", { name: next.ware.name }) : next.ware.surface === "wall" ? t("point_wall", { name: next.ware.name }) : t("point", { name: next.ware.name });
      return column([
        text(next.ware.name, { size: LEAD, weight: 600, lines: 2 }), text(`${t("true_size")}: ${sizeWords(next.ware, home.speech)}`, { size: SMALL, ink: "quiet" }),
        text(arrangement.room ? words : `${t("scan")} ${words}`),
        row([press("add", t("add"), () => this.#choose(true), { grow: 1 }), press("done", t("done"), () => void this.#ar.leave(), { grow: 1 })]),
      ], { gap: 14 });
    }
    const id = selected?.id ?? 0;
    const verdict = arrangement.verdict(id);
    return column([
      selected ? text(selected.ware.name, { size: LEAD, weight: 600, lines: 2 }) : text(t("title"), { size: LEAD, weight: 600 }),
      selected && text(`${t("true_size")}: ${sizeWords(selected.ware, home.speech)}`, { size: SMALL, ink: "quiet" }),
      selected && text(home.verdictOf(id), { size: BODY, weight: 600, ink: verdict?.kind === "no" ? "danger" : verdict?.kind === "fits" ? "accent" : "ink" }),
      selected && arrangement.doorway && text(home.doorOf(id), { size: SMALL, ink: "quiet" }),
      home.doubt && press("turn-room", t("turn_room"), () => home.turnAll(), { height: 56 }),
      this.#said && (!selected || !this.#said.includes(home.verdictOf(id))) ? text(this.#said, { size: SMALL, ink: "quiet" }) : null,
      selected && rule(),
      selected && row([
        press("left", icon(LEFT), () => this.#turn(STEP_RAD), { grow: 1, label: t("turn_left") }), press("right", icon(RIGHT), () => this.#turn(-STEP_RAD), { grow: 1, label: t("turn_right") }),
        press("copy", icon(ICONS.copy), () => void (arrangement.duplicate(id) ?? home.say(t("full"))), { grow: 1, label: t("copy") }),
        press("remove", icon(ICONS.close), () => home.remove(id), { grow: 1, label: t("remove") }),
      ]),
      selected?.sku ? press("cart", t("cart"), () => void home.buy([id]), { look: "primary", height: 60 }) : null,
      row([press("add", t("add"), () => this.#choose(true), { grow: 1 }), press("measures", t("measures"), () => this.#measures(), { grow: 1, isOn: this.#ar.stage.isMeasured })]),
      row([press("measure", t("measure"), () => this.#ar.measure(true), { grow: 1 }), press("done", t("done"), () => void this.#ar.leave(), { grow: 1 })]),
    ], { gap: 12 });
  }

  #shelf(): Box {
    const line = (ware: Row): Box => press(`take:${ware.id}`, row([text(ware.name, { weight: 600, grow: 1, lines: 1 }), text(ware.dimensions_m.map((m) => this.#home.speech.format(m)).join(" × "), { size: SMALL, ink: "quiet", lines: 1 })]), () => {
      this.#choose(false);
      void this.#home.take(ware.id, null);
    }, { look: "row", label: ware.name });
    return column([
      row([press("back", icon(ICONS.back), () => this.#choose(false), { width: 60, look: "quiet", label: t("back") }), text(t("add"), { size: LEAD, weight: 600, grow: 1 })]),
      scroll("wares", column(this.#home.wares.rows.map(line), { gap: 4 }), { height: 380 }),
    ], { gap: 12 });
  }

  #choose(isChoosing: boolean): void {
    this.#isChoosing = isChoosing;
    this.#again();
  }

  #turn(by_rad: number): void {
    const { selected } = this.#home.arrangement;
    if (!selected) return;
    this.#home.arrangement.turn(selected.id, by_rad);
    this.#home.tell("turned", selected.id);
  }

  #measures(): void {
    this.#ar.stage.isMeasured = !this.#ar.stage.isMeasured;
    this.#again();
  }

  dispose(): void {
    this.#ended.abort();
    this.panel.dispose();
  }
}

const LEFT = "M5 9a8 8 0 1 1-1 5M5 4v5h5";
const RIGHT = "M19 9a8 8 0 1 0 1 5M19 4v5h-5";
