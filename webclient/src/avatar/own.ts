/** Bodies that people brought along, as the others see them: loads each once, poses it, gives it back when nobody has it. */
import type { Group } from "three";
import type { Actor, Scene } from "./actor";
import { bring, type Brought } from "./bring";
import { OWN } from "./look";
import { MOST_BYTES } from "./limits";
import type { Pose, Rest } from "./skeleton";

/** Each is some draws of its own: only so many at a time, first come, first shown; the next when one of them goes. */
const MOST = 6;

interface Worn {
  readonly id: string;
  body: Brought | null;
  isGone: boolean;
  layer: number;
}

/** Where a published body lies, by what a card says; null for the wardrobe's looks. */
function ownAddress(avatar: string): string | null {
  const id = OWN.exec(avatar)?.[1];
  return id ? `/api/avatars/${id}.glb` : null;
}

export class Own {
  readonly #group: Group;
  readonly #told: () => void;
  readonly #byRow = new Map<number, Worn>();
  /** Who stands there as a plain figure until there is room: names of bodies, by row. */
  readonly #waiting = new Map<number, string>();
  readonly #ended = new AbortController();

  constructor(group: Group, told: () => void) {
    this.#group = group;
    this.#told = told;
  }

  wear(row: number, avatar: string): void {
    if (this.#byRow.get(row)?.id === avatar) return;
    this.letGo(row);
    const address = ownAddress(avatar);
    if (!address) return;
    if (this.#byRow.size >= MOST) return void this.#waiting.set(row, avatar);
    const worn: Worn = { id: avatar, body: null, isGone: false, layer: 0 };
    this.#byRow.set(row, worn);
    this.#load(address).then((body) => {
      if (worn.isGone || this.#ended.signal.aborted) return body.dispose();
      worn.body = body;
      this.#group.add(body.root);
      this.#told();
    }).catch((error: unknown) => {
      if (worn.isGone || this.#ended.signal.aborted) return;
      console.warn(error); // the plain figure stays, and its place is another's
      this.letGo(row);
    });
  }

  /** Into the place of one who went. */
  #next(): void {
    for (const [row, avatar] of this.#waiting) {
      if (this.#byRow.size >= MOST) return;
      this.#waiting.delete(row);
      this.wear(row, avatar);
    }
  }

  async #load(address: string): Promise<Brought> {
    const answer = await fetch(address, { signal: this.#ended.signal });
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    if (Number(answer.headers.get("Content-Length") ?? 0) > MOST_BYTES) throw new Error(`${address} is too large`);
    return bring(await answer.arrayBuffer());
  }

  letGo(row: number): void {
    this.#waiting.delete(row);
    const worn = this.#byRow.get(row);
    if (!worn) return;
    worn.isGone = true;
    worn.body?.dispose();
    this.#byRow.delete(row);
    if (!this.#ended.signal.aborted) this.#next();
  }

  /**
   * Draw somebody in their own body; false while there is none.
   *
   * @param layer which eyes see it: mirrors' alone, for oneself
   * @param isHidden one looks out of it
   */
  pose(actor: Actor, scene: Scene, rest: Rest, pose: Pose, other: Pose, dt: number, layer: number, isHidden: boolean): boolean {
    const worn = this.#byRow.get(actor.row);
    const body = worn?.body;
    if (!body) return false;
    if (worn.layer !== layer) {
      worn.layer = layer;
      body.root.traverse((node) => node.layers.set(layer));
    }
    body.root.visible = actor.isSeen && actor.presence > 0.5 && !isHidden;
    if (!body.root.visible) return true;
    actor.pose(scene, rest, pose, other, dt);
    actor.top_m = body.height_m + 0.08;
    const { person } = actor;
    body.root.position.set(person.x, person.y, person.z);
    body.root.rotation.y = person.yaw;
    body.apply(pose, dt, actor.blink, actor.mouth);
    return true;
  }

  dispose(): void {
    this.#ended.abort();
    for (const row of [...this.#byRow.keys()]) this.letGo(row);
  }
}
