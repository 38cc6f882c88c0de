/**
 * Wires the page: reads the address, opens the rung that the ladder chooses, keeps list, panels and scene in step.
 *
 * The order is what a shopper gets first: the list of products and the door at once, then the place, then the others and
 * the shop. What it is not: any of those; each has its own module and comes when it is needed.
 */
import { Announcer } from "../a11y/announcer";
import { isTyping } from "../a11y/focus";
import { catalogue } from "../api";
import { Bar, ACTIONS, type Action } from "../ui/bar";
import { Catalogue, skeletonView } from "../ui/catalogue";
import { announce, h, say, speakThrough } from "../ui/dom";
import { choose as chooseCurrency } from "../ui/exchange";
import { Notices } from "../ui/notices";
import { Panels } from "../ui/panel";
import type { Wanted } from "../shop/panel";
import { chosenLanguage, speak, t as word } from "../ui/words";
import { askedOf, hashOf, viewOf, type View } from "./address";
import { measure } from "./measure";
import { Preferences } from "./preferences";
import { ProductViews } from "./product-views";
import { Entrance } from "./entrance";
import { Front, part } from "./front";
import { Immersion } from "./immersion";
import { Ladder } from "./ladder";
import { Shopping } from "./shopping";
import type { Sounding } from "./sounding";
import { keepShelf, keptShelf } from "./shelf";
import { Showroom } from "./showroom";
import { furnished, storeLines } from "./stores";
import { visitor } from "./visitor";
import { t } from "./words";

const SKELETON_AFTER_MS = 150;
/** From this width a panel stands beside the scene; below it is a sheet at the bottom. */
const WIDE_PX = 860;
/** From this width the list is a drawer beside the scene; below it is a page. */
const DRAWER_PX = 1080;
/** From this width there is room for a panel and the drawer with something to see between them; below it the drawer waits. */
const BOTH_PX = 1400;
/** What the drawer takes, with its margin. */
const DRAWER_WIDE_PX = 472;

export class App {
  readonly showroom = new Showroom(new Preferences(), visitor());
  readonly #asked = askedOf(location.search);
  readonly #panels = new Panels(() => this.#arranged());
  readonly #notices = new Notices();
  readonly #bar = new Bar(this.showroom, (name) => this.act(name));
  readonly #shopping = new Shopping(this.showroom, this.#panels);
  readonly #front = new Front(this.showroom, this.#asked, () => this.#entrance.enter());
  readonly #ladder = new Ladder(this.showroom, this.#asked.rung, {
    left: () => {
      this.#immersion.headset = null;
    },
    turned: () => this.#arranged(),
    came: () => this.#arrived(),
    shown: () => this.#opened(),
    putBack: () => {
      if (this.showroom.view.name === "product") location.hash = this.#isListOpen ? "#/list" : "#/";
    },
  });
  readonly #products = new ProductViews(this.showroom, this.#panels, this.#ladder, (error) => this.#trouble(error));
  readonly #entrance: Entrance = new Entrance({
    showroom: this.showroom, panels: this.#panels, shopping: this.#shopping, front: this.#front, asked: this.#asked,
    scene: () => this.#ladder.scene, headset: () => this.#immersion.headset,
  });
  readonly #immersion = new Immersion({
    panels: this.#panels, shopping: this.#shopping, scene: () => this.#ladder.scene, others: () => this.#entrance.others,
  });
  #catalogue: Catalogue | null = null;
  #isSounding = false;
  #sounding: Sounding | null = null;
  #isListOpen = false;
  #isFirst = true;
  #panelBefore: string | null = null;

  async start(): Promise<void> {
    speak(chosenLanguage());
    this.#bar.speak(); // it was made before it was known in which language
    chooseCurrency(this.#currency());
    const announcer = new Announcer({ polite: part("status"), more: (topic, n) => t(`more_${topic}`, { n }) });
    speakThrough((text, topic) => announcer.say(text, topic));
    part("foot").append(this.#bar.element);
    part("beside").append(this.#panels.element);
    part("said").append(this.#notices.element);
    this.#front.splash();
    this.#front.hint();
    this.#plans();
    this.#draw();
    this.#listen();
    if (this.#asked.isMeasured) void import("./measured").then(({ measured }) => measured(() => this.#ladder.scene, () => this.#entrance.others?.visit ?? null));
    await Promise.all([this.#shelf(), this.#store()]);
  }

  /** What the bar, the list and the letters do. */
  act(name: Action | "headset"): void {
    if (name === "list") return this.#toggleList();
    if (name === "help") return void import("../ui/help").then(({ showHelp }) => showHelp());
    if (name === "headset") return void this.#immersion.enter();
    this.#panels.toggle(name);
  }

  // ---- what there is -------------------------------------------------------------------------------------------------

  async #shelf(): Promise<void> {
    const wait = setTimeout(() => {
      if (this.#isFirst && !this.showroom.rows.length) part("main").replaceChildren(skeletonView());
    }, SKELETON_AFTER_MS);
    try {
      this.showroom.rows = await catalogue();
      keepShelf(this.showroom.rows);
      this.showroom.changed("rows");
    } catch (error) {
      const kept = keptShelf();
      if (!kept) {
        this.#opened();
        document.body.toggleAttribute("data-list-open", true);
        part("main").replaceChildren(this.#trouble(error));
        return;
      }
      this.showroom.rows = kept;
      this.showroom.changed("rows");
      say(t("offline"));
    } finally {
      clearTimeout(wait);
    }
    this.route();
  }

  async #store(): Promise<void> {
    const [measured, lines] = await Promise.all([measure(), storeLines().catch(() => [])]);
    this.#ladder.measured = measured;
    this.showroom.stores = lines;
    this.showroom.changed("stores");
    const id = this.#asked.store ?? lines[0]?.id ?? null;
    try {
      this.#entrance.store = id ? await furnished(id) : null;
    } catch (error) {
      console.warn(error);
    }
    const { store } = this.#entrance;
    if (store) {
      this.showroom.plan = store.plan;
      this.showroom.slots = store.slots;
      this.showroom.changed("plan");
    }
    this.#front.splash();
    this.#draw();
    await this.#ladder.climb();
  }

  /** The place is there: who is in it is drawn, and the page is arranged beside it. */
  #arrived(): void {
    void this.#entrance.others?.meet().catch((error: unknown) => console.warn(error));
    if (this.showroom.choice.rung === "headset") void this.#immersion.ready().catch((error: unknown) => console.warn(error));
    this.#products.leavePage();
    this.route();
  }

  #opened(): void {
    document.body.removeAttribute("data-opening");
    const idle = globalThis.requestIdleCallback ?? ((act: () => void) => setTimeout(act, 800));
    idle(() => void this.#shopping.shop().catch((error: unknown) => console.warn(error)));
  }

  // ---- what is seen --------------------------------------------------------------------------------------------------

  /** The page's words, and in through the door for those who are known. */
  #draw(isSpokenAnew = false): void {
    this.#front.draw(isSpokenAnew);
    this.#entrance.pass();
  }

  #plans(): void {
    const { showroom } = this;
    const takeMe = (id: string): void => void this.takeMe(id);
    this.#panels.add("mirror", { title: () => t("mirror"), isWide: true, make: async () => {
      await import("../tryon/element");
      const element = document.createElement("tryon-mirror");
      const { view } = showroom;
      if (this.#products.held) element.setAttribute("product", this.#products.held);
      else if (view.name === "product") element.setAttribute("product", view.id);
      element.setAttribute("variant", this.#products.tried);
      element.addEventListener("closed", () => this.#panels.close());
      return { element };
    } });
    this.#entrance.outside();
    this.#panels.add("search", { title: () => t("search"), make: async () => (await import("../ui/search")).searchPanel(showroom, takeMe) });
    this.#panels.add("settings", { title: () => t("settings"), make: async () => (await import("../ui/settings")).settings(showroom, {
      refigure: () => void this.#entrance.refigure(), show: (name) => void this.#panels.show(name),
    }, this.#immersion.headset?.settings ?? null) });
    this.#panels.add("map", { title: () => t("map"), make: async () => {
      const [{ mapPanel }, { floorPlan }] = await Promise.all([import("../ui/map"), import("../world/map")]);
      if (!showroom.plan) throw new Error("no plan");
      return mapPanel(showroom, floorPlan(showroom.plan), takeMe, (x, z) => void showroom.place?.walkToPoint(x, z));
    } });
  }

  /** Walk to a product; on the way it is said where one goes, and there that one is there. */
  async takeMe(id: string): Promise<void> {
    const { showroom } = this;
    const name = showroom.row(id)?.name ?? "";
    announce(t("walking", { name }));
    if (this.#isListOpen && innerWidth < DRAWER_PX) location.hash = "#/";
    if (innerWidth < WIDE_PX) this.#panels.close();
    if (!(await showroom.place?.walkTo(id))) return; // one has gone elsewhere meanwhile, or there is no way
    showroom.look(id);
    announce(t("arrived", { name }));
  }

  // ---- views -----------------------------------------------------------------------------------------------------------

  route(): void {
    if (/^#\/?place\?/.test(location.hash)) void this.#friendsRoom(location.hash);
    const view = viewOf(location.hash);
    if (!view || (!this.showroom.rows.length && view.name === "product")) return;
    const before = this.showroom.view;
    this.showroom.view = view;
    document.body.dataset["view"] = view.name;
    this.#products.turn();
    const isOver = this.showroom.choice.rung !== "list" && this.showroom.place !== null;
    if (view.name === "list") this.#isListOpen = true;
    else if (view.name === "store" || innerWidth < DRAWER_PX) this.#isListOpen = false;
    this.showroom.changed("view");
    if (view.name === "product" && !isOver) void this.#products.openPage(view);
    else {
      this.#products.leavePage();
      this.#showList(before);
      if (view.name === "product") void this.#products.take(view);
      else if (before.name === "product") this.#products.putBack();
    }
    this.#isFirst = false;
    this.#arranged();
  }

  /** Somebody furnished a room and sent the link. */
  async #friendsRoom(hash: string): Promise<void> {
    history.replaceState(history.state, "", "#/");
    const { layoutIn, openPlace, visitPlace } = await import("../place");
    const layout = layoutIn(hash);
    const [unit, trade] = [this.showroom.preferences.get("unit"), () => this.showroom.trade];
    if (layout?.pieces.length) visitPlace({ layout, unit, trade });
    else await openPlace({ product: null, unit, trade });
  }

  #showList(before: View): void {
    if (!this.#catalogue) {
      this.#catalogue = new Catalogue(this.showroom, { act: (name) => this.act(name), takeMe: (id) => void this.takeMe(id) });
      this.#catalogue.element.addEventListener("focusin", () => {
        if (this.showroom.gaze) this.showroom.place?.gaze(this.showroom.gaze);
      });
    }
    const main = part("main");
    if (main.firstElementChild !== this.#catalogue.element) {
      main.replaceChildren(this.#catalogue.element);
      scrollTo(0, this.#products.scrolled_px);
    }
    const isPage = this.showroom.choice.rung === "list" || (this.#isListOpen && innerWidth < DRAWER_PX);
    if (before.name === "product" && (isPage || this.#isListOpen)) this.#catalogue.focus(before.id);
    else if (!this.#isFirst && this.showroom.view.name === "list" && before.name !== "list") main.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }

  #toggleList(): void {
    location.hash = this.#isListOpen ? "#/" : "#/list";
    if (!this.#isListOpen) this.showroom.place?.focus();
  }

  /** A panel or the list opened or closed: what is left of the window belongs to the scene. */
  #arranged(): void {
    const { showroom } = this;
    const open = this.#panels.open;
    const before = this.#panelBefore;
    this.#panelBefore = open;
    if (open === null && showroom.view.name === "product" && showroom.place && this.#products.held === showroom.view.id && !this.#isFirst) {
      // Another panel beside a held product gives way to the product's own again.
      if (before !== null && before !== "product") return void this.#panels.show("product");
      this.#products.held = null;
      location.hash = this.#isListOpen ? "#/list" : "#/";
    }
    document.body.toggleAttribute("data-panel-open", open !== null);
    document.body.toggleAttribute("data-list-open", this.#isListOpen || showroom.choice.rung === "list");
    this.#bar.mark(open, this.#isListOpen);
    const main = part("main");
    const isHidden = !this.#isListOpen && showroom.choice.rung !== "list" && showroom.place !== null;
    main.inert = isHidden;
    const isWide = innerWidth >= WIDE_PX;
    const { width, height } = this.#panels.size;
    const panel = isWide ? width : 0;
    const drawer = this.#isListOpen && innerWidth >= (open ? BOTH_PX : DRAWER_PX) ? DRAWER_WIDE_PX : 0;
    const isMirrored = getComputedStyle(document.documentElement).direction === "rtl";
    showroom.place?.inset(isMirrored ? panel : drawer, isMirrored ? drawer : panel, isWide ? 0 : height);
  }

  #trouble(error: unknown): HTMLElement {
    const isMissing = error instanceof Error && error.message.endsWith("404");
    const title = word(isMissing ? "missing_title" : "error_title");
    announce(title);
    return h("div", { class: "state" }, h("h1", { tabindex: -1 }, title), !isMissing && h("p", {}, word("error_text")),
      isMissing ? h("a", { class: "act", href: "#/list" }, word("back"))
        : h("button", { type: "button", class: "act", click: () => void (this.showroom.rows.length ? this.route() : this.#shelf()) }, word("again")));
  }

  // ---- what is listened to -----------------------------------------------------------------------------------------------

  #listen(): void {
    document.querySelector("[data-skip]")?.addEventListener("click", (event) => {
      event.preventDefault(); // the hash is the address of a view
      if (this.showroom.choice.rung !== "list" && !this.#isListOpen) location.hash = "#/list";
      const go = (): void => document.getElementById("list-start")?.focus();
      if (this.#isListOpen || this.showroom.choice.rung === "list") go();
      else requestAnimationFrame(go); // once it is shown
    });
    addEventListener("hashchange", () => this.route());
    addEventListener("resize", () => this.#arranged());
    document.addEventListener("language", () => {
      this.#draw(true);
      this.#bar.speak();
      this.#catalogue?.draw();
      this.#panels.again();
      if (this.#products.hasPage) this.route();
    });
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("announce", (event) => announce((event as CustomEvent<string>).detail));
    document.addEventListener("wanted", (event) => this.#wanted((event as CustomEvent<Wanted>).detail));
    this.showroom.addEventListener("back", () => this.#back());
    for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, () => this.#sound(), { passive: true });
    let rung = this.showroom.preferences.get("rung");
    this.showroom.preferences.addEventListener("change", () => {
      chooseCurrency(this.#currency());
      this.showroom.changed("trade");
      if (rung === this.showroom.preferences.get("rung")) return;
      rung = this.showroom.preferences.get("rung");
      const url = new URL(location.href);
      url.searchParams.delete("rung");
      history.replaceState(null, "", url);
      void this.#ladder.choose();
    });
    addEventListener("pagehide", () => {
      this.#entrance.others?.dispose();
      this.showroom.place?.dispose();
    }, { once: true });
  }

  /** Sound begins with a gesture: browsers are silent before. */
  #sound(): void {
    if (this.#sounding) return this.#sounding.wake();
    if (this.#isSounding || !this.showroom.preferences.get("sound")) return;
    this.#isSounding = true;
    void import("./sounding").then(({ Sounding }) => {
      this.#sounding = new Sounding(this.showroom, () => this.#immersion.isWorn);
    }).catch(() => undefined); // all that is heard is told in words, too
  }

  /** Escape, and a gamepad's second button: whatever lies uppermost goes. */
  #back(): void {
    if (document.querySelector("dialog[open]")) return;
    if (this.#panels.open) this.#panels.close();
    else if (this.#isListOpen && this.showroom.choice.rung !== "list") this.#toggleList();
  }

  /** A part asks for another panel, or for a product. */
  #wanted(detail: Wanted): void {
    this.#products.tried = "variant" in detail ? detail.variant ?? "" : "";
    if ("product" in detail) location.hash = hashOf({ name: "product", id: detail.product });
    else if (detail.panel === "store") this.#panels.close();
    else void this.#panels.show(detail.panel === "chat" || detail.panel === "invite" ? "people" : detail.panel);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || this.#immersion.isWorn) return;
    if (event.key === "Escape") return this.#back();
    if (isTyping(event.target) || !this.showroom.preferences.get("letters") || document.querySelector("dialog[open]")) return;
    const key = event.key === "/" ? "f" : event.key.toLowerCase();
    const action = ACTIONS.find((one) => one.key === key);
    if (!action || event.repeat) return;
    event.preventDefault();
    this.act(action.name);
  }

  #currency(): string {
    const chosen = this.showroom.preferences.get("currency");
    return chosen === "auto" ? "" : chosen;
  }
}
