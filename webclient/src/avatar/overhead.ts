/**
 * What is over people's heads: their names, what they say and how they react.
 *
 * What it is not: how it is painted (`labels.ts`, `reactions.ts`), or chat's history, which is a list that can be read
 * (`together/`).
 */
import type { Camera, Mesh, WebGLRenderer } from "three";
import type { Actor } from "./actor";
import { tame } from "./bubble";
import { BUBBLES, Labels } from "./labels";
import { Reactions } from "./reactions";

const TAG_NEAR_M = 3;
const TAG_FAR_M = 10;
/** Words and drawings further off than this are not shown. */
export const BUBBLE_M = 14;

interface Speech {
  text: string;
  key: string;
  from_ms: number;
  until_ms: number;
}

export class Overhead {
  nameTags = true;
  readonly #labels: Labels;
  readonly #reactions: Reactions;
  readonly #speech = new Map<number, Speech>();

  constructor(renderer: WebGLRenderer, isStill: boolean) {
    this.#labels = new Labels(renderer);
    this.#reactions = new Reactions(isStill);
  }

  get mesh(): Mesh {
    return this.#labels.mesh;
  }

  /** @returns whether there is anything to show */
  say(member: number, text: string, ms: number): boolean {
    const said = tame(text);
    if (!said) return false;
    const now = performance.now();
    this.#speech.set(member, { text: said, key: `${member}:${said}`, from_ms: now, until_ms: now + ms });
    return true;
  }

  react(member: number, path: string): void {
    this.#reactions.add(member, path, performance.now());
  }

  /** Of this frame, far ones first so that near ones lie over them. */
  draw(actors: readonly Actor[], order: Uint16Array, self: Actor | null, camera: Camera, dt: number): void {
    const labels = this.#labels;
    labels.begin();
    const now = performance.now();
    let bubbles = 0;
    for (let rank = 0; rank < actors.length && bubbles < BUBBLES; rank++) {
      const actor = actors[order[rank]!]!;
      const speech = this.#speechOf(actor, now);
      if (speech && actor.isSeen && actor.distance_m < BUBBLE_M) bubbles++;
      actor.isHeard = Boolean(speech) && actor.isSeen && actor.distance_m < BUBBLE_M;
    }
    for (let rank = actors.length - 1; rank >= 0; rank--) {
      const actor = actors[order[rank]!]!;
      const { person, distance_m: away } = actor;
      if (actor === self || !actor.isSeen || away > BUBBLE_M || actor.presence <= 0) continue;
      // Labels shrink with distance, but slower than people do.
      const scale = Math.max(0.5, Math.min(2.2, 0.3 + away * 0.2));
      const y = person.y + actor.top_m + 0.06;
      if (this.nameTags && person.card && away < TAG_FAR_M) {
        const fade = (1 - Math.max(0, (away - TAG_NEAR_M) / (TAG_FAR_M - TAG_NEAR_M))) ** 1.5 * actor.presence;
        const { name, role, muted } = person.card;
        actor.mark = (role === "host" || role === "merchant" ? 1 : 0) | (muted ? 2 : 0) | (person.isTalking ? 4 : 0);
        if (fade > 0.02) labels.tag(actor.tagKey(), name, actor, person.x, y, person.z, fade, scale);
      }
      const nameTop = this.nameTags ? 0.068 * scale : 0;
      if (person.card && !actor.isHeard) this.#reactions.draw(labels, person.card.member, person.x, y + nameTop, person.z, actor.presence, scale * 0.8, now);
      if (!actor.isHeard) continue;
      const speech = this.#speechOf(actor, now);
      if (!speech) continue;
      const fade = Math.min(1, (now - speech.from_ms) / 200, (speech.until_ms - now) / 300) * actor.presence;
      labels.bubble(speech.key, speech.text, person.x, y + nameTop, person.z, Math.max(0, fade), scale * 0.8);
    }
    labels.end(camera, dt);
  }

  #speechOf(actor: Actor, now: number): Speech | null {
    const member = actor.person.card?.member;
    const speech = member === undefined ? undefined : this.#speech.get(member);
    if (!speech) return null;
    if (now <= speech.until_ms) return speech;
    this.#speech.delete(member!);
    return null;
  }

  dispose(): void {
    this.#labels.dispose();
  }
}
