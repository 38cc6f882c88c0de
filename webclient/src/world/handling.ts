/**
 * Turning a thing in the hand: drag, wheel, pinch and keys become yaw, pitch and distance, with a little inertia.
 *
 * What it is not: what is turned, or how it is drawn (`inspect.ts`).
 */
import { MathUtils } from "three";

const DRAG_RAD = 0.0085;
const KEY_RAD = MathUtils.degToRad(9);
const SPIN_S = 0.22;
const EASE_S = 0.09;
const LOW = MathUtils.degToRad(-12);
const HIGH = MathUtils.degToRad(84);

export interface Held {
  yaw: number;
  pitch: number;
  distance_m: number;
}

export class Handling {
  /** Where it is going; `now` follows softly. */
  readonly to: Held = { yaw: 0, pitch: 0, distance_m: 1 };
  readonly now: Held = { yaw: 0, pitch: 0, distance_m: 1 };
  readonly home: Held = { yaw: 0, pitch: 0, distance_m: 1 };
  least_m = 0.1;
  most_m = 10;
  readonly #pointers = new Map<number, { x: number; y: number }>();
  readonly #spin = { yaw: 0, pitch: 0 };
  readonly #turned: () => void;
  readonly #isStill: boolean;
  #pinch = 0;
  #ended = new AbortController();

  /** @param turned told whenever the user has turned or moved it */
  constructor(isStill: boolean, turned: () => void) {
    this.#isStill = isStill;
    this.#turned = turned;
  }

  /** Listen to a canvas until `rest`. */
  listen(host: HTMLElement, away: () => void): void {
    this.rest();
    this.#ended = new AbortController();
    const { signal } = this.#ended;
    host.addEventListener("pointerdown", (event) => {
      host.setPointerCapture(event.pointerId);
      this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      this.#pinch = this.#spread();
      this.#spin.yaw = this.#spin.pitch = 0;
    }, { signal });
    host.addEventListener("pointermove", (event) => this.#drag(event), { signal });
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
      host.addEventListener(kind, (event) => {
        this.#pointers.delete(event.pointerId);
        this.#pinch = this.#spread();
      }, { signal });
    }
    host.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.nudge(0, 0, Math.exp(MathUtils.clamp(event.deltaY * (event.deltaMode ? 24 : 1), -200, 200) * 0.0016));
    }, { signal, passive: false });
    host.addEventListener("keydown", (event) => this.#key(event, away), { signal });
  }

  rest(): void {
    this.#ended.abort();
    this.#pointers.clear();
    this.#spin.yaw = this.#spin.pitch = 0;
  }

  /** Turn by radians, come nearer by a factor: as if by hand. */
  nudge(yaw_rad: number, pitch_rad: number, factor = 1): void {
    this.set(this.to.yaw + yaw_rad, this.to.pitch + pitch_rad, this.to.distance_m * factor);
    this.#turned();
  }

  reset(): void {
    // The short way home.
    const turns = Math.round((this.to.yaw - this.home.yaw) / (2 * Math.PI)) * 2 * Math.PI;
    this.set(this.home.yaw + turns, this.home.pitch, this.home.distance_m);
    this.#turned();
  }

  set(yaw: number, pitch: number, distance_m: number): void {
    this.to.yaw = yaw;
    this.to.pitch = MathUtils.clamp(pitch, LOW, HIGH);
    this.to.distance_m = MathUtils.clamp(distance_m, this.least_m, this.most_m);
  }

  /** Come to where it is going at once. */
  arrive(): void {
    Object.assign(this.now, this.to);
  }

  /** @returns whether it moves */
  update(dt: number): boolean {
    const { now, to } = this;
    if (!this.#pointers.size && (this.#spin.yaw || this.#spin.pitch) && !this.#isStill) {
      this.set(to.yaw + this.#spin.yaw * dt, to.pitch + this.#spin.pitch * dt, to.distance_m);
      const slow = Math.exp(-dt / SPIN_S);
      this.#spin.yaw *= slow;
      this.#spin.pitch *= slow;
      if (Math.hypot(this.#spin.yaw, this.#spin.pitch) < 0.02) this.#spin.yaw = this.#spin.pitch = 0;
      this.#turned();
    }
    const off = Math.abs(to.yaw - now.yaw) + Math.abs(to.pitch - now.pitch) + Math.abs(to.distance_m / now.distance_m - 1);
    if (off === 0) return false;
    const ease = this.#isStill || off < 5e-4 ? 1 : 1 - Math.exp(-dt / EASE_S);
    now.yaw += (to.yaw - now.yaw) * ease;
    now.pitch += (to.pitch - now.pitch) * ease;
    now.distance_m += (to.distance_m - now.distance_m) * ease;
    return true;
  }

  #spread(): number {
    const [a, b] = [...this.#pointers.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  }

  #drag(event: PointerEvent): void {
    const pointer = this.#pointers.get(event.pointerId);
    if (!pointer) return;
    const [dx, dy] = [event.clientX - pointer.x, event.clientY - pointer.y];
    pointer.x = event.clientX;
    pointer.y = event.clientY;
    if (this.#pointers.size === 1) {
      this.nudge(-dx * DRAG_RAD, dy * DRAG_RAD);
      this.#spin.yaw = this.#spin.yaw * 0.6 - dx * DRAG_RAD * 24;
      this.#spin.pitch = this.#spin.pitch * 0.6 + dy * DRAG_RAD * 24;
      return;
    }
    const spread = this.#spread();
    if (this.#pinch > 0 && spread > 0) this.nudge(0, 0, this.#pinch / spread);
    this.#pinch = spread;
  }

  #key(event: KeyboardEvent, away: () => void): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    switch (event.key) {
      case "ArrowLeft": this.nudge(-KEY_RAD, 0); break;
      case "ArrowRight": this.nudge(KEY_RAD, 0); break;
      case "ArrowUp": this.nudge(0, KEY_RAD); break;
      case "ArrowDown": this.nudge(0, -KEY_RAD); break;
      case "+": case "=": this.nudge(0, 0, 0.88); break;
      case "-": this.nudge(0, 0, 1 / 0.88); break;
      case "Home": this.reset(); break;
      case "Escape": away(); break;
      default: return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
