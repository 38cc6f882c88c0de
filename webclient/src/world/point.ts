/**
 * Pointing at things: hover, tap, Enter, and the quiet lift of light on what is pointed at.
 *
 * A tap is short and stays where it was; anything else is a drag and looks around (`walk.ts`). What is picked is told by
 * the world's "picked" event; a double click, or a finger's tap, on the floor walks there. What it is not: what happens
 * with a product that was picked (the page opens it).
 */
import { Raycaster, Vector2 } from "three";
import { wrapped } from "../angle";
import type { Guide } from "./guide";
import { Pick, type Picked } from "./pick";
import type { Stand } from "./stand";
import type { Stock } from "./stock";
import type { Part, World } from "./world";

const TAP_PX = 8;
const TAP_MS = 450;
const TWICE_MS = 380;
const LIFT_S = 0.12;

export class Pointing implements Part {
  readonly pick: Pick;
  readonly #world: World;
  readonly #stock: Stock;
  readonly #guide: Guide;
  readonly #ray = new Raycaster();
  readonly #place = new Vector2();
  readonly #ended = new AbortController();
  readonly #down = { id: -1, x: 0, y: 0, at_ms: 0 };
  #lastFloor_ms = -Infinity;
  #hasMoved = false;
  #hovered: Stand | null = null;
  #focused: Stand | null = null;

  constructor(world: World, stock: Stock, guide: Guide) {
    this.#world = world;
    this.#stock = stock;
    this.#guide = guide;
    this.pick = new Pick(world, () => stock.stands);
    const canvas = world.renderer.domElement;
    const { signal } = this.#ended;
    canvas.addEventListener("pointermove", (event) => this.#move(event), { signal });
    canvas.addEventListener("pointerleave", () => this.#hover(null), { signal });
    canvas.addEventListener("pointerdown", (event) => {
      Object.assign(this.#down, { id: event.isPrimary && event.button === 0 ? event.pointerId : -1, x: event.clientX, y: event.clientY, at_ms: event.timeStamp });
    }, { signal });
    canvas.addEventListener("pointerup", (event) => this.#up(event), { signal });
    canvas.addEventListener("keydown", (event) => this.#key(event), { signal });
    canvas.addEventListener("blur", () => (this.#focused = null), { signal });
  }

  /** Set by the list or by Tab: lights a product up and turns the head to it. */
  async focusStand(id: string | null): Promise<Stand | null> {
    const stand = id === null ? null : (this.#stock.standOf(id) ?? this.#stock.stand(id) ?? null);
    this.#focused = stand;
    this.#world.redraw();
    if (stand) await this.#guide.face([stand.slot.position[0], stand.slot.position[1] + stand.row.dimensions_m[1] / 2, stand.slot.position[2]]);
    return stand;
  }

  /** Products within reach of the eyes, from left to right: for Tab. */
  near(most_m = 6): readonly Stand[] {
    const { walk: { position, yaw } } = this.#world;
    const around = ({ slot }: Stand): number => -wrapped(Math.atan2(slot.position[0] - position.x, slot.position[2] - position.z) - yaw);
    return this.#stock.stands.filter(({ slot }) => Math.hypot(slot.position[0] - position.x, slot.position[2] - position.z) < most_m).sort((a, b) => around(a) - around(b));
  }

  /** Pick what lies at a place of the page, in its pixels. */
  at(x: number, y: number): Picked {
    const { left, top, width, height } = this.#world.renderer.domElement.getBoundingClientRect();
    this.#place.set(((x - left) / width) * 2 - 1, 1 - ((y - top) / height) * 2);
    this.#ray.setFromCamera(this.#place, this.#world.camera);
    return this.pick.at(this.#ray);
  }

  #isAsleep(): boolean {
    return this.#world.walk.isHeld || this.#world.renderer.xr.isPresenting;
  }

  #move(event: PointerEvent): void {
    if (event.pointerType === "touch" || this.#isAsleep()) return;
    this.#hasMoved = true;
    this.#ray.layers.enableAll();
    const { left, top, width, height } = this.#world.renderer.domElement.getBoundingClientRect();
    this.#place.set(((event.clientX - left) / width) * 2 - 1, 1 - ((event.clientY - top) / height) * 2);
    this.#world.redraw();
  }

  #up(event: PointerEvent): void {
    const { id, x, y, at_ms } = this.#down;
    this.#down.id = -1;
    if (id !== event.pointerId || this.#isAsleep()) return;
    if (Math.hypot(event.clientX - x, event.clientY - y) > TAP_PX || event.timeStamp - at_ms > TAP_MS) return;
    const picked = this.at(event.clientX, event.clientY);
    this.#tell(picked);
    if (picked.kind !== "floor") return;
    const isTwice = event.timeStamp - this.#lastFloor_ms < TWICE_MS;
    this.#lastFloor_ms = event.timeStamp;
    if (isTwice || event.pointerType === "touch") void this.#guide.walkTo({ x: picked.point.x, z: picked.point.z });
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.repeat || this.#isAsleep()) return;
    event.preventDefault();
    this.pickAhead();
  }

  /** What has the focus, else what lies straight ahead: Enter, and a gamepad's first button. */
  pickAhead(): void {
    const stand = this.#focused;
    if (stand) return this.#tell({ kind: "product", stand, point: stand.group.position.clone() });
    this.#ray.setFromCamera(this.#place.set(0, 0), this.#world.camera);
    this.#tell(this.pick.at(this.#ray));
  }

  #tell(picked: Picked): void {
    this.#world.events.dispatchEvent(new CustomEvent("picked", { detail: picked }));
  }

  #hover(stand: Stand | null): void {
    if (stand === this.#hovered) return;
    this.#hovered = stand;
    this.#world.renderer.domElement.style.cursor = stand ? "pointer" : "";
    this.#world.redraw();
  }

  update(dt: number): void {
    if (this.#hasMoved) {
      this.#hasMoved = false;
      this.#ray.setFromCamera(this.#place, this.#world.camera);
      const picked = this.pick.at(this.#ray);
      this.#hover(picked.kind === "product" ? picked.stand : null);
    }
    const ease = this.#world.options.isStill ? 1 : 1 - Math.exp(-dt / LIFT_S);
    for (const stand of this.#stock.stands) {
      const wanted = stand === this.#focused || stand === this.#hovered ? 1 : 0;
      if (stand.lift === wanted) continue;
      stand.lift = Math.abs(wanted - stand.lift) < 0.01 ? wanted : stand.lift + (wanted - stand.lift) * ease;
      this.#stock.relight(stand);
      this.#world.redraw();
    }
  }

  dispose(): void {
    this.#ended.abort();
    this.#world.renderer.domElement.style.cursor = "";
  }
}
