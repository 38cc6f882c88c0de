/**
 * Voice: a mesh of WebRTC connections to the people whom the server lists as `nearby`.
 *
 * The microphone is asked for at a tap and not before; without it one hears and is not heard. Whom one has blocked or
 * muted, and whom a moderator has muted, is never heard. Sound goes from browser to browser (`docs/rooms.md`).
 */
import type { Person } from "../net";
import { type Ear, type Ears, ears as browserEars } from "./hearing";
import { Peer } from "./peer";
import { hear, refusalOf, type Wire } from "./wire";

export interface VoiceOptions {
  readonly isHidden: (member: number) => boolean;
  readonly connect?: (config: RTCConfiguration) => RTCPeerConnection;
  readonly ears?: () => Ears;
  readonly microphone?: () => Promise<MediaStream>;
  readonly now?: () => number;
}

export type Captioner = (member: number, sound: MediaStream, told: (text: string) => void) => () => void;

interface Heard {
  readonly peer: Peer;
  ear: Ear | null;
  stopCaptions: (() => void) | null;
}

const EARS_UP_M = 1.6;
const LISTEN_MS = 100;
const PLACE_MS = 50;
const MOST_PEERS = 24;

export class Voice extends EventTarget {
  /** "unavailable": this browser or page cannot; "refused": the shopper or the device said no. */
  state: "off" | "asking" | "on" | "refused" | "unavailable" = "off";
  /** The microphone is held shut although it is there. */
  isMuted = false;
  /** "push": it is open while a key or button is held. */
  mode: "open" | "push" = "open";
  isPressed = false;
  /** One talks oneself, as measured. */
  isTalking = false;
  /** Why the server will not have it: muted by a host, for instance. */
  refusal = "";
  captioner: Captioner | undefined;
  private readonly peers = new Map<number, Heard>();
  private readonly volumes = new Map<number, number>();
  private nearby: readonly number[] = [];
  private stream: MediaStream | null = null;
  private ears: Ears | null = null;
  private own: Ear | null = null;
  private readonly letGo = new AbortController();
  private listenedAt_ms = -Infinity;
  private placedAt_ms = -Infinity;
  private readonly now: () => number;
  private isOpenAtServer = false;

  constructor(private readonly wire: Wire, private readonly options: VoiceOptions) {
    super();
    this.now = options.now ?? (() => performance.now());
    const { signal } = this.letGo;
    if (!options.connect && typeof RTCPeerConnection === "undefined") this.state = "unavailable";
    hear(wire, "nearby", ({ members }) => {
      this.nearby = members;
      this.match();
    }, signal);
    hear(wire, "signalled", ({ who, kind, data }) => this.signalled(who, kind, data), signal);
    hear(wire, "moderated", ({ op }) => {
      if (op === "mute") {
        this.isOpenAtServer = false;
        this.refusal = "mute";
        this.close();
      }
      if (op === "unmute") {
        this.refusal = "";
        this.changed();
      }
    }, signal);
    wire.addEventListener("change", () => {
      if (wire.state === "open") return;
      // Signals cannot pass and the others have been told that one is away: begin anew once one is back.
      this.isOpenAtServer = false;
      this.nearby = [];
      this.match();
    }, { signal });
    wire.addEventListener("ready", () => this.tellServer(), { signal });
    wire.addEventListener("card", () => this.balance(), { signal });
  }

  /** How many people one is connected with. */
  get heardBy(): number {
    let count = 0;
    for (const { peer } of this.peers.values()) if (peer.state === "connected") count++;
    return count;
  }

  isConnected(member: number): boolean {
    return this.peers.get(member)?.peer.state === "connected";
  }

  /** The microphone, after a tap. */
  async start(): Promise<void> {
    if (this.state === "unavailable" || this.state === "asking" || this.state === "on") return;
    this.state = "asking";
    this.refusal = "";
    this.changed();
    try {
      const ask = this.options.microphone ?? (() => navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } }));
      const stream = await ask();
      if ((this.state as string) !== "asking") return stop(stream);
      this.stream = stream;
      this.state = "on";
      this.isMuted = false;
      this.wake();
      this.own = this.ears?.add(stream) ?? null;
      if (this.own) this.own.gain = 0; // to measure, not to hear oneself
      for (const track of stream.getAudioTracks()) track.addEventListener("ended", () => this.close());
      this.speak();
    } catch (error) {
      this.state = (error as { name?: string } | null)?.name === "TypeError" ? "unavailable" : "refused";
    }
    this.changed();
  }

  /** Put the microphone away. One goes on hearing. */
  close(): void {
    if (this.stream) stop(this.stream);
    this.stream = null;
    this.own?.dispose();
    this.own = null;
    this.isTalking = false;
    if (this.state !== "unavailable") this.state = "off";
    this.speak();
    this.changed();
  }

  mute(isMuted: boolean): void {
    this.isMuted = isMuted;
    this.speak();
    this.changed();
  }

  setMode(mode: "open" | "push"): void {
    this.mode = mode;
    this.isPressed = false;
    this.speak();
    this.changed();
  }

  /** Push to talk: held or let go. */
  press(isPressed: boolean): void {
    if (this.mode !== "push" || this.isPressed === isPressed) return;
    this.isPressed = isPressed;
    this.speak();
    this.changed();
  }

  volumeOf(member: number): number {
    return this.volumes.get(member) ?? 1;
  }

  /** From 0 (silent) to 2. */
  setVolume(member: number, volume: number): void {
    this.volumes.set(member, Math.max(0, Math.min(2, volume)));
    this.balance();
    this.changed();
  }

  /** Sound may begin: call it at any gesture of the shopper. */
  wake(): void {
    if (this.state === "unavailable") return;
    try {
      this.ears ??= (this.options.ears ?? browserEars)();
      this.ears.wake();
    } catch {
      // no sound device
    }
  }

  /** Any gesture of the shopper: voices that came before it begin to sound. */
  gesture(): void {
    if (this.ears || this.peers.size) this.wake();
  }

  /** Whom one hides has changed. */
  balance(): void {
    for (const [member, heard] of [...this.peers]) {
      if (this.options.isHidden(member)) heard.peer.close();
      else if (heard.ear) heard.ear.gain = this.wire.person(member)?.card?.muted ? 0 : this.volumeOf(member);
    }
    this.match();
  }

  /** Once a frame, from where one stands; works ten to twenty times a second. Allocates nothing. */
  update(x: number, y: number, z: number, yaw: number): void {
    const now_ms = this.now();
    if (!this.ears || now_ms - this.placedAt_ms < PLACE_MS) return;
    this.placedAt_ms = now_ms;
    this.ears.stand(x, y + EARS_UP_M, z, yaw);
    const listens = now_ms - this.listenedAt_ms >= LISTEN_MS;
    if (listens) this.listenedAt_ms = now_ms;
    for (const [member, heard] of this.peers) {
      const person = this.wire.person(member);
      if (!person || !heard.ear) continue;
      heard.ear.place(person.x, person.y + EARS_UP_M, person.z);
      if (listens) this.tellTalking(person, heard.ear.isTalking(now_ms));
    }
    if (listens && this.own) {
      const isTalking = this.isSpeaking && this.own.isTalking(now_ms);
      if (isTalking !== this.isTalking) {
        this.isTalking = isTalking;
        this.changed();
      }
    }
  }

  dispose(): void {
    this.letGo.abort();
    this.close();
    for (const { peer } of [...this.peers.values()]) peer.close();
    this.ears?.dispose();
    this.ears = null;
  }

  /** Whether one's microphone is heard by the others right now. */
  get isSpeaking(): boolean {
    return this.stream !== null && !this.isMuted && (this.mode === "open" || this.isPressed);
  }

  private tellTalking(person: Person, isTalking: boolean): void {
    if (person.isTalking === isTalking) return;
    person.isTalking = isTalking;
    this.dispatchEvent(new CustomEvent("talking", { detail: person }));
  }

  /** Tracks and the server's list as they should be. */
  private speak(): void {
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = this.isSpeaking;
    const track = this.stream?.getAudioTracks()[0] ?? null;
    for (const { peer } of this.peers.values()) peer.speak(track);
    this.tellServer();
  }

  /** Whether one may be heard: a muted microphone stays in the list, so that opening it is at once. */
  private tellServer(): void {
    const isOpen = this.stream !== null;
    if (isOpen === this.isOpenAtServer || this.wire.state !== "open") return;
    this.isOpenAtServer = isOpen;
    this.wire.act({ do: "voice", on: isOpen }).catch((error: unknown) => {
      this.isOpenAtServer = false;
      this.refusal = refusalOf(error).code;
      if (isOpen) this.close();
    });
  }

  /** Connections to those nearby, and to nobody else. */
  private match(): void {
    if (this.state === "unavailable") return;
    const wanted = new Set(this.nearby.filter((member) => member !== this.wire.member && !this.options.isHidden(member)).slice(0, MOST_PEERS));
    for (const [member, { peer }] of [...this.peers]) if (!wanted.has(member)) peer.close();
    for (const member of wanted) if (!this.peers.has(member)) this.meet(member);
  }

  private meet(member: number): Heard | null {
    const config: RTCConfiguration = { iceServers: (this.wire.welcome?.ice ?? []).filter((one) => "urls" in one).map((one) => ({ ...one }) as unknown as RTCIceServer) };
    let connection: RTCPeerConnection;
    try {
      connection = (this.options.connect ?? ((found) => new RTCPeerConnection(found)))(config);
    } catch {
      return null;
    }
    const peer = new Peer({
      connection,
      // The same on both sides, or nobody or both would give way.
      isPolite: this.wire.member > member,
      send: (kind, data) => this.wire.act({ do: "signal", to: member, kind, data }).catch(() => undefined),
      heard: (stream) => this.hears(member, stream),
      changed: () => this.changed(),
      ended: () => this.ended(member, peer),
    });
    const heard: Heard = { peer, ear: null, stopCaptions: null };
    this.peers.set(member, heard);
    peer.speak(this.stream?.getAudioTracks()[0] ?? null);
    this.changed();
    return heard;
  }

  private signalled(who: number, kind: string, data: string): void {
    if (this.options.isHidden(who) || this.state === "unavailable") return;
    // Their list may come before ours: the server passes signals on only between people whom it put together.
    const heard = this.peers.get(who) ?? (kind === "offer" && this.peers.size < MOST_PEERS ? this.meet(who) : null);
    void heard?.peer.receive(kind, data);
  }

  private hears(member: number, stream: MediaStream): void {
    const heard = this.peers.get(member);
    if (!heard) return;
    this.wake();
    heard.ear?.dispose();
    heard.stopCaptions?.();
    heard.ear = this.ears?.add(stream) ?? null;
    heard.stopCaptions = this.captioner?.(member, stream, (text) => this.dispatchEvent(new CustomEvent("caption", { detail: { member, text } }))) ?? null;
    if (heard.ear) heard.ear.gain = this.options.isHidden(member) || this.wire.person(member)?.card?.muted ? 0 : this.volumeOf(member);
    this.changed();
  }

  private ended(member: number, peer: Peer): void {
    const heard = this.peers.get(member);
    if (!heard || heard.peer !== peer) return;
    heard.ear?.dispose();
    heard.stopCaptions?.();
    this.peers.delete(member);
    const person = this.wire.person(member);
    if (person) this.tellTalking(person, false);
    this.changed();
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}

const stop = (stream: MediaStream): void => stream.getTracks().forEach((track) => track.stop());
