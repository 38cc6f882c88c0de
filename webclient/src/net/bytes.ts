/** Little-endian numbers out of one message, one after the other; never past its end. No allocation. */

import { malformed } from "./ids";

export class Bytes {
  at = 0;
  data: Uint8Array = new Uint8Array(0);

  /** Start over with another message. */
  open(data: Uint8Array, at = 0): void {
    this.data = data;
    this.at = at;
  }

  get left(): number {
    return this.data.length - this.at;
  }

  /** So many bytes are there still, or the message is malformed: a count is never believed before. */
  need(count: number): void {
    if (this.at + count > this.data.length) malformed(`a message of ${this.data.length} bytes ends early`);
  }

  end(): void {
    if (this.at !== this.data.length) malformed(`${this.left} bytes too many`);
  }

  u8(): number {
    this.need(1);
    return this.data[this.at++]!;
  }

  i8(): number {
    return (this.u8() << 24) >> 24;
  }

  u16(): number {
    this.need(2);
    const value = this.data[this.at]! | (this.data[this.at + 1]! << 8);
    this.at += 2;
    return value;
  }

  i16(): number {
    return (this.u16() << 16) >> 16;
  }

  u32(): number {
    this.need(4);
    const d = this.data;
    const at = this.at;
    this.at += 4;
    return (d[at]! | (d[at + 1]! << 8) | (d[at + 2]! << 16) | (d[at + 3]! << 24)) >>> 0;
  }
}
