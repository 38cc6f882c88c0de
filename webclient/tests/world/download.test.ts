import { describe, expect, it } from "vitest";
import { download, Stalled } from "../../src/viewer/download";

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const answering = (answer: () => Promise<Response>): typeof fetch => answer as unknown as typeof fetch;

describe("a download", () => {
  it("that never answers is given up, and so is one that stops half way", async () => {
    const signal = new AbortController().signal;
    await expect(download("/a", signal, 20, answering(() => never()))).rejects.toBeInstanceOf(Stalled);
    const half = new ReadableStream<Uint8Array>({ start: (out) => out.enqueue(new Uint8Array([1, 2])) });
    await expect(download("/b", signal, 20, answering(() => Promise.resolve(new Response(half))))).rejects.toBeInstanceOf(Stalled);
  });

  it("brings every byte in order, however it is cut", async () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) % 256);
    const cut = new ReadableStream<Uint8Array>({
      start(out) {
        for (let at = 0, step = 1; at < bytes.length; at += step, step = (step * 3) % 97) out.enqueue(bytes.slice(at, at + step));
        out.close();
      },
    });
    const found = await download("/c", new AbortController().signal, 1000, answering(() => Promise.resolve(new Response(cut))));
    expect(new Uint8Array(found)).toEqual(bytes);
  });

  it("ends when one leaves, and on a refusal", async () => {
    const left = new AbortController();
    const waiting = download("/d", left.signal, 10_000, answering(() => never()));
    left.abort(new Error("left"));
    await expect(waiting).rejects.toThrow("left");
    await expect(download("/e", new AbortController().signal, 1000, answering(() => Promise.resolve(new Response("", { status: 404 }))))).rejects.toThrow("404");
  });
});
