import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ear, Ears } from "../../src/together/hearing";
import { Peer } from "../../src/together/peer";
import { Voice } from "../../src/together/voice";
import { person, ScriptedWire } from "./scripted";

/** A connection that follows the rules of signalling (W3C WebRTC 1.0, 4.4) and has no network. */
class FakeConnection {
  static all: FakeConnection[] = [];
  signalingState: "stable" | "have-local-offer" | "have-remote-offer" | "closed" = "stable";
  connectionState = "new";
  localDescription: { type: string; sdp: string } | null = null;
  remoteDescription: { type: string; sdp: string } | null = null;
  onicecandidate: ((event: unknown) => void) | null = null;
  ontrack: ((event: unknown) => void) | null = null;
  onnegotiationneeded: (() => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  restarts = 0;
  readonly candidates: unknown[] = [];
  readonly transceivers: { direction: string; sender: { track: unknown; replaceTrack(track: unknown): Promise<void> }; receiver: { track: { kind: string } } }[] = [];
  private made = 0;

  constructor(readonly config: RTCConfiguration = {}) {
    FakeConnection.all.push(this);
  }
  addTransceiver(): unknown {
    const made = this.transceiver();
    queueMicrotask(() => this.onnegotiationneeded?.());
    return made;
  }
  getTransceivers(): unknown[] {
    return this.transceivers;
  }
  async setLocalDescription(): Promise<void> {
    if (this.signalingState === "closed") throw new Error("closed");
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    this.localDescription = { type, sdp: `${type} ${++this.made}` };
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
    if (type === "answer") this.meets();
    await Promise.resolve();
  }
  async setRemoteDescription(found: { type: string; sdp: string }): Promise<void> {
    if (found.type === "answer" && this.signalingState !== "have-local-offer") throw new Error("no offer to answer");
    // An offer in the middle of one's own rolls that back, as browsers do.
    this.signalingState = found.type === "offer" ? "have-remote-offer" : "stable";
    this.remoteDescription = found;
    if (found.type === "offer" && !this.transceivers.length) this.transceiver();
    if (found.type === "answer") this.meets();
    await Promise.resolve();
  }
  async addIceCandidate(candidate: unknown): Promise<void> {
    if (!this.remoteDescription) throw new Error("too early");
    this.candidates.push(candidate);
    await Promise.resolve();
  }
  restartIce(): void {
    this.restarts++;
    this.onnegotiationneeded?.();
  }
  close(): void {
    this.signalingState = "closed";
    this.connectionState = "closed";
  }
  private transceiver(): (typeof this.transceivers)[number] {
    const sender = { track: null as unknown, replaceTrack: (track: unknown) => ((sender.track = track), Promise.resolve()) };
    const made = { direction: "recvonly", sender, receiver: { track: { kind: "audio" } } };
    this.transceivers.push(made);
    return made;
  }
  private meets(): void {
    this.connectionState = "connected";
    this.onconnectionstatechange?.();
    this.ontrack?.({ streams: [{ id: "their voice" }], track: {} });
  }
}

const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1);

beforeEach(() => {
  vi.useFakeTimers();
  FakeConnection.all = [];
});
afterEach(() => vi.useRealTimers());

describe("two peers", () => {
  function pair(): { peers: Peer[]; connections: FakeConnection[]; ended: number[]; sent: string[] } {
    const peers: Peer[] = [];
    const ended: number[] = [];
    const sent: string[] = [];
    const connections = [new FakeConnection(), new FakeConnection()];
    connections.forEach((connection, i) => {
      peers.push(new Peer({
        isPolite: i === 1, connection: connection as unknown as RTCPeerConnection, heard: () => undefined, changed: () => undefined, ended: () => ended.push(i),
        send: (kind, data) => {
          sent.push(`${i} ${kind}`);
          queueMicrotask(() => void peers[1 - i]?.receive(kind, data));
        },
      }));
    });
    return { peers, connections, ended, sent };
  }

  it("meet by one offer and one answer", async () => {
    const { connections, sent } = pair();
    await settled();
    expect(connections.map(({ connectionState, signalingState }) => [connectionState, signalingState])).toEqual([["connected", "stable"], ["connected", "stable"]]);
    expect(sent).toEqual(["0 offer", "1 answer"]);
  });

  it("meet also when both begin at once: the polite one gives way", async () => {
    const { connections } = pair();
    connections[1]?.onnegotiationneeded?.();
    await settled();
    expect(connections.map(({ connectionState, signalingState }) => [connectionState, signalingState])).toEqual([["connected", "stable"], ["connected", "stable"]]);
  });

  it("need no new negotiation for a microphone that opens or closes", async () => {
    const { peers, connections, sent } = pair();
    await settled();
    sent.length = 0;
    const track = { kind: "audio" } as MediaStreamTrack;
    peers[0]?.speak(track);
    expect(connections[0]?.transceivers[0]?.sender.track).toBe(track);
    peers[0]?.speak(null);
    expect(connections[0]?.transceivers[0]?.sender.track).toBeNull();
    expect(sent).toEqual([]);
    expect(connections[1]?.transceivers[0]?.direction).toBe("sendrecv");
  });

  it("keep candidates that come before the description they belong to", async () => {
    const connection = new FakeConnection();
    const peer = new Peer({ isPolite: true, connection: connection as unknown as RTCPeerConnection, send: () => undefined, heard: () => undefined, changed: () => undefined, ended: () => undefined });
    await peer.receive("ice", JSON.stringify({ candidate: "a" }));
    await peer.receive("offer", "offer 1");
    expect(connection.candidates).toEqual([{ candidate: "a" }]);
  });

  it("end together, and take no harm from what makes no sense", async () => {
    const { peers, connections, ended } = pair();
    await settled();
    await peers[1]?.receive("ice", "not json");
    await peers[1]?.receive("answer", "no answer");
    await peers[1]?.receive("constructor", "x");
    peers[0]?.close();
    await settled();
    expect(ended).toEqual([0, 1]);
    expect(connections.every(({ signalingState }) => signalingState === "closed")).toBe(true);
  });
});

class FakeEar implements Ear {
  gain = 1;
  isLoud = false;
  at: number[] = [];
  isDisposed = false;
  place(x: number, y: number, z: number): void {
    this.at = [x, y, z];
  }
  isTalking(): boolean {
    return this.isLoud;
  }
  dispose(): void {
    this.isDisposed = true;
  }
}

describe("voice", () => {
  let wire: ScriptedWire;
  let voice: Voice;
  let hidden: Set<number>;
  let heard: FakeEar[];
  let now: number;
  const track = { kind: "audio", enabled: true, stop: vi.fn(), addEventListener: () => undefined };
  const stream = { getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream;
  const microphone = vi.fn(() => Promise.resolve(stream));

  beforeEach(() => {
    wire = new ScriptedWire(5, "Mira").add(person(2, "Ada", {}, 3, 4), person(9, "Grace"));
    wire.welcome = { ice: [{ urls: "turn:turn.example:3478", username: "u", credential: "c" }] };
    hidden = new Set();
    heard = [];
    now = 0;
    microphone.mockClear();
    track.enabled = true;
    const ears = (): Ears => ({ add: () => (heard.push(new FakeEar()), heard.at(-1)!), stand: () => undefined, wake: () => undefined, dispose: () => undefined });
    voice = new Voice(wire, { isHidden: (member) => hidden.has(member), connect: (config) => new FakeConnection(config) as unknown as RTCPeerConnection, ears, microphone, now: () => now });
  });
  afterEach(() => voice.dispose());

  async function meet(...members: number[]): Promise<void> {
    wire.tell("nearby", { members });
    await settled();
    for (const member of members) {
      const kind = member < wire.member ? "offer" : "answer";
      wire.tell("signalled", { who: member, kind, data: `${kind} 1` });
      await settled();
    }
  }

  it("asks for the microphone at a tap and not before", async () => {
    await meet(2, 9);
    expect(microphone).not.toHaveBeenCalled();
    expect(voice.heardBy).toBe(2);
    await voice.start();
    expect(microphone).toHaveBeenCalledTimes(1);
    expect(wire.did("voice")).toEqual([{ do: "voice", on: true }]);
    expect(FakeConnection.all.map(({ transceivers }) => transceivers[0]?.sender.track)).toEqual([track, track]);
  });

  it("connects with those the server lists and with nobody else, through its servers", async () => {
    await meet(2, 9);
    expect(FakeConnection.all.map(({ config }) => config.iceServers)).toEqual([wire.welcome.ice, wire.welcome.ice]);
    wire.tell("nearby", { members: [9] });
    expect([voice.isConnected(2), voice.isConnected(9)]).toEqual([false, true]);
    expect(wire.did("signal").filter(({ kind }) => kind === "bye")).toEqual([{ do: "signal", to: 2, kind: "bye", data: "" }]);
    expect(heard[0]?.isDisposed).toBe(true);
  });

  it("never lets somebody be heard who is blocked, also not by their own offer", async () => {
    await meet(2, 9);
    hidden.add(2);
    voice.balance();
    expect(voice.isConnected(2)).toBe(false);
    wire.tell("signalled", { who: 2, kind: "offer", data: "offer 2" });
    wire.tell("nearby", { members: [2, 9] });
    await settled();
    expect(voice.isConnected(2)).toBe(false);
    expect(heard.filter(({ isDisposed }) => !isDisposed)).toHaveLength(1);
  });

  it("is silent for those whom a host has muted, and as loud as one set it for the others", async () => {
    await meet(2, 9);
    voice.setVolume(9, 0.4);
    wire.add({ ...person(2, "Ada", { muted: true }) });
    wire.tell("card", wire.person(2));
    expect(heard.map(({ gain }) => gain)).toEqual([0, 0.4]);
  });

  it("comes from where people stand, and tells who talks", async () => {
    await meet(2);
    now = 1000;
    heard[0]!.isLoud = true;
    voice.update(0, 0, 0, 0);
    expect(heard[0]?.at).toEqual([3, 1.6, 4]);
    expect(wire.person(2)?.isTalking).toBe(true);
    wire.tell("nearby", { members: [] });
    expect(wire.person(2)?.isTalking).toBe(false);
  });

  it("is heard only while the button is held, if one wishes", async () => {
    await voice.start();
    voice.setMode("push");
    expect(track.enabled).toBe(false);
    voice.press(true);
    expect([track.enabled, voice.isSpeaking]).toEqual([true, true]);
    voice.press(false);
    expect(track.enabled).toBe(false);
    voice.setMode("open");
    voice.mute(true);
    expect(track.enabled).toBe(false);
  });

  it("puts the microphone away when a host mutes one", async () => {
    await voice.start();
    wire.tell("moderated", { op: "mute", until_ms: null, reason: "", seconds: 0 });
    expect(voice.state).toBe("off");
    expect(track.stop).toHaveBeenCalled();
  });

  it("says so when the microphone is refused, and can be asked again", async () => {
    microphone.mockRejectedValueOnce(Object.assign(new Error("no"), { name: "NotAllowedError" }));
    await voice.start();
    expect(voice.state).toBe("refused");
    await voice.start();
    expect(voice.state).toBe("on");
  });

  it("begins anew after a lost link, with the microphone as it was", async () => {
    await voice.start();
    await meet(2);
    wire.state = "waiting";
    wire.dispatchEvent(new Event("change"));
    expect(voice.isConnected(2)).toBe(false);
    wire.state = "open";
    wire.tell("ready", { isFresh: false });
    expect(wire.did("voice").at(-1)).toEqual({ do: "voice", on: true });
    await meet(2);
    expect(voice.isConnected(2)).toBe(true);
  });

  it("ends cleanly: nothing is left open", async () => {
    await voice.start();
    await meet(2, 9);
    voice.dispose();
    expect(FakeConnection.all.every(({ signalingState }) => signalingState === "closed")).toBe(true);
    expect(heard.every(({ isDisposed }) => isDisposed)).toBe(true);
    expect(track.stop).toHaveBeenCalled();
  });
});
