/**
 * Among the others: a seat in a room of the store and another one behind each door, how the others and oneself are drawn,
 * what is done together. Loaded when one walks in.
 *
 * What it is not: the wire (`visit.ts`), the panels (`companions.ts`), or the page; what the page has to do about a visit
 * (ask for another name, say that it is over) it is told.
 */
import type { Look } from "../avatar/look";
import type { Myself } from "../avatar/myself";
import type { People } from "../avatar/people";
import type { Session } from "../net";
import type { Lent } from "../world/lent";
import type { Stand } from "../world/stand";
import type { Headset } from "../xr/headset";
import { announce, say } from "../ui/dom";
import type { Panels } from "../ui/panel";
import { hashOf, type Asked } from "./address";
import { pathOf } from "../together/emotes";
import type { Reacted } from "../together/company";
import { Companions } from "./companions";
import type { Scene } from "./scene";
import type { Shopping } from "./shopping";
import type { Showroom } from "./showroom";
import { roomAt } from "./stores";
import { Visit } from "./visit";
import { t } from "./words";

/** HTTP's "bad request": of a seat's request only the name can be bad. */
const REFUSED_NAME = 400;
/** Between two doors one does not change seats. */
const PASS_MS = 1500;

export interface AmongPieces {
  readonly showroom: Showroom;
  readonly panels: Panels;
  readonly shopping: Shopping;
  readonly asked: Asked;
  /** Where toasts and captions go. */
  readonly host: HTMLElement;
  readonly scene: () => Scene | null;
  /** The headset, while it is ready. */
  readonly headset: () => Headset | null;
  /** The name cannot be used here; the visit is over until there is another. */
  refusedName(fault: string): void;
  ended(code: number, text: string): void;
}

interface Drawn {
  readonly scene: Scene;
  readonly people: People;
  readonly self: Myself;
  readonly lent: Lent;
}

export class Among {
  readonly #pieces: AmongPieces;
  #visit: Visit | null = null;
  #companions: Companions | null = null;
  #drawn: Drawn | null = null;
  #room = "";
  #passed_ms = -Infinity;

  constructor(pieces: AmongPieces) {
    this.#pieces = pieces;
    const { preferences } = pieces.showroom;
    preferences.addEventListener("change", () => {
      if (this.#drawn) this.#drawn.people.nameTags = preferences.get("names");
    });
  }

  /** The seat's own line; null between seats. */
  get session(): Session | null {
    return this.#visit?.session ?? null;
  }

  get visit(): Visit | null {
    return this.#visit;
  }

  /** Oneself, where there is a place to be seen in. */
  get self(): Myself | null {
    return this.#drawn && this.#drawn.scene === this.#pieces.scene() ? this.#drawn.self : null;
  }

  /** Who else holds what is on a slot. */
  ownerOf(slot: string): number | null {
    return this.#drawn?.lent.ownerOf(slot) ?? null;
  }

  /** A seat in a room of the store; each room has its own people. */
  async join(room: string, isPassing: boolean): Promise<void> {
    const { showroom, shopping, panels, asked, host } = this.#pieces;
    const store = showroom.plan?.id;
    if (!store) return;
    this.#room = room;
    const worn = this.#companions?.company.outfit.items ?? [];
    this.#leave();
    const visit: Visit = new Visit({
      showroom, store, room, isPassing, friend: isPassing ? null : asked.friend, party: asked.party,
      heard: (member, name, text) => {
        if (this.#companions?.company.isHidden(member)) return;
        // With the talk open its own log is read out.
        if (member !== visit.session.member && panels.open !== "people") announce(t("told_said", { name, text }), "chat");
        this.#drawn?.people.say(member, text);
      },
      ended: (code, text) => (code === REFUSED_NAME ? this.#refused(text) : this.#pieces.ended(code, text)),
    });
    this.#visit = visit;
    showroom.meeting = visit;
    showroom.changed("meeting");
    void shopping.shop().then((shop) => shop.join(visit.session));
    const companions = (this.#companions = new Companions(showroom, visit, room, panels, host));
    visit.company = companions.company;
    companions.company.outfit.bring(worn);
    companions.company.outfit.addEventListener("change", () => this.#dress());
    companions.moved = (moving) => {
      if (this.self) this.self.body = moving;
    };
    companions.company.addEventListener("reacted", (event) => {
      const { who, kind } = (event as CustomEvent<Reacted>).detail;
      if (this.#drawn?.people.react(who, pathOf(kind))) event.preventDefault(); // it is seen where they are
    });
    companions.company.addEventListener("emoted", (event) => this.self?.show({ emote: (event as CustomEvent<number>).detail }));
    await this.meet();
    panels.again("people", "emotes");
  }

  /** Where there is both a place and a visit, one walks there and sees the others. Again for another place. */
  async meet(): Promise<void> {
    const { showroom } = this.#pieces;
    const visit = this.#visit;
    const scene = this.#pieces.scene();
    if (!visit) return;
    visit.stepInto(scene?.world ?? null);
    this.#companions?.attach(scene);
    if (!scene || this.#drawn?.scene === scene) return;
    const [{ People }, { Myself }, { Lent }] = await Promise.all([import("../avatar/people"), import("../avatar/myself"), import("../world/lent")]);
    if (scene !== this.#pieces.scene() || this.#drawn?.scene === scene) return;
    const { preferences } = showroom;
    const people = new People(scene.world, () => (this.#visit ?? visit).session.crowd, { figures: "/figures/", isStill: preferences.isStill, tier: scene.tier });
    people.nameTags = preferences.get("names");
    scene.world.add(people);
    const self = new Myself(scene.world, people, showroom.visitor.look);
    scene.world.add(self);
    const lent: Lent = new Lent({
      stands: () => scene.stock.stands, line: () => this.session, isMine: (stand) => this.#pieces.headset()?.holds(stand) ?? false,
      given: (stand, from) => this.#given(scene, lent, stand, from), moved: () => scene.world.redraw(),
    });
    scene.world.add(lent);
    this.#drawn = { scene, people, self, lent };
    this.#dress();
    scene.world.events.addEventListener("moved", () => this.#passed(scene));
  }

  /** Through a door: the next room's people are others, so the seat changes with the floor. */
  #passed(scene: Scene): void {
    const { showroom } = this.#pieces;
    const { plan } = showroom;
    const now = performance.now();
    if (!plan || plan.rooms.length < 2 || scene !== this.#pieces.scene() || !this.#visit || now - this.#passed_ms < PASS_MS) return;
    const { x, z } = scene.stand;
    const room = roomAt(plan, x, z);
    if (!room || room === this.#room) return;
    this.#passed_ms = now;
    const name = showroom.stores.find(({ id }) => id === plan.id)?.rooms.find(({ id }) => id === room)?.name;
    if (name) announce(t("through_door", { name }));
    void this.join(room, true).catch((error: unknown) => console.warn(error));
  }

  /** Handed over by somebody in a headset: into one's own hands there, before one's eyes here. */
  #given(scene: Scene, lent: Lent, stand: Stand, from: number): void {
    const name = this.session?.person(from)?.card?.name;
    const headset = this.#pieces.headset();
    if (headset?.isPresenting && name) return headset.receive(stand, name);
    // The page has no hands: it is shown, and free for others.
    this.session?.act({ do: "release", thing: stand.slot.id, ...lent.putDown(stand, scene.stand) }).catch(() => undefined);
    if (!name) return;
    say(t("given", { name, product: stand.row.name }));
    location.hash = hashOf({ name: "product", id: stand.row.id });
  }

  /** One's own figure wears what the others see. */
  #dress(): void {
    if (this.#drawn) this.#drawn.self.wears = this.#companions?.company.outfit.items ?? [];
  }

  /** Another figure in the middle of a visit. */
  async wear(look: Look): Promise<void> {
    if (this.#drawn) this.#drawn.self.look = look;
    await this.session?.wear(look).catch((error: unknown) => this.#companions?.company.refused(error));
  }

  #refused(fault: string): void {
    this.dispose();
    this.#pieces.refusedName(fault);
  }

  #leave(): void {
    this.#companions?.dispose();
    this.#companions = null;
    this.#visit?.dispose();
    this.#visit = null;
  }

  /** Nobody's guest any more. What is drawn ends with its place. */
  dispose(): void {
    this.#leave();
    const { showroom } = this.#pieces;
    showroom.meeting = null;
    showroom.changed("meeting");
  }
}
