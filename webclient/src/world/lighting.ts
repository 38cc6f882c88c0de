/**
 * The store's light over time: baked in a worker or recalled, mixed by the mood, and reflected by a probe.
 *
 * What it is not: the bake itself (`bake.ts`), or colours of light (`moods.ts`).
 */
import { DataTexture, HalfFloatType, LinearFilter, PMREMGenerator, RGBAFormat, type Scene, type Texture, type WebGLRenderer, type WebGLRenderTarget } from "three";
import type { Baked, BakeInput } from "./bake";
import { bakeKey, keep, recall } from "./bakestore";
import { shine, type Light } from "./materials";
import { blend, weigh, type Weights } from "./moods";
import type { StorePlan } from "./plan";

const MOOD_S = 1.6;
const PROBE_PX = 128;

export class Lighting {
  readonly #plan: StorePlan;
  readonly #light: Light;
  readonly #owned: { dispose(): void }[] = [];
  readonly blank = blankMap();
  #worker: Worker | null = null;
  #baked: Baked | null = null;
  #probe: WebGLRenderTarget | null = null;
  #mood: string;
  #from: Weights;
  #to: Weights;
  #now: Weights;
  #fade = 1;
  #isEnded = false;
  readonly #roomRects: readonly Int32Array[];
  #room = 0;

  constructor(plan: StorePlan, light: Light, mood: string, roomRects: readonly Int32Array[]) {
    this.#plan = plan;
    this.#roomRects = roomRects;
    this.#light = light;
    this.#mood = mood in plan.moods ? mood : plan.mood;
    light.lampMap.value ??= this.blank;
    this.#from = this.#to = this.#now = this.#weights(this.#mood);
    shine(light, this.#now);
  }

  get mood(): string {
    return this.#mood;
  }

  get weights(): Weights {
    return this.#now;
  }

  /** Rays the last bake cast. */
  get rays(): number {
    return this.#baked?.rays ?? 0;
  }

  get bytes(): number {
    return this.#baked ? this.#baked.sky.byteLength + this.#baked.lamps.byteLength : 0;
  }

  get isChanging(): boolean {
    return this.#fade < 1;
  }

  /** @returns whether the light will change */
  turn(mood: string, isAtOnce: boolean): boolean {
    if (!(mood in this.#plan.moods) || mood === this.#mood) return false;
    this.#mood = mood;
    this.#from = this.#now;
    this.#to = this.#weights(mood);
    this.#fade = 0;
    this.step(isAtOnce ? MOOD_S : 0);
    return true;
  }

  /** Eyes settle on another room. */
  enter(room: number, isAtOnce: boolean): void {
    this.#room = room;
    if (!this.#baked) return;
    this.#from = this.#now;
    this.#to = this.#weights(this.#mood);
    this.#fade = 0;
    this.step(isAtOnce ? MOOD_S : 0);
  }

  /** Go on with a change of mood. */
  step(dt: number): void {
    this.#fade = Math.min(1, this.#fade + dt / MOOD_S);
    const t = this.#fade * this.#fade * (3 - 2 * this.#fade);
    this.#now = blend(this.#from, this.#to, t);
    shine(this.#light, this.#now);
  }

  /** Recall the baked light, or bake it. */
  async bake(input: BakeInput, told: (done: number) => void, worn: (sky: Texture) => void): Promise<void> {
    const key = bakeKey(this.#plan, input.width, input.quality);
    const kept = await recall(key);
    if (this.#isEnded) return;
    if (kept) return worn(this.#wear(kept));
    const worker = new Worker(new URL("./bake.worker.ts", import.meta.url), { type: "module" });
    this.#worker = worker;
    worker.addEventListener("message", (event: MessageEvent<{ done?: number; baked?: Baked }>) => {
      if (this.#isEnded) return;
      const { done, baked } = event.data;
      if (done !== undefined) told(done * 0.99);
      if (!baked) return;
      worker.terminate();
      worn(this.#wear(baked));
      void keep(key, baked, Date.now());
    });
    worker.postMessage(input);
  }

  #wear(baked: Baked): Texture {
    this.#baked = baked;
    const [sky, lamps] = [halfMap(baked.sky, baked.width, baked.height), halfMap(baked.lamps, baked.width, baked.height)];
    this.#owned.push(sky, lamps);
    this.#light.lampMap.value = lamps;
    this.#from = this.#to = this.#now = this.#weights(this.#mood);
    this.#fade = 1;
    this.step(0);
    return sky;
  }

  /** Take the room's own picture for reflections: once a room and a mood, after the light or the surfaces changed. */
  reflect(renderer: WebGLRenderer, scene: Scene): void {
    if (this.#isEnded) return;
    const filter = new PMREMGenerator(renderer);
    scene.environment = null;
    const made = filter.fromScene(scene, 0, 0.1, 100, { size: PROBE_PX, position: this.#light.boxAt.value });
    filter.dispose();
    this.#probe?.dispose();
    this.#probe = made;
    scene.environment = made.texture;
  }

  #weights(name: string): Weights {
    const mood = this.#plan.moods[name] ?? Object.values(this.#plan.moods)[0];
    if (!mood) throw new RangeError("a store needs at least one mood");
    return weigh(mood, this.#baked, this.#roomRects[this.#room]);
  }

  dispose(): void {
    this.#isEnded = true;
    this.#worker?.terminate();
    this.#probe?.dispose();
    this.blank.dispose();
    for (const owned of this.#owned) owned.dispose();
  }
}

function halfMap(data: Uint16Array<ArrayBuffer>, width: number, height: number): DataTexture {
  const texture = new DataTexture(data, width, height, RGBAFormat, HalfFloatType);
  texture.channel = 1;
  texture.magFilter = texture.minFilter = LinearFilter;
  texture.needsUpdate = true;
  return texture;
}

/** Even light until the bake is there. */
function blankMap(): DataTexture {
  return halfMap(new Uint16Array([0x3400, 0x3400, 0x3400, 0, 0x3400, 0x3400, 0x3400, 0, 0x3400, 0x3400, 0x3400, 0, 0x3400, 0x3400, 0x3400, 0]), 2, 2);
}
