/**
 * Brings being together to the page: the model on a visit's session, its elements into the panels, and what one holds in
 * the scene to those who look along. Loaded with the visit.
 *
 * What it is not: the model (`together/company.ts`) or the panels' own words and manners.
 */
import { Company } from "../together";
import type { Inspecting } from "../together";
import type { Moving, Person } from "../net";
import type { AskViewers } from "../place/viewers";
import type { AskFriends } from "../tryon/friends";
import type { Inspect } from "../world/inspect";
import type { Part } from "../world/world";
import { h, icon } from "../ui/dom";
import { ICONS } from "../ui/icons";
import type { PanelContent, Panels } from "../ui/panel";
import { hashOf } from "./address";
import { FriendsRoom } from "./friends-room";
import type { Scene } from "./scene";
import type { Showroom } from "./showroom";
import type { Visit } from "./visit";
import { t } from "./words";

const TABS = ["chat", "people", "invite"] as const;
export type Tab = (typeof TABS)[number];
const BEHIND_M = 1.2;
const NEAR_M = 2;
const FOLLOW_MS = 600;

type Fed = HTMLElement & { company?: Company; product?: string; sku?: string; shown?: number; scope?: string; to?: number; toName?: string };

export class Companions {
  readonly company: Company;
  tab: Tab = "chat";
  /** One's own figure moves as one does before the mirror; null: by itself. */
  moved: (moving: Moving | null) => void = () => undefined;
  readonly #showroom: Showroom;
  readonly #toasts: Fed;
  readonly #captions: Fed;
  readonly #reactions: Fed;
  readonly #ended = new AbortController();
  #scene: Scene | null = null;
  #held: (Inspecting & { dispose(): void }) | null = null;
  #part: Part | null = null;
  #followed: Person | null = null;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(showroom: Showroom, visit: Visit, room: string, panels: Panels, host: HTMLElement) {
    this.#showroom = showroom;
    this.company = new Company(visit.session, { store: showroom.plan?.id ?? "", room });
    const { company } = this;
    const fed = (tag: string): Fed => Object.assign(document.createElement(tag) as Fed, { company });
    this.#toasts = fed("together-toasts");
    this.#captions = fed("together-captions");
    this.#reactions = fed("together-reactions");
    host.append(this.#captions, this.#reactions, this.#toasts);
    const { signal } = this.#ended;
    const see = (): void => {
      this.#captions.hidden = !showroom.preferences.get("captions");
    };
    see();
    showroom.preferences.addEventListener("change", see, { signal });
    const emotes = (): HTMLElement => h("button", { type: "button", class: "way", "aria-label": t("emotes"), title: t("emotes"), click: () => void panels.show("emotes") }, icon(ICONS.emotes));
    panels.add("people", { title: () => t("people"), beside: () => [emotes()], make: () => this.#panel(fed) });
    panels.add("emotes", { title: () => t("emotes"), make: () => ({ element: fed("together-emotes") }) });
    company.addEventListener("followed", (event) => {
      this.#followed = (event as CustomEvent<Person | null>).detail;
    }, { signal });
    company.addEventListener("change", () => showroom.changed("meeting"), { signal });
    this.#timer = setInterval(() => this.#follow(), FOLLOW_MS);
    // The mirror asks whether there are friends who could see it.
    document.addEventListener("friends", (event) => {
      (event as AskFriends).company = { session: visit.session, outfit: company.outfit, moved: (moving) => this.moved(moving) };
    }, { signal });
    // So does a room that is furnished; and friends' rooms are opened over the page.
    document.addEventListener("viewers", (event) => {
      (event as AskViewers).viewers = { viewing: company.looking, audience: () => company.audience() };
    }, { signal });
    company.looking.visits(new FriendsRoom(showroom, (who) => company.nameOf(who)));
    // A line in the talk, a toast: "to this person", "about this person".
    document.addEventListener("message", (event) => {
      const { member, name } = (event as CustomEvent<{ member: number; name: string }>).detail;
      void this.#turnTo("chat", panels, { scope: "private", to: member, toName: name });
    }, { signal });
    document.addEventListener("person", (event) => void this.#turnTo("people", panels, { shown: (event as CustomEvent<number>).detail }), { signal });
  }

  /** What is in one's hands here is what others can look at too. */
  attach(scene: Scene | null): void {
    this.#held?.dispose();
    if (this.#part) this.#scene?.world.remove(this.#part);
    this.#scene = scene;
    this.#held = this.#part = null;
    if (this.#ended.signal.aborted) return;
    if (!scene) {
      this.company.attach((this.#held = new Opened(this.#showroom)));
      return;
    }
    void scene.inspect().then((inspect) => {
      if (scene !== this.#scene || this.#ended.signal.aborted) return;
      this.#held = new Held(scene, inspect, this.#showroom);
      this.company.attach(this.#held);
    });
    this.#part = { update: () => {
      const { position, yaw } = scene.world.walk;
      this.company.update(position.x, 0, position.z, yaw);
    }, dispose: () => undefined };
    scene.world.add(this.#part);
  }

  dispose(): void {
    this.#ended.abort();
    clearInterval(this.#timer);
    this.attach(null);
    for (const element of [this.#toasts, this.#captions, this.#reactions]) element.remove();
    this.company.dispose();
  }

  /** Talk, people and invitations under one roof, the voice above them. */
  #panel(fed: (tag: string) => Fed): PanelContent {
    const view = this.#showroom.view;
    const body = h("div", { class: "tab-body", role: "tabpanel", id: "tab-body" });
    const tabs = TABS.map((tab) => h("button", { type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": "tab-body", click: () => show(tab) }, t(`tab_${tab}`)));
    const show = (tab: Tab, more: Partial<Fed> = {}): void => {
      this.tab = tab;
      tabs.forEach((button, i) => {
        const isOn = TABS[i] === tab;
        button.setAttribute("aria-selected", String(isOn));
        button.tabIndex = isOn ? 0 : -1;
      });
      body.setAttribute("aria-labelledby", `tab-${tab}`);
      const element = fed(`together-${tab}`);
      if (view.name === "product") {
        element.product = view.id;
        element.sku = skuOf(this.#showroom, view.id) ?? "";
      }
      body.replaceChildren(Object.assign(element, more));
    };
    this.#show = show;
    const list = h("div", { class: "tabs", role: "tablist", "aria-label": t("people"), keydown: (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[(event as KeyboardEvent).key];
      if (!by) return;
      const next = TABS[(TABS.indexOf(this.tab) + by + TABS.length) % TABS.length] ?? "chat";
      show(next);
      tabs[TABS.indexOf(next)]?.focus();
    } }, ...tabs);
    show(this.tab);
    return { element: h("div", { class: "company" }, h("div", {}, fed("together-voice"), fed("together-outfit")), list, body), dispose: () => (this.#show = null) };
  }

  #show: ((tab: Tab, more?: Partial<Fed>) => void) | null = null;

  async #turnTo(tab: Tab, panels: Panels, more: Partial<Fed>): Promise<void> {
    await panels.show("people");
    this.#show?.(tab, more);
  }

  #follow(): void {
    const person = this.#followed;
    const stand = this.#showroom.place?.stand;
    if (!person || !stand || !this.#scene || Math.hypot(person.x - stand.x, person.z - stand.z) < NEAR_M) return;
    void this.#showroom.place?.walkToPoint(person.x - Math.sin(person.yaw) * BEHIND_M, person.z - Math.cos(person.yaw) * BEHIND_M);
  }
}

/** The scene's hands as the company knows them: variants by SKU, products opened through the page's address. */
class Held extends EventTarget implements Inspecting {
  readonly #scene: Scene;
  readonly #inspect: Inspect;
  readonly #showroom: Showroom;
  readonly #ended = new AbortController();

  constructor(scene: Scene, inspect: Inspect, showroom: Showroom) {
    super();
    this.#scene = scene;
    this.#inspect = inspect;
    this.#showroom = showroom;
    for (const name of ["change", "opened", "closed"]) inspect.addEventListener(name, () => this.dispatchEvent(new Event(name)), { signal: this.#ended.signal });
    showroom.addEventListener("variant", () => this.dispatchEvent(new Event("change")), { signal: this.#ended.signal });
  }

  get product(): string | null {
    return this.#inspect.product?.id ?? null;
  }

  get variant(): string | null {
    const { product, variant } = this.#inspect;
    return product?.variants.find(({ name }) => name === variant)?.sku ?? null;
  }

  get yaw(): number {
    return this.#inspect.yaw;
  }

  set yaw(yaw_rad: number) {
    this.#inspect.yaw = yaw_rad;
  }

  get pitch(): number {
    return this.#inspect.pitch;
  }

  set pitch(pitch_rad: number) {
    this.#inspect.pitch = pitch_rad;
  }

  get distance_m(): number {
    return this.#inspect.distance_m;
  }

  set distance_m(metres: number) {
    this.#inspect.distance_m = metres;
  }

  async open(product: string, sku: string | null): Promise<void> {
    const variant = this.#showroom.row(product)?.variants.find((one) => one.sku === sku)?.name ?? null;
    if (variant) this.#showroom.choose(product, variant);
    location.hash = hashOf({ name: "product", id: product });
    await this.#scene.open(product, variant);
    if (variant) this.#inspect.variant = variant;
  }

  close(): void {
    if (this.#showroom.view.name === "product") location.hash = "#/";
  }

  dispose(): void {
    this.#ended.abort();
  }
}

/** Without a scene, what is looked at is the page that is open: pictures and lists have no angle that could be shared. */
class Opened extends EventTarget implements Inspecting {
  yaw = 0;
  pitch = 0;
  distance_m = 1;
  readonly #showroom: Showroom;
  readonly #ended = new AbortController();
  #was: string | null = null;

  constructor(showroom: Showroom) {
    super();
    this.#showroom = showroom;
    this.#was = this.product;
    const { signal } = this.#ended;
    showroom.addEventListener("view", () => {
      const [was, now] = [this.#was, this.product];
      this.#was = now;
      if (was !== now) this.dispatchEvent(new Event(now === null ? "closed" : was === null ? "opened" : "change"));
    }, { signal });
    showroom.addEventListener("variant", () => this.dispatchEvent(new Event("change")), { signal });
  }

  get product(): string | null {
    const { view } = this.#showroom;
    return view.name === "product" ? view.id : null;
  }

  get variant(): string | null {
    return this.product === null ? null : skuOf(this.#showroom, this.product);
  }

  open(product: string, sku: string | null): void {
    const variant = this.#showroom.row(product)?.variants.find((one) => one.sku === sku)?.name;
    if (variant) this.#showroom.choose(product, variant);
    location.hash = hashOf({ name: "product", id: product });
  }

  close(): void {
    if (this.product !== null) location.hash = "#/";
  }

  dispose(): void {
    this.#ended.abort();
  }
}

/** The SKU of the variant in which a product is looked at; null: none was chosen. */
function skuOf(showroom: Showroom, product: string): string | null {
  const chosen = showroom.variantOf(product);
  return showroom.row(product)?.variants.find(({ name }) => name === chosen)?.sku ?? null;
}
