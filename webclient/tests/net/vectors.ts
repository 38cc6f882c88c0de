/** The golden vectors that hold every language to the same bytes. */

import { readFileSync } from "node:fs";

export interface Vector {
  readonly message: string;
  readonly hex: string;
  readonly means: never;
}

export const vectors = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../../../tests/contract/vectors/${name}.json`, import.meta.url), "utf8")) as T;
export const fromHex = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
export const toHex = (data: Uint8Array): string => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
