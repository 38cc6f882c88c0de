/** Small sounds that the browser makes itself: a tick, a touch of wood, a breath of air, a chime. No files. */

export type Sound = "tick" | "press" | "take" | "drop" | "step" | "no" | "chime" | "friend";

/** Hertz, seconds, loudness; `air` is noise through a filter that falls. */
const NOTES: Readonly<Record<Sound, readonly { readonly hz: number; readonly after_s?: number; readonly long_s: number; readonly gain: number; readonly air?: boolean }[]>> = {
  tick: [{ hz: 2100, long_s: 0.018, gain: 0.018 }],
  press: [{ hz: 1250, long_s: 0.035, gain: 0.05 }, { hz: 620, long_s: 0.05, gain: 0.03 }],
  take: [{ hz: 210, long_s: 0.12, gain: 0.12 }, { hz: 420, after_s: 0.03, long_s: 0.12, gain: 0.05 }],
  drop: [{ hz: 180, long_s: 0.14, gain: 0.1 }, { hz: 120, after_s: 0.04, long_s: 0.16, gain: 0.08 }],
  step: [{ hz: 900, long_s: 0.22, gain: 0.09, air: true }],
  no: [{ hz: 160, long_s: 0.09, gain: 0.08 }, { hz: 140, after_s: 0.1, long_s: 0.11, gain: 0.08 }],
  chime: [{ hz: 659.3, long_s: 0.7, gain: 0.07 }, { hz: 987.8, after_s: 0.12, long_s: 0.9, gain: 0.06 }, { hz: 1318.5, after_s: 0.26, long_s: 1.1, gain: 0.04 }],
  friend: [{ hz: 523.3, long_s: 0.4, gain: 0.05 }, { hz: 784, after_s: 0.1, long_s: 0.6, gain: 0.05 }],
};

/** A sound that comes later than this after what it is for is left out. */
const LATE_MS = 400;

export class Sounds {
  isOn = true;
  #context: AudioContext | null = null;
  #air: AudioBuffer | null = null;
  #waking: Promise<unknown> | null = null;

  /** After a press of the shopper's only: browsers stay silent before. */
  open(): void {
    try {
      this.#context ??= new AudioContext();
      const context = this.#context;
      // Asked again at each gesture: some keys (Escape, Shift) are none to a browser, and what was asked then stays open.
      if (context.state === "suspended") this.#waking = context.resume().catch(() => undefined);
    } catch {
      // No sound card: everything that is told by sound is told by sight too.
    }
  }

  play(sound: Sound): void {
    const context = this.#context;
    if (!this.isOn || !context) return;
    if (context.state === "running") return this.#sound(context, sound);
    // The very gesture that wakes the sound is heard, too; what comes late is not.
    const asked_ms = performance.now();
    void this.#waking?.then(() => {
      if (this.isOn && context.state === "running" && performance.now() - asked_ms < LATE_MS) this.#sound(context, sound);
    });
  }

  #sound(context: AudioContext, sound: Sound): void {
    for (const { hz, after_s = 0, long_s, gain, air } of NOTES[sound]) {
      const at = context.currentTime + after_s;
      const loud = context.createGain();
      loud.gain.setValueAtTime(0, at);
      loud.gain.linearRampToValueAtTime(gain, at + 0.006);
      loud.gain.exponentialRampToValueAtTime(0.0001, at + long_s);
      loud.connect(context.destination);
      if (air) this.#breathe(context, loud, hz, at, long_s);
      else {
        const tone = context.createOscillator();
        tone.frequency.value = hz;
        tone.connect(loud);
        tone.start(at);
        tone.stop(at + long_s);
      }
    }
  }

  #breathe(context: AudioContext, loud: GainNode, hz: number, at: number, long_s: number): void {
    if (!this.#air) {
      this.#air = context.createBuffer(1, context.sampleRate / 2, context.sampleRate);
      const samples = this.#air.getChannelData(0);
      for (let i = 0; i < samples.length; i++) samples[i] = Math.random() * 2 - 1;
    }
    const source = context.createBufferSource();
    source.buffer = this.#air;
    const filter = context.createBiquadFilter();
    filter.type = "lowpass";
    filter.frequency.setValueAtTime(hz, at);
    filter.frequency.exponentialRampToValueAtTime(hz / 4, at + long_s);
    source.connect(filter).connect(loud);
    source.start(at);
    source.stop(at + long_s);
  }

  dispose(): void {
    void this.#context?.close().catch(() => undefined);
    this.#context = null;
  }
}
