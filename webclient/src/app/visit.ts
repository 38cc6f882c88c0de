/**
 * Among the others: opens the session once one has walked in, sends where one is, and tells the page who is here, what
 * they say and how the link is. Loaded then, with the wire behind it.
 *
 * What it is not: how people are drawn (`avatar/`), or what is done together (`together/`), which both build on it.
 */
import { wrapped } from "../angle";
import { Anim, Session, type OwnPose, type Person } from "../net";
import { announce } from "../ui/dom";
import type { Company } from "../together/company";
import type { Part, World } from "../world/world";
import type { Meeting } from "./meeting";
import type { Showroom } from "./showroom";
import { t } from "./words";

export interface VisitOptions {
  readonly showroom: Showroom;
  readonly store: string;
  readonly room: string;
  readonly friend: string | null;
  readonly party: string | null;
  /** Through a door from the room before: one stays where one stands, if the room allows. */
  readonly isPassing?: boolean;
  /** Somebody said something that one may read. */
  heard(member: number, name: string, text: string): void;
  /** The visit is over, and not by a lost link. */
  ended(code: number, text: string): void;
}

const INSPECTING = 2;
/** Those who are here already do not arrive. */
const SETTLED_MS = 2500;

export class Visit extends EventTarget implements Meeting {
  readonly session: Session;
  readonly #options: VisitOptions;
  readonly #pose: OwnPose = { x: 0, y: 0, z: 0, yaw: 0, vx: 0, vz: 0, turning: 0, animation: 0 };
  readonly #ended = new AbortController();
  #world: World | null = null;
  #part: Part | null = null;
  #isPassing: boolean;
  #hasJumped = false;
  #people: readonly Person[] = [];
  #frame = 0;
  #opened_ms = Infinity;
  #wasWaiting = false;
  #company: Company | null = null;

  constructor(options: VisitOptions) {
    super();
    this.#options = options;
    this.#isPassing = options.isPassing ?? false;
    const { showroom, store, room, friend, party } = options;
    const { nickname, look } = showroom.visitor;
    this.session = new Session({ server: "", store, room, nickname, look, ...(friend ? { friend } : {}), ...(party ? { party } : {}) });
    const { session } = this;
    const { signal } = this.#ended;
    session.addEventListener("change", () => this.#changed(), { signal });
    session.addEventListener("card", ({ detail }) => this.#came(detail), { signal });
    session.addEventListener("enter", () => this.#around(), { signal });
    session.addEventListener("leave", ({ detail }) => this.#left(detail), { signal });
    session.addEventListener("said", ({ detail: { who, name, text } }) => {
      options.heard(who, name, text);
    }, { signal });
    session.addEventListener("corrected", ({ detail: { x, y, z, yaw, reason } }) => {
      const walk = this.#world?.walk;
      if (!this.#isPassing) Object.assign(this.#pose, { x, y, z, yaw });
      if (this.#isPassing && walk) {
        this.#isPassing = false;
        this.#hasJumped = true;
        return;
      }
      // The first word of a seat is where one stands and looks; later ones are about the place alone.
      walk?.stand(x, z, reason === 0 ? yaw : walk.yaw, reason === 0 ? 0 : walk.pitch);
      this.#world?.redraw();
    }, { signal });
    showroom.addEventListener("view", () => this.#shows(), { signal });
    this.#alone();
    void session.open();
  }

  get link(): Meeting["link"] {
    return this.session.state === "idle" ? "connecting" : this.session.state;
  }

  get problem(): Session["problem"] {
    return this.session.problem;
  }

  get people(): readonly Person[] {
    return this.#people;
  }

  wears(product: string): boolean {
    return this.#company?.outfit.has(product) ?? false;
  }

  wear(product: string, sku: string | null, on: boolean): void {
    const company = this.#company;
    if (!company) return;
    (on ? company.outfit.put(product, sku) : company.outfit.off(product)).catch((error: unknown) => company.refused(error));
  }

  get isShowing(): boolean {
    return this.#company?.looking.isShowing ?? false;
  }

  /** One walks in this place from now on; null: there is none, one stands where the store put one. */
  stepInto(world: World | null): void {
    const [before, part] = [this.#world, this.#part];
    this.#world = world;
    this.#part = null;
    cancelAnimationFrame(this.#frame);
    if (before && part) before.remove(part);
    if (this.#ended.signal.aborted) return;
    if (!world) return this.#alone();
    this.#part = { update: (dt) => this.#walk(world, dt), dispose: () => undefined };
    world.add(this.#part);
  }

  goTo(person: Person): void {
    const { x, z, yaw } = person;
    void this.#options.showroom.place?.walkToPoint(x + Math.sin(yaw) * 1.1, z + Math.cos(yaw) * 1.1);
  }

  show(product: string | null, variant: string | null): void {
    const company = this.#company;
    if (!company) return;
    const sku = this.#options.showroom.row(product)?.variants.find(({ name }) => name === variant)?.sku ?? null;
    if (!product) return company.looking.stop();
    const to = company.audience();
    if (!to) return announce(t("nobody"));
    company.looking.share(product, sku, to).catch((error: unknown) => company.refused(error));
  }

  /** Once it is there: what is done together goes through it. */
  set company(company: Company) {
    this.#company = company;
  }

  dispose(): void {
    this.#ended.abort();
    this.stepInto(null);
    this.session.close();
  }

  /** Once a frame of the world; allocates nothing. */
  #walk(world: World, dt: number): void {
    const pose = this.#pose;
    const { walk } = world;
    if (!world.renderer.xr.isPresenting) {
      const { x, z } = walk.position;
      // Measured, not wished for: walls hold one back, and a guide's steps are no key's.
      const turning = dt > 0 ? wrapped(walk.yaw - pose.yaw) / dt : 0;
      pose.vx = dt > 0 ? (x - pose.x) / dt : 0;
      pose.vz = dt > 0 ? (z - pose.z) / dt : 0;
      if (Math.hypot(pose.vx, pose.vz) > MOST_MPS) pose.vx = pose.vz = 0; // put there, not walked
      pose.x = x;
      pose.z = z;
      pose.yaw = walk.yaw;
      pose.turning = Math.abs(turning) > 4 ? 0 : turning;
      pose.jump = this.#hasJumped;
      this.#hasJumped = false;
      this.session.pose(pose);
    }
    this.session.update(performance.now());
  }

  /** Without a world: one stands, and still hears of the others. */
  #alone(): void {
    this.#frame = requestAnimationFrame((now) => {
      this.session.pose(this.#pose);
      this.session.update(now);
      if (!this.#world) this.#alone();
    });
  }

  #changed(): void {
    const { session } = this;
    const { state, problem } = session;
    if (state === "open") {
      if (this.#wasWaiting) announce(t("link_back"));
      this.#wasWaiting = false;
      this.#opened_ms = Math.min(this.#opened_ms, performance.now());
    }
    if (state === "waiting" && !this.#wasWaiting) {
      this.#wasWaiting = true;
      announce(t("link_waiting"));
    }
    if (state === "ended" && problem) this.#options.ended(problem.code, problem.text);
    this.#around();
    this.#tell();
  }

  #around(): void {
    this.#people = [...this.session.crowd.people.values()];
    this.#options.showroom.changed("people");
  }

  #came(person: Person): void {
    this.#around();
    if (!person.card || performance.now() - this.#opened_ms <= SETTLED_MS) return;
    announce(t("came", { name: person.card.name }), "arrivals");
    if (!person.isFar) this.#options.showroom.changed("arrived");
  }

  #left(person: Person): void {
    this.#around();
    if (person.card && !person.isFar) announce(t("left", { name: person.card.name }), "arrivals");
  }

  /** What one holds is seen by the others. */
  #shows(): void {
    const { showroom } = this.#options;
    const { view } = showroom;
    const slot = view.name === "product" ? showroom.slots.indexOf(view.id) + 1 : 0;
    this.session.show(view.name === "product" ? { mode: INSPECTING, focus: slot, animation: Anim.LOOK } : { mode: 0, focus: 0, animation: Anim.AUTO });
  }

  #tell(): void {
    this.dispatchEvent(new Event("change"));
    this.#options.showroom.changed("meeting");
  }
}

/** Faster than this nobody walks. */
const MOST_MPS = 4;
