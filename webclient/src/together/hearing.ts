/**
 * Voices in the room: each comes from where its person stands, as loud as one set it, and tells when it talks.
 * WebAudio only; whose voices there are, `voice.ts` says.
 */

/** Loudness (RMS of samples from -1 to 1) from which somebody is taken to talk, and how long a pause is still talking. */
const TALKS = 0.018;
const PAUSE_MS = 350;

export interface Ear {
  gain: number;
  /** Metres in the store's space. Allocates nothing. */
  place(x: number, y: number, z: number): void;
  /** Whether they talk right now. */
  isTalking(now_ms: number): boolean;
  dispose(): void;
}

export interface Ears {
  add(stream: MediaStream): Ear;
  /** Where one stands and looks: yaw as in `Person`. Allocates nothing. */
  stand(x: number, y: number, z: number, yaw: number): void;
  /** Sound may only begin with a gesture of the shopper. */
  wake(): void;
  dispose(): void;
}

class SpatialEar implements Ear {
  private readonly source: MediaStreamAudioSourceNode;
  private readonly volume: GainNode;
  private readonly panner: PannerNode;
  private readonly meter: AnalyserNode;
  private readonly samples: Float32Array<ArrayBuffer>;
  /** Chromium gives WebAudio no sound of a remote stream that no element plays. */
  private readonly player: HTMLAudioElement;
  private talkedAt_ms = -Infinity;

  constructor(private readonly context: AudioContext, stream: MediaStream) {
    this.player = new Audio();
    this.player.muted = true;
    this.player.srcObject = stream;
    void this.player.play().catch(() => undefined);
    this.source = context.createMediaStreamSource(stream);
    this.volume = context.createGain();
    this.meter = context.createAnalyser();
    this.meter.fftSize = 512;
    this.samples = new Float32Array(this.meter.fftSize);
    this.panner = new PannerNode(context, { panningModel: "HRTF", distanceModel: "inverse", refDistance: 1.6, rolloffFactor: 1.1, maxDistance: 30 });
    this.source.connect(this.meter);
    this.source.connect(this.volume).connect(this.panner).connect(context.destination);
  }

  get gain(): number {
    return this.volume.gain.value;
  }

  set gain(value: number) {
    this.volume.gain.setTargetAtTime(value, this.context.currentTime, 0.03);
  }

  place(x: number, y: number, z: number): void {
    this.panner.positionX.value = x;
    this.panner.positionY.value = y;
    this.panner.positionZ.value = z;
  }

  isTalking(now_ms: number): boolean {
    this.meter.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (let i = 0; i < this.samples.length; i++) sum += (this.samples[i] ?? 0) ** 2;
    if (Math.sqrt(sum / this.samples.length) > TALKS) this.talkedAt_ms = now_ms;
    return now_ms - this.talkedAt_ms < PAUSE_MS;
  }

  dispose(): void {
    this.source.disconnect();
    this.volume.disconnect();
    this.panner.disconnect();
    this.meter.disconnect();
    this.player.srcObject = null;
  }
}

/** The browser's ears. */
export function ears(): Ears {
  const context = new AudioContext({ latencyHint: "interactive" });
  return {
    add: (stream) => new SpatialEar(context, stream),
    stand(x, y, z, yaw) {
      const { listener } = context;
      if (!("positionX" in listener)) return; // old Firefox: voices are heard, from the front
      listener.positionX.value = x;
      listener.positionY.value = y;
      listener.positionZ.value = z;
      // Yaw 0 looks along +Z, a quarter turn along +X.
      listener.forwardX.value = Math.sin(yaw);
      listener.forwardY.value = 0;
      listener.forwardZ.value = Math.cos(yaw);
    },
    wake: () => void (context.state === "suspended" && context.resume().catch(() => undefined)),
    dispose: () => void context.close().catch(() => undefined),
  };
}
