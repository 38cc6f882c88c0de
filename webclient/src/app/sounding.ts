/**
 * What the page sounds like: a product taken up and put back, something put into the cart, somebody who comes in. Loaded
 * with the first gesture, before which browsers are silent; says nothing that is not told in words, too.
 */
import { Sounds, type Sound } from "../ui/sounds";
import type { Showroom } from "./showroom";

/** Several who come at once are one sound. */
const ARRIVALS_MS = 4000;

export interface Player {
  isOn: boolean;
  open(): void;
  play(sound: Sound): void;
}

export class Sounding {
  readonly #showroom: Showroom;
  readonly #player: Player;
  readonly #now: () => number;
  #product: string | null;
  #arrived_ms = -Infinity;

  /** @param isWorn a headset is on, which has sounds of its own */
  constructor(showroom: Showroom, isWorn: () => boolean, player: Player = new Sounds(), now: () => number = () => performance.now()) {
    this.#showroom = showroom;
    this.#player = player;
    this.#now = now;
    this.#product = this.#held();
    const heard = (): void => void (player.isOn = showroom.preferences.get("sound") && !isWorn());
    showroom.preferences.addEventListener("change", heard);
    const hear = (act: () => Sound | null) => (): void => {
      heard();
      const sound = act();
      if (sound) player.play(sound);
    };
    showroom.on("view", hear(() => this.#taken()));
    showroom.on("added", hear(() => "chime"));
    showroom.on("arrived", hear(() => this.#came()));
    heard();
    player.open();
  }

  /** Sound may begin: at any gesture. */
  wake(): void {
    this.#player.open();
  }

  #held(): string | null {
    const { view } = this.#showroom;
    return view.name === "product" ? view.id : null;
  }

  #taken(): Sound | null {
    const [was, now] = [this.#product, this.#held()];
    this.#product = now;
    if (was === now) return null;
    return now ? "take" : "drop";
  }

  #came(): Sound | null {
    const now_ms = this.#now();
    if (now_ms - this.#arrived_ms < ARRIVALS_MS) return null;
    this.#arrived_ms = now_ms;
    return "friend";
  }
}
