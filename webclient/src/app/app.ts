/**
 * Wires the page: reads the address, opens the rung that the ladder chooses, keeps list, panels and scene in step.
 *
 * The order is what a shopper gets first: the list of products and the door at once, then the place, then the others and
 * the shop. What it is not: any of those; each has its own module and comes when it is needed.
 */
import type { Look } from "../avatar/look";
import type { Myself } from "../avatar/myself";
import type { People } from "../avatar/people";
import type { Headset } from "../xr/headset";
import { Announcer } from "../a11y/announcer";
import { isTyping } from "../a11y/focus";
import { catalogue, product as productOf } from "../api";
import { Bar, ACTIONS, type Action } from "../ui/bar";
import { Catalogue, skeletonView } from "../ui/catalogue";
import { choose, door, wayIn } from "../ui/door";
import { announce, h, icon, say, speakThrough } from "../ui/dom";
import { choose as chooseCurrency } from "../ui/exchange";
import { ICONS } from "../ui/icons";
import { Notices, question } from "../ui/notices";
import { Panels } from "../ui/panel";
import type { Wanted } from "../shop/panel";
import { length, type Unit } from "../ui/format";
import type { Page, Shown } from "../ui/product";
import { chosenLanguage, speak, spoken, t as word } from "../ui/words";
import { askedOf, hashOf, viewOf, type View } from "./address";
import { measure } from "./measure";
import { Preferences } from "./preferences";
import { below, decide, isThreeD, type Measured, type Rung } from "./rung";
import type { Companions } from "./companions";
import type { Scene } from "./scene";
import { Shopping } from "./shopping";
import { keepShelf, keptShelf } from "./shelf";
import { Showroom, type Place } from "./showroom";
import { furnished, roomAt, storeLines, type Furnished } from "./stores";
import type { Visit } from "./visit";
import { keepVisitor, suggested, visitor } from "./visitor";
import { t } from "./words";

const SKELETON_AFTER_MS = 150;
/** From this width a panel stands beside the scene; below it is a sheet at the bottom. */
const WIDE_PX = 860;
/** From this width the list is a drawer beside the scene; below it is a page. */
const DRAWER_PX = 1080;

/** HTTP's "bad request": of a seat's request only the name can be bad. */
const REFUSED_NAME = 400;
/** Between two doors one does not change seats. */
const PASS_MS = 1500;

const part = (id: string): HTMLElement => document.getElementById(id) ?? document.body;

/** Set by the build: see `vite.config.ts`. */
declare const __SPLASHES__: readonly string[];

export class App {
  readonly showroom = new Showroom(new Preferences(), visitor());
  readonly #asked = askedOf(location.search);
  readonly #panels = new Panels(() => this.#arranged());
  readonly #notices = new Notices();
  readonly #bar = new Bar(this.showroom, (name) => this.act(name));
  readonly #shopping = new Shopping(this.showroom, this.#panels);
  #catalogue: Catalogue | null = null;
  #entering: Promise<void> | null = null;
  #visit: Visit | null = null;
  #people: { readonly scene: Scene; readonly drawn: People; readonly self: Myself } | null = null;
  #room = "";
  #passed_ms = -Infinity;
  #headset: Headset | null = null;
  #companions: Companions | null = null;
  /** The place, where it is one in 3D. */
  #scene: Scene | null = null;
  #measured: Measured | null = null;
  #furnished: Furnished | null = null;
  #page: Page | null = null;
  #loading = new AbortController();
  #isListOpen = false;
  #isFirst = true;
  /** The product whose row the keyboard goes back to. */
  #came: string | null = null;
  #scrolled = 0;
  #panelBefore: string | null = null;
  #rungTurn = 0;

  async start(): Promise<void> {
    speak(chosenLanguage());
    chooseCurrency(this.#currency());
    const announcer = new Announcer({ polite: part("status"), assertive: part("alert"), more: (topic, n) => t(`more_${topic}`, { n }) });
    speakThrough((text, topic) => announcer.say(text, topic));
    part("foot").append(this.#bar.element);
    part("beside").append(this.#panels.element);
    part("said").append(this.#notices.element);
    this.#splash();
    this.#hint();
    this.#plans();
    this.#frame();
    this.#listen();
    if (this.#asked.isMeasured) void import("./measured").then(({ measured }) => measured(() => this.#scene, () => this.#visit));
    await Promise.all([this.#shelf(), this.#store()]);
  }

  /** A picture of the store while it is being built, where there is one; else the drawing that is there already. */
  #splash(): void {
    const { plan, preferences } = this.showroom;
    const id = this.#asked.store ?? plan?.id;
    if (!id || part("splash").querySelector("img")) return;
    const wanted = `${id}-${preferences.get("mood") || (plan?.mood ?? "day")}`;
    const name = __SPLASHES__.find((one) => one === wanted) ?? __SPLASHES__.find((one) => one.startsWith(`${id}-`));
    if (name) part("splash").append(h("img", { src: `/splash/${name}.webp`, alt: "", decoding: "async", fetchpriority: "high" }));
  }

  /** Where a thumb walks, until one has. */
  #hint(): void {
    const ring = h("div", { class: "walk-hint", "aria-hidden": "true" }, t("joystick"));
    part("foot").before(ring);
    part("place").addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "touch" || event.clientX > innerWidth * 0.4 || event.clientY < innerHeight * 0.5) return;
      document.body.toggleAttribute("data-walked", true);
      ring.remove();
    });
  }

  /** What the bar, the list and the letters do. */
  act(name: Action | "headset"): void {
    if (name === "list") return this.#toggleList();
    if (name === "help") return void import("../ui/help").then(({ showHelp }) => showHelp());
    if (name === "headset") return void this.#wear();
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
    this.#measured = measured;
    this.showroom.stores = lines;
    this.showroom.changed("stores");
    const id = this.#asked.store ?? lines[0]?.id ?? null;
    try {
      this.#furnished = id ? await furnished(id) : null;
    } catch (error) {
      console.warn(error);
    }
    if (this.#furnished) {
      this.showroom.plan = this.#furnished.plan;
      this.showroom.slots = this.#furnished.slots;
      this.showroom.changed("plan");
    }
    this.#splash();
    this.#frame();
    await this.climb();
  }

  /** Open the rung that suits, or that is wished. */
  async climb(): Promise<void> {
    const measured = this.#measured;
    if (!measured) return;
    const wish = this.showroom.preferences.get("rung");
    const choice = this.#furnished ? decide(measured, this.#asked.rung ?? (wish === "auto" ? null : wish)) : ({ rung: "list", why: "wished" } as const);
    await this.#openRung(choice.rung, choice.why);
  }

  async #openRung(rung: Rung, why: ReturnType<typeof decide>["why"]): Promise<void> {
    const turn = ++this.#rungTurn;
    const { showroom } = this;
    showroom.place?.dispose();
    showroom.place = this.#scene = this.#headset = this.#people = null;
    showroom.choice = { rung, why };
    document.body.dataset["rung"] = rung;
    showroom.changed("rung");
    this.#arranged();
    try {
      const place = await this.#place(rung);
      if (turn !== this.#rungTurn) return place?.dispose();
      showroom.place = place;
      showroom.changed("place");
      void this.#meet().catch((error: unknown) => console.warn(error));
      if (rung === "headset") void this.#readyHeadset().catch((error: unknown) => console.warn(error));
    } catch (error) {
      console.warn(error);
      if (turn === this.#rungTurn) await this.#fall("fell_failed");
      return;
    }
    if (rung === "list") this.#opened();
    this.#page?.dispose();
    this.#page = null;
    this.route();
  }

  async #place(rung: Rung): Promise<Place | null> {
    const host = part("place");
    const plan = this.#furnished?.plan;
    if (!plan) return null;
    if (isThreeD(rung)) {
      const { Scene } = await import("./scene");
      const isPhone = matchMedia("(pointer: coarse)").matches && Math.min(innerWidth, innerHeight) < 600;
      return (this.#scene = new Scene(host, plan, this.showroom, isPhone ? "mobile" : "desktop", {
        shown: () => this.#opened(),
        picked: (picked) => {
          if (picked.kind === "product") location.hash = hashOf({ name: "product", id: picked.stand.row.id });
        },
        putBack: () => {
          if (this.showroom.view.name === "product") location.hash = this.#isListOpen ? "#/list" : "#/";
        },
        failed: (failure) => void this.#fall(failure === "slow" ? "fell_slow" : "fell_lost"),
      }));
    }
    if (rung === "turntable") {
      const { Gallery } = await import("./gallery");
      const gallery = new Gallery(host, this.showroom);
      this.#opened();
      return gallery;
    }
    return null;
  }

  /** One rung down, with a sentence and a way back. A wished rung stays, however slow. */
  async #fall(word: "fell_slow" | "fell_lost" | "fell_failed"): Promise<void> {
    const { choice } = this.showroom;
    if (choice.why === "wished" && word === "fell_slow") return;
    await this.#openRung(below(choice.rung), word === "fell_slow" ? "slow" : "no_webgl");
    announce(t(word));
    part("said").append(question(t(word), [
      { word: t("fine"), act: () => undefined },
      { word: t("back_3d"), act: () => void this.#openRung("room", "wished") },
    ]));
  }

  #opened(): void {
    document.body.removeAttribute("data-opening");
    const idle = globalThis.requestIdleCallback ?? ((act: () => void) => setTimeout(act, 800));
    idle(() => void this.#shopping.shop().catch((error: unknown) => console.warn(error)));
  }

  // ---- what is seen --------------------------------------------------------------------------------------------------

  #frame(isSpokenAnew = false): void {
    const { showroom } = this;
    const skip = document.querySelector<HTMLElement>("[data-skip]");
    if (skip) skip.textContent = t("skip_list");
    const name = showroom.plan?.name ?? "Showroom";
    const stores = showroom.stores.length > 1 ? h("label", { class: "pick-store" }, h("span", { class: "unseen" }, t("stores")), this.#storeChoice()) : h("span", { class: "store-name" }, name);
    part("top").replaceChildren(
      h("a", { class: "mark", href: "#/", "aria-label": "Showroom" }, icon(ICONS.mark), h("span", {}, "Showroom")),
      stores);
    const title = part("door").querySelector("[data-store-name]");
    if (title && !isSpokenAnew) title.textContent = name;
    else if (document.body.hasAttribute("data-opening") || title) this.#door();
    if (showroom.visitor.isKnown && showroom.plan) this.enter();
    document.title = name === "Showroom" ? name : `${name} · Showroom`;
  }

  /** A lost link shows quietly beside the store's name, and goes when it is healed. */
  #link(): void {
    const { meeting } = this.showroom;
    const had = part("top").querySelector(".quiet-link");
    const word = meeting?.link === "waiting" ? t("link_waiting") : meeting?.link === "connecting" ? t("link_connecting") : null;
    if (!word) had?.remove();
    else if (had) had.textContent = word;
    else part("top").append(h("p", { class: "quiet-link" }, word));
  }

  #storeChoice(): HTMLSelectElement {
    const made = h("select", { "aria-label": t("stores"), change: () => {
      const url = new URL(location.href);
      url.searchParams.set("store", made.value);
      for (const gone of ["room", "with", "party"]) url.searchParams.delete(gone);
      url.hash = "#/";
      location.assign(url);
    } }, ...this.showroom.stores.map(({ id, name }) => h("option", { value: id, selected: id === this.showroom.plan?.id }, name)));
    return made;
  }

  #door(fault = ""): void {
    if (this.showroom.visitor.isKnown) return;
    part("door").replaceChildren(door(this.showroom, this.#asked.friend !== null, fault, {
      entered: () => {
        part("door").replaceChildren();
        this.showroom.place?.focus();
        this.enter();
      },
      chooser: (look) => this.#chooser(look),
    }));
  }

  async #chooser(look: Look): Promise<{ element: HTMLElement; look(): Look } | null> {
    try {
      await import("../avatar/chooser");
    } catch (error) {
      console.warn(error);
      return null;
    }
    const element = document.createElement("figure-chooser") as HTMLElement & { value: Look };
    element.value = look;
    return { element, look: () => element.value };
  }

  /** A body of one's own goes to the server only when its owner says so; from then on the others see it. */
  async #publish(file: File): Promise<void> {
    try {
      const { beSomebody } = await import("../shop/account");
      await beSomebody();
      const answer = await fetch("/api/avatars", { method: "POST", body: file, headers: { "Content-Type": "model/gltf-binary" }, credentials: "same-origin" });
      const found = (await answer.json()) as { id?: string; error?: { message?: string } };
      if (!answer.ok || !found.id) throw new Error(found.error?.message ?? answer.statusText);
      await this.#visit?.session.act({ do: "look", avatar: `own/${found.id}`, tint: [] });
      say(t("published"));
    } catch (error) {
      say(t("unpublished", { text: error instanceof Error ? error.message : "" }));
    }
  }

  /** Another figure, also in the middle of a visit. */
  async #refigure(): Promise<void> {
    const { visitor: me } = this.showroom;
    const look = await choose(me.look, (now) => this.#chooser(now));
    if (!look) return;
    me.look = look;
    keepVisitor(me);
    if (this.#people) this.#people.self.look = look;
    await this.#visit?.session.wear(look).catch((error: unknown) => this.#companions?.company.refused(error));
  }

  /** Among the others from now on. Again, if the visit had ended. */
  enter(): void {
    if (this.#entering) return;
    this.#entering = this.#enter().catch((error: unknown) => {
      console.warn(error);
      this.#entering = null;
    });
  }

  async #enter(): Promise<void> {
    const furnished = this.#furnished;
    if (!furnished) return;
    announce(t("welcome", { name: this.showroom.visitor.nickname }));
    await this.#join(this.#asked.room ?? furnished.entrance, false);
  }

  /** A seat in a room of the store; each room has its own people. */
  async #join(room: string, isPassing: boolean): Promise<void> {
    const { showroom } = this;
    const store = showroom.plan?.id;
    if (!store) return;
    const { Visit } = await import("./visit");
    this.#room = room;
    this.#companions?.dispose();
    this.#companions = null;
    this.#visit?.dispose();
    const visit: Visit = new Visit({
      showroom, store, room, isPassing, friend: isPassing ? null : this.#asked.friend, party: this.#asked.party,
      heard: (member, name, text) => {
        if (this.#companions?.company.isHidden(member)) return;
        // With the talk open its own log is read out.
        if (member !== visit.session.member && this.#panels.open !== "people") announce(t("told_said", { name, text }), "chat");
        this.#people?.drawn.say(member, text);
      },
      ended: (code, text) => void this.#ended(code, text),
    });
    this.#visit = visit;
    showroom.meeting = visit;
    showroom.changed("meeting");
    void this.#shopping.shop().then((shop) => shop.join(visit.session));
    await this.#meet();
    const { Companions } = await import("./companions");
    if (visit !== this.#visit) return;
    this.#companions = new Companions(showroom, visit, room, this.#panels, part("said"));
    visit.company = this.#companions.company;
    this.#companions.attach(this.#scene);
    this.#panels.again("people", "emotes");
  }

  /** Where there is both a place and a visit, one walks there and sees the others. */
  async #meet(): Promise<void> {
    const [visit, scene] = [this.#visit, this.#scene];
    if (!visit) return;
    visit.stepInto(scene?.world ?? null);
    this.#companions?.attach(scene);
    if (!scene || this.#people?.scene === scene) return;
    const [{ People }, { Myself }] = await Promise.all([import("../avatar/people"), import("../avatar/myself")]);
    if (scene !== this.#scene) return;
    const { preferences } = this.showroom;
    const drawn = new People(scene.world, () => (this.#visit ?? visit).session.crowd, { figures: "/figures/", isStill: preferences.isStill, tier: scene.tier });
    drawn.nameTags = preferences.get("names");
    scene.world.add(drawn);
    const self = new Myself(scene.world, drawn, this.showroom.visitor.look);
    scene.world.add(self);
    this.#people = { scene, drawn, self };
    scene.world.events.addEventListener("moved", () => this.#passed(scene));
  }

  /** Through a door: the next room's people are others, so the seat changes with the floor. */
  #passed(scene: Scene): void {
    const { plan } = this.showroom;
    const now = performance.now();
    if (!plan || plan.rooms.length < 2 || scene !== this.#scene || !this.#visit || now - this.#passed_ms < PASS_MS) return;
    const { x, z } = scene.stand;
    const room = roomAt(plan, x, z);
    if (!room || room === this.#room) return;
    this.#passed_ms = now;
    void this.#join(room, true).catch((error: unknown) => console.warn(error));
  }

  /** Into the headset, from a press: made ready before, so that the press is still fresh when the browser is asked. */
  async #wear(): Promise<void> {
    try {
      const headset = await this.#readyHeadset();
      if (!headset) return say(t("why_no_headset"));
      this.#panels.close();
      await headset.enter();
    } catch (error) {
      console.warn(error);
      say(t("why_no_headset"));
    }
  }

  async #readyHeadset(): Promise<Headset | null> {
    const scene = this.#scene;
    if (!scene) return null;
    if (this.#headset) return this.#headset;
    const [{ Headset }, shop] = await Promise.all([import("../xr/headset"), this.#shopping.shop().catch(() => null)]);
    if (scene !== this.#scene) return null;
    return (this.#headset ??= new Headset({ world: scene.world, stock: scene.stock, shop, session: () => this.#visit?.session ?? null }));
  }

  /** The name cannot be used here: the door asks again, and says why. */
  #ask(fault: string): void {
    this.#companions?.dispose();
    this.#companions = null;
    this.#visit?.dispose();
    this.#visit = this.showroom.meeting = null;
    this.#entering = null;
    this.#outside();
    this.showroom.visitor.isKnown = false;
    this.showroom.visitor.nickname = suggested();
    this.showroom.changed("meeting");
    this.#door(fault);
    announce(fault);
  }

  /** Before one has walked in there is nobody to talk with: the way in is. */
  #outside(): void {
    for (const name of ["people", "emotes"] as const) {
      this.#panels.add(name, { title: () => t(name), make: () => ({ element: wayIn(this.showroom, () => {
        part("door").replaceChildren();
        this.enter();
      }) }) });
    }
  }

  async #ended(code: number, text: string): Promise<void> {
    if (code === REFUSED_NAME) return this.#ask(text);
    if (document.querySelector("dialog.ended")) return;
    const { ended } = await import("../ui/ended");
    const dialog = ended(code, text, {
      comeBack: () => void this.#visit?.session.open(),
      toList: () => (location.hash = "#/list"),
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  #plans(): void {
    const { showroom } = this;
    const takeMe = (id: string): void => void this.takeMe(id);
    this.#panels.add("mirror", { title: () => t("mirror"), isWide: true, make: async () => {
      await import("../tryon/element");
      const element = document.createElement("tryon-mirror");
      const { view } = showroom;
      if (this.#came) element.setAttribute("product", this.#came);
      else if (view.name === "product") element.setAttribute("product", view.id);
      element.addEventListener("closed", () => this.#panels.close());
      return { element };
    } });
    this.#outside();
    this.#panels.add("search", { title: () => t("search"), make: async () => (await import("../ui/search")).searchPanel(showroom, takeMe) });
    this.#panels.add("settings", { title: () => t("settings"), make: async () => (await import("../ui/settings")).settings(showroom, [h("button", { type: "button", class: "pill", click: () => void this.#refigure() }, icon(ICONS.person), t("figure")), ...(["orders", "wishes", "code"] as const).map((name) =>
      h("button", { type: "button", class: "pill", click: () => void this.#panels.show(name) }, t(name === "code" ? "cart_code" : name)))], this.#headset?.settings ?? null) });
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
    await showroom.place?.walkTo(id);
    showroom.look(id);
    announce(t("arrived", { name }));
  }

  // ---- views -----------------------------------------------------------------------------------------------------------

  route(): void {
    const view = viewOf(location.hash);
    if (!view || (!this.showroom.rows.length && view.name === "product")) return;
    const before = this.showroom.view;
    this.showroom.view = view;
    document.body.dataset["view"] = view.name;
    this.#loading.abort();
    this.#loading = new AbortController();
    const isOver = this.showroom.choice.rung !== "list" && this.showroom.place !== null;
    if (view.name === "list") this.#isListOpen = true;
    else if (view.name === "store" || innerWidth < DRAWER_PX) this.#isListOpen = false;
    this.showroom.changed("view");
    if (view.name === "product" && !isOver) void this.#productPage(view);
    else {
      this.#page?.dispose();
      this.#page = null;
      this.#showList(before);
      if (view.name === "product") void this.#productPanel(view, this.#loading.signal);
      else if (before.name === "product") this.#closeProduct(before.id);
    }
    this.#isFirst = false;
    this.#arranged();
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
      scrollTo(0, this.#scrolled);
    }
    const isPage = this.showroom.choice.rung === "list" || (this.#isListOpen && innerWidth < DRAWER_PX);
    if (before.name === "product" && (isPage || this.#isListOpen)) this.#catalogue.focus(before.id);
    else if (!this.#isFirst && this.showroom.view.name === "list" && before.name !== "list") main.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }

  /** On the list's rung, a product is a page. */
  async #productPage(view: View & { name: "product" }): Promise<void> {
    const { signal } = this.#loading;
    try {
      const [{ productPage }, found] = await Promise.all([import("../ui/product"), productOf(view.id, signal)]);
      if (signal.aborted) return;
      this.#scrolled = this.#page ? this.#scrolled : scrollY;
      const is3d = this.#measured?.hasWebGl2 !== false && this.showroom.preferences.get("rung") !== "turntable";
      const next = productPage(found, this.showroom.rows, this.showroom, { is3d, variant: null });
      this.#page?.dispose();
      this.#page = next;
      part("main").replaceChildren(next.element);
      scrollTo(0, 0);
      next.element.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
      document.title = `${found.name} · Showroom`;
      next.open();
    } catch (error) {
      if (signal.aborted) return;
      this.#page?.dispose();
      this.#page = null;
      part("main").replaceChildren(this.#trouble(error));
      part("main").querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    }
  }

  /** In the scene, it comes to one's hands, with a panel beside it. */
  async #productPanel(view: View & { name: "product" }, signal: AbortSignal): Promise<void> {
    const { showroom } = this;
    const name = showroom.row(view.id)?.name ?? "";
    this.#came = null;
    this.#panels.close();
    this.#came = view.id;
    this.#panels.add("product", { title: () => name || word("missing_title"), make: async () => {
      const [{ productPanel }, found] = await Promise.all([import("../ui/product"), productOf(view.id, signal)]);
      const scene = this.#scene;
      const inspect = scene ? await scene.inspect() : null;
      const held = inspect ? (await import("../ui/hands")).hands(inspect, found) : null;
      if (held) part("beside").append(held.spots);
      const shown: Shown = {
        wear: (variant) => showroom.place?.wear(variant),
        set unit(unit: Unit) {
          if (!inspect) return;
          inspect.format = (metres) => `${length(metres, unit, spoken())} ${word(`units_${unit}`)}`;
          if (inspect.showsDimensions) inspect.showsDimensions = true; // drawn again, in the new unit
        },
      };
      const page = productPanel(found, showroom.rows, showroom, shown, held?.elements ?? [], null);
      return { element: page.element, dispose: () => {
        page.dispose();
        held?.dispose();
      } };
    } });
    void showroom.place?.open(view.id, null).catch(() => undefined);
    await this.#panels.show("product");
    document.title = `${name} · Showroom`;
  }

  #closeProduct(_id: string): void {
    if (this.#panels.open === "product") this.#panels.close();
    this.showroom.place?.close();
    document.title = this.showroom.plan ? `${this.showroom.plan.name} · Showroom` : "Showroom";
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
    if (open === null && showroom.view.name === "product" && showroom.place && this.#came === showroom.view.id && !this.#isFirst) {
      // Another panel beside a held product gives way to the product's own again.
      if (before !== null && before !== "product") return void this.#panels.show("product");
      this.#came = null;
      location.hash = this.#isListOpen ? "#/list" : "#/";
    }
    document.body.toggleAttribute("data-panel-open", open !== null);
    document.body.toggleAttribute("data-list-open", this.#isListOpen || showroom.choice.rung === "list");
    this.#bar.mark(open, this.#isListOpen);
    const main = part("main");
    const isHidden = !this.#isListOpen && showroom.choice.rung !== "list" && showroom.place !== null;
    main.inert = isHidden;
    const isWide = innerWidth >= WIDE_PX;
    const side = (isWide && open ? 432 : 0) - (this.#isListOpen && innerWidth >= DRAWER_PX ? 472 : 0);
    const bottom = !isWide && open ? Math.round(innerHeight * 0.46) : 0;
    showroom.place?.inset(side, bottom);
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
      this.#frame(true);
      this.#bar.speak();
      this.#catalogue?.draw();
      this.#panels.again();
      if (this.#page) this.route();
    });
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("announce", (event) => announce((event as CustomEvent<string>).detail));
    document.addEventListener("wanted", (event) => this.#wanted((event as CustomEvent<Wanted>).detail));
    document.addEventListener("publish", (event) => void this.#publish((event as CustomEvent<File>).detail));
    this.showroom.addEventListener("back", () => this.#back());
    let rung = this.showroom.preferences.get("rung");
    this.showroom.preferences.addEventListener("change", () => {
      chooseCurrency(this.#currency());
      if (this.#people) this.#people.drawn.nameTags = this.showroom.preferences.get("names");
      this.showroom.changed("trade");
      if (rung === this.showroom.preferences.get("rung")) return;
      rung = this.showroom.preferences.get("rung");
      const url = new URL(location.href);
      url.searchParams.delete("rung");
      history.replaceState(null, "", url);
      const measured = this.#measured;
      if (!measured) return;
      const choice = decide(measured, rung === "auto" ? null : rung);
      void this.#openRung(choice.rung, choice.why);
    });
    this.showroom.on("meeting", () => this.#link());
    addEventListener("pagehide", () => {
      this.#visit?.dispose();
      this.showroom.place?.dispose();
    }, { once: true });
  }

  /** Escape, and a gamepad's second button: whatever lies uppermost goes. */
  #back(): void {
    if (document.querySelector("dialog[open]")) return;
    if (this.#panels.open) this.#panels.close();
    else if (this.#isListOpen && this.showroom.choice.rung !== "list") this.#toggleList();
  }

  /** A part asks for another panel, or for a product. */
  #wanted(detail: Wanted): void {
    if ("product" in detail) location.hash = hashOf({ name: "product", id: detail.product });
    else if (detail.panel === "store") this.#panels.close();
    else void this.#panels.show(detail.panel === "chat" || detail.panel === "invite" ? "people" : detail.panel);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
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
