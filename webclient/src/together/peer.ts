/**
 * One voice connection to one person: perfect negotiation over the server's signals (W3C WebRTC 1.0, 10.7).
 *
 * One transceiver each, there from the start: to open or close the microphone is to replace a track, which needs no
 * new negotiation. The one with the lower number begins; the other waits for the offer and gives way in a collision.
 */

export type SignalKind = "offer" | "answer" | "ice" | "bye";
const LONGEST: Readonly<Record<SignalKind, number>> = { offer: 16_384, answer: 16_384, ice: 1024, bye: 0 };
/** Whoever waits for an offer begins after all when none came. */
const WAIT_MS = 4000;
const MOST_RESTARTS = 3;

export interface PeerOptions {
  readonly isPolite: boolean;
  readonly connection: RTCPeerConnection;
  readonly send: (kind: SignalKind, data: string) => void;
  readonly heard: (stream: MediaStream) => void;
  /** It came about, or was lost. */
  readonly changed: () => void;
  readonly ended: () => void;
}

export class Peer {
  private isOffering = false;
  private ignoresOffer = false;
  private sender: RTCRtpSender | null = null;
  private track: MediaStreamTrack | null = null;
  private restarts = 0;
  private isClosed = false;
  private readonly patience: ReturnType<typeof setTimeout> | undefined;
  private readonly early: RTCIceCandidateInit[] = [];

  constructor(private readonly options: PeerOptions) {
    const { connection, isPolite } = options;
    connection.onicecandidate = ({ candidate }) => candidate && this.send("ice", JSON.stringify(candidate.toJSON()));
    connection.ontrack = ({ streams, track }) => options.heard(streams[0] ?? new MediaStream([track]));
    connection.onnegotiationneeded = () => void this.offer();
    connection.onconnectionstatechange = () => this.changed();
    if (isPolite) this.patience = setTimeout(() => !this.sender && this.begin(), WAIT_MS);
    else this.begin();
  }

  get state(): RTCPeerConnectionState {
    return this.options.connection.connectionState;
  }

  /** The microphone's track, or null for silence. */
  speak(track: MediaStreamTrack | null): void {
    this.track = track;
    void this.sender?.replaceTrack(track).catch(() => undefined);
  }

  async receive(kind: string, data: string): Promise<void> {
    const { connection, isPolite } = this.options;
    if (this.isClosed) return;
    try {
      if (kind === "offer" || kind === "answer") {
        const description: RTCSessionDescriptionInit = { type: kind, sdp: data };
        const collides = kind === "offer" && (this.isOffering || connection.signalingState !== "stable");
        this.ignoresOffer = !isPolite && collides;
        if (this.ignoresOffer) return;
        await connection.setRemoteDescription(description);
        for (const candidate of this.early.splice(0)) await connection.addIceCandidate(candidate).catch(() => undefined);
        if (kind === "offer") {
          this.adopt();
          await connection.setLocalDescription();
          const answer = connection.localDescription;
          if (answer) this.send("answer", answer.sdp);
        }
      } else if (kind === "ice") {
        const candidate = JSON.parse(data) as RTCIceCandidateInit;
        if (!connection.remoteDescription) this.early.push(candidate);
        else await connection.addIceCandidate(candidate);
      } else if (kind === "bye") this.end();
    } catch {
      // What the other's page sent makes no sense. A candidate less is no loss; without a description there is no voice,
      // and the next list of people nearby begins anew.
      if (kind !== "ice" && !this.ignoresOffer) this.restart();
    }
  }

  close(): void {
    if (this.isClosed) return;
    this.send("bye", "");
    this.end();
  }

  private begin(): void {
    if (this.isClosed) return;
    this.sender = this.options.connection.addTransceiver("audio", { direction: "sendrecv" }).sender;
    if (this.track) void this.sender.replaceTrack(this.track).catch(() => undefined);
  }

  /** Answer in the transceiver of the offer. */
  private adopt(): void {
    if (this.sender) return;
    const transceiver = this.options.connection.getTransceivers().find(({ receiver }) => receiver.track.kind === "audio");
    if (!transceiver) return;
    transceiver.direction = "sendrecv";
    this.sender = transceiver.sender;
    if (this.track) void this.sender.replaceTrack(this.track).catch(() => undefined);
  }

  private async offer(): Promise<void> {
    const { connection } = this.options;
    try {
      this.isOffering = true;
      await connection.setLocalDescription();
      const offer = connection.localDescription;
      if (offer && !this.isClosed) this.send("offer", offer.sdp);
    } catch {
      this.restart();
    } finally {
      this.isOffering = false;
    }
  }

  private changed(): void {
    const { connection } = this.options;
    if (connection.connectionState === "failed") this.restart();
    if (connection.connectionState === "connected") this.restarts = 0;
    if (connection.connectionState === "closed") this.end();
    this.options.changed();
  }

  private restart(): void {
    if (this.isClosed) return;
    if (++this.restarts > MOST_RESTARTS) this.end();
    else if (!this.options.isPolite) this.options.connection.restartIce();
  }

  private send(kind: SignalKind, data: string): void {
    // A longer one would be refused; without it this pair stays silent.
    if (data.length <= LONGEST[kind]) this.options.send(kind, data);
  }

  private end(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearTimeout(this.patience);
    const { connection } = this.options;
    connection.onicecandidate = connection.ontrack = connection.onnegotiationneeded = connection.onconnectionstatechange = null;
    connection.close();
    this.options.ended();
  }
}
