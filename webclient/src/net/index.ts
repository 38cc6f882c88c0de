/** The network client: `Session` and its types. */

export type { Action } from "./actions";
export { BODY_BONES } from "./body";
export { Anim, Cap, Close, Mode, Refusal, VERSION } from "./ids";
export type { SocketMaker, WebSocketLike } from "./link";
export { Refused } from "./messages";
export type { FloorInfo, Limits, ServerEvents, Welcome } from "./messages";
export type { Card, Crowd, Moving, Part, Person } from "./person";
export type { OwnPose } from "./pose";
export type { Problem, SessionState } from "./connection";
export { Session } from "./session";
export type { Scope, SessionEvents, SessionOptions } from "./session";
export type { StateChange } from "./showing";
export type { Corrected } from "./standing";
export { NoEntry, roomAddress, seatTicket } from "./tickets";
export type { Ticket, TicketRequest } from "./tickets";
