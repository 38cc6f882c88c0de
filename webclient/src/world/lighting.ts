/**
 * The store's light over time: baked in a worker or recalled, mixed by the mood, and reflected by a probe.
 *
 * What it is not: the bake itself (`bake.ts`), or colours of light (`moods.ts`).
 */
import { DataTexture, HalfFloatType, LinearFilter, RGBAFormat, type Scene, type Texture, type WebGLRenderer, type WebGLRenderTarget } from "three";
import { prefilter } from "../viewer/prefilter";
import type { Baked } from "./bake";
import type { BakeInput } from "./bake-input";
import { bakeKey, keep, recall } from "./bakestore";
import { PASSES } from "./layers";
import { LightFade, type Maps } from "./light-fade";
import { shine, type Light } from "./materials";
import { blend, weigh, type Weights } from "./moods";
import type { StorePlan } from "./plan";

const MOOD_S = 1.6;
/** A newly baked light comes up so fast. */
const DAWN_S = 0.6;
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
  /** How long the change takes that is under way. */
  #takes_s = MOOD_S;
  #worn: Maps;
  #dawn: { readonly mixer: LightFade; readonly before: Maps; readonly after: Maps; t: number } | null = null;
  #isEnded = false;
  readonly #roomRects: readonly Int32Array[];
  #room = 0;

  constructor(plan: StorePlan, light: Light, mood: string, roomRects: readonly Int32Array[]) {
    this.#plan = plan;
    this.#roomRects = roomRects;
    this.#light = light;
    this.#mood = mood in plan.moods ? mood : plan.mood;
    light.lampMap.value ??= this.blank;
    this.#worn = { sky: this.blank, lamps: this.blank };
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
    return this.#fade < 1 || (this.#dawn !== null && this.#dawn.t < 1);
  }

  /** @returns whether the light will change */
  turn(mood: string, isAtOnce: boolean): boolean {
    if (!(mood in this.#plan.moods) || mood === this.#mood) return false;
    this.#mood = mood;
    this.#from = this.#now;
    this.#to = this.#weights(mood);
    this.#begin(isAtOnce);
    return true;
  }

  /** Eyes settle on another room. */
  enter(room: number, isAtOnce: boolean): void {
    this.#room = room;
    if (!this.#baked) return;
    this.#from = this.#now;
    this.#to = this.#weights(this.#mood);
    this.#begin(isAtOnce);
  }

  #begin(isAtOnce: boolean, takes_s = MOOD_S): void {
    this.#fade = 0;
    this.#takes_s = takes_s;
    this.step(isAtOnce ? takes_s : 0);
  }

  /** Go on with a change. */
  step(dt: number): void {
    this.#fade = Math.min(1, this.#fade + dt / this.#takes_s);
    if (this.#dawn) this.#dawn.t = Math.min(1, this.#dawn.t + dt / DAWN_S);
    const t = this.#fade * this.#fade * (3 - 2 * this.#fade);
    this.#now = blend(this.#from, this.#to, t);
    shine(this.#light, this.#now);
  }

  /** Mix the maps of a light that is coming up; before the frame is drawn. */
  draw(renderer: WebGLRenderer, worn: (sky: Texture) => void): void {
    if (!this.#dawn) return;
    const { mixer, before, after, t } = this.#dawn;
    if (t < 1) return mixer.mix(renderer, before, after, t * t * (3 - 2 * t));
    this.#light.lampMap.value = after.lamps;
    worn(after.sky);
    mixer.dispose();
    this.#dawn = null;
  }

  /** Recall the baked light, or bake it: a sketch first. `worn` hears which map of the sky the materials wear. */
  async bake(input: BakeInput, isAtOnce: boolean, told: (done: number) => void, worn: (sky: Texture, isFinal: boolean) => void): Promise<void> {
    const key = bakeKey(this.#plan, input.width, input.quality);
    const kept = await recall(key);
    if (this.#isEnded) return;
    if (kept) return worn(this.#wear(kept, true), true);
    const worker = new Worker(new URL("./bake.worker.ts", import.meta.url), { type: "module" });
    this.#worker = worker;
    worker.addEventListener("message", (event: MessageEvent<{ done?: number; sketch?: Baked; baked?: Baked }>) => {
      if (this.#isEnded) return;
      const { done, sketch, baked } = event.data;
      if (done !== undefined) told(done * 0.99);
      if (sketch) worn(this.#wear(sketch, isAtOnce), false);
      if (!baked) return;
      worker.terminate();
      worn(this.#wear(baked, isAtOnce), true);
      void keep(key, baked, Date.now());
    });
    worker.postMessage(input);
  }

  #wear(baked: Baked, isAtOnce: boolean): Texture {
    this.#baked = baked;
    const after: Maps = { sky: halfMap(baked.sky, baked.width, baked.height), lamps: halfMap(baked.lamps, baked.width, baked.height) };
    this.#owned.push(after.sky, after.lamps);
    const before = this.#worn;
    this.#worn = after;
    this.#from = this.#now;
    this.#to = this.#weights(this.#mood);
    this.#dawn?.mixer.dispose();
    this.#dawn = null;
    let shown = after;
    if (!isAtOnce) {
      this.#dawn = { mixer: new LightFade(baked.width, baked.height), before, after, t: 0 };
      shown = this.#dawn.mixer.maps;
    }
    this.#light.lampMap.value = shown.lamps;
    this.#begin(isAtOnce, DAWN_S);
    return shown.sky;
  }

  /** Take the room's own picture for reflections: once a room and a mood, after the light or the surfaces changed. */
  reflect(renderer: WebGLRenderer, scene: Scene): void {
    if (this.#isEnded) return;
    const filter = prefilter(renderer);
    scene.environment = null;
    // Who happens to stand in the middle of the room would be all that it reflects from then on.
    const passing = scene.children.filter((one) => one.visible && one.userData[PASSES]);
    for (const one of passing) one.visible = false;
    const made = filter.fromScene(scene, 0, 0.1, 100, { size: PROBE_PX, position: this.#light.boxAt.value });
    for (const one of passing) one.visible = true;
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
    this.#dawn?.mixer.dispose();
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
