/** A download that gives up when nothing comes any more, so that one stalled file does not hold up the rest. */

/** Without a byte for so long, it is given up. */
const STALL_MS = 12_000;

export class Stalled extends Error {
  override readonly name = "Stalled";
}

/** @throws Stalled, or what `fetch` throws; an answer that is not 2xx is an error */
export async function download(address: string, signal: AbortSignal, stall_ms = STALL_MS, ask: typeof fetch = fetch): Promise<ArrayBuffer> {
  const ended = new AbortController();
  const stop = (): void => ended.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => ended.abort(new Stalled(`${address}: nothing came for ${stall_ms / 1000} s`)), stall_ms);
  };
  // A body that ignores the signal must not hold us either.
  const given = new Promise<never>((_, failed) => ended.signal.addEventListener("abort", () => failed(ended.signal.reason as Error), { once: true }));
  given.catch(() => undefined);
  try {
    wait();
    const answer = await Promise.race([ask(address, { signal: ended.signal }), given]);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    if (!answer.body) return await Promise.race([answer.arrayBuffer(), given]);
    const reader = answer.body.getReader();
    const parts: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      wait();
      const { done, value } = await Promise.race([reader.read(), given]);
      if (done) break;
      parts.push(value);
      size += value.length;
    }
    const all = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all.buffer;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
