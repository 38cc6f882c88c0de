/** Every number of the wire protocol (`docs/protocol.md`), in one place; `tests/contract/vectors/ids.json` holds them to it. */

export const VERSION = 1;
export const SUBPROTOCOL = "showroom.v1";

export const ToServer = { HELLO: 1, POSE: 2, STATE: 3, SAY: 4, ACTION: 5, ACK: 6, WHO: 7, PING: 8, RESYNC: 9, BYE: 10, BODY: 11 } as const;
export const ToClient = {
  WELCOME: 0x41, FRAME: 0x42, KEYFRAME: 0x43, FAR: 0x44, CORRECT: 0x45, EVENT: 0x46, CARDS: 0x47, PONG: 0x48, REFUSED: 0x49, RIGS: 0x4a, BODIES: 0x4b,
} as const;

/** Private close codes: up to 4499 one may come back by oneself, from 4500 on not the same way. */
export const Close = {
  GOING_AWAY: 4000, FLOOD: 4001, SLOW_READER: 4002, IDLE: 4003, HELLO_TIMEOUT: 4004, ROOM_FULL: 4005, INTERNAL: 4006,
  MALFORMED: 4500, UNKNOWN_MESSAGE: 4501, TOO_LARGE: 4502, OUT_OF_ORDER: 4503, VERSION: 4504, TICKET: 4505, RESUME_UNKNOWN: 4506,
  REPLACED: 4507, KICKED: 4508, BANNED: 4509, ROOM_CLOSED: 4510,
} as const;

/** Why a pose was not taken (CORRECT); 0 is "the server put you there". */
export const Refusal = { SPEED: 1, CLOCK: 2, WALL: 3, BOUNDS: 4, TELEPORT: 5, REACH: 6 } as const;
export const Mode = { NONE: 0, POINTING: 1, INSPECTING: 2, HOLDING: 3, TRYING_ON: 4 } as const;
export const Anim = { AUTO: 0, SIT: 1, LOOK: 2, REACH: 3, DANCE: 4, APPLAUD: 5, TALK: 6, PHONE: 7, AWAY: 8 } as const;
export const Cap = { VR: 1, VOICE: 2, FAR: 4, BODIES: 8 } as const;

/** The longest message that a server sends. */
export const MOST_BYTES = 1 << 20;

/** The peer broke the protocol: the connection ends with this private code. Never reaches the page. */
export class ProtocolError extends Error {
  constructor(readonly code: number, what: string) {
    super(what);
    this.name = "ProtocolError";
  }
}

/** What came does not follow its table. */
export const malformed = (what: string): never => {
  throw new ProtocolError(Close.MALFORMED, what);
};
