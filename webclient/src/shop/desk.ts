/**
 * The shop's HTTP API with the patience that a purchase needs: keys on every write, a limit on every wait, another try
 * with the same key after a lost answer, and a guest's pass when the server knows nobody.
 */
import { beSomebody } from "./account";
import { Keys, shelf } from "./keys";

const ANSWER_MS = 15_000;
const PAUSES_MS: readonly number[] = [400, 1200, 3000];
const LONGEST_WAIT_MS = 8000;
const TRY_AGAIN: ReadonlySet<number> = new Set([408, 425, 502, 503, 504]);

/** What the server refused, or `shop.lost` if it did not answer. */
export class ShopError extends Error {
  override readonly name = "ShopError";
  constructor(
    readonly code: string,
    /** The server's own sentence, in English; the page has its own for the codes it knows. */
    message: string,
    readonly status = 0,
    readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
  /** Nobody knows whether it was done: ask again, with the same key. */
  get isLost(): boolean {
    return this.status === 0 || TRY_AGAIN.has(this.status);
  }
}

export interface DeskOptions {
  readonly server?: string;
  readonly fetch?: typeof fetch;
  readonly keys?: Keys;
  readonly enter?: () => Promise<void>;
  readonly pause?: (ms: number) => Promise<void>;
  readonly now?: () => number;
}

interface Wish {
  readonly body?: unknown;
  /** Where its key is kept; writes need one. */
  readonly slot?: string;
  readonly keys?: Keys;
}

export class Desk {
  readonly server: string;
  private readonly fetch: typeof fetch;
  private readonly keys: Keys;
  private readonly enter: () => Promise<void>;
  private readonly pause: (ms: number) => Promise<void>;
  private readonly now: () => number;
  private offset_ms = 0;
  private isSomebody = false;

  constructor(options: DeskOptions = {}) {
    this.server = options.server ?? "";
    this.fetch = options.fetch ?? ((...args) => globalThis.fetch(...args));
    this.now = options.now ?? Date.now;
    this.keys = options.keys ?? new Keys(shelf("localStorage"), this.now);
    this.enter = options.enter ?? (() => beSomebody(this.server, this.fetch));
    this.pause = options.pause ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
  }

  /** The server's clock, to about a second: leases end by it, however wrong the shopper's own is. */
  now_ms(): number {
    return this.now() + this.offset_ms;
  }

  /** Whether the server knows who asks. Who only looks around needs no pass, and nothing can be in a cart without one. */
  async isKnown(): Promise<boolean> {
    if (!this.isSomebody) this.isSomebody = Boolean((await this.ask<{ id?: string }>("GET", "/api/me")).id);
    return this.isSomebody;
  }

  /**
   * Ask until there is an answer.
   *
   * @throws ShopError what the server refused, or `shop.lost` after the last try
   */
  async ask<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, wish: Wish = {}): Promise<T> {
    const text = wish.body === undefined ? undefined : JSON.stringify(wish.body);
    const keys = wish.keys ?? this.keys;
    const key = wish.slot === undefined ? undefined : keys.of(wish.slot, `${method} ${path} ${text ?? ""}`);
    let hasEntered = false;
    if (wish.slot !== undefined && !(await this.isKnown())) {
      hasEntered = true;
      await this.become();
    }
    for (let tries = 0; ; ) {
      const answer = await this.once(method, path, text, key);
      if (!(answer instanceof ShopError)) {
        if (wish.slot !== undefined && key) keys.done(wish.slot, key);
        return answer.found as T;
      }
      if (answer.status === 401 && !hasEntered) {
        hasEntered = true;
        await this.become();
        continue;
      }
      const wait_ms = answer.status === 429 ? Number(answer.fields["retry_after_s"] ?? 2) * 1000 : PAUSES_MS[tries];
      const mayRetry = answer.isLost || answer.status === 429;
      if (!mayRetry || tries >= PAUSES_MS.length || wait_ms === undefined || wait_ms > LONGEST_WAIT_MS) {
        // A refusal is an answer; a loss is none, and its key waits for the next try.
        if (wish.slot !== undefined && key && !answer.isLost) keys.done(wish.slot, key);
        throw answer;
      }
      tries++;
      await this.pause(wait_ms);
    }
  }

  private async become(): Promise<void> {
    try {
      await this.enter();
      this.isSomebody = true;
    } catch {
      throw new ShopError("shop.lost", "The server did not answer.");
    }
  }

  private async once(method: string, path: string, text: string | undefined, key: string | undefined): Promise<{ found: unknown } | ShopError> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (text !== undefined) headers["Content-Type"] = "application/json";
    if (key !== undefined) headers["Idempotency-Key"] = key;
    const asked_ms = this.now();
    let answer: Response;
    let body: string;
    try {
      answer = await this.fetch(this.server + path, {
        method, headers, credentials: "same-origin", signal: AbortSignal.timeout(ANSWER_MS), ...(text === undefined ? {} : { body: text }),
      });
      body = await answer.text();
    } catch {
      return new ShopError("shop.lost", "The server did not answer.");
    }
    this.setClock(answer.headers.get("Date"), asked_ms);
    let found: unknown;
    try {
      found = body ? JSON.parse(body) : {};
    } catch {
      return new ShopError("shop.unreadable", "The server's answer cannot be read.", answer.ok ? 502 : answer.status);
    }
    if (answer.ok) return { found };
    const error = (found as { error?: { code?: string; message?: string; fields?: Record<string, unknown> } }).error ?? {};
    const after_s = Number(answer.headers.get("Retry-After"));
    const fields = { ...(error.fields ?? {}), ...(after_s > 0 ? { retry_after_s: after_s } : {}) };
    return new ShopError(error.code ?? "shop.failed", error.message ?? "", answer.status, fields);
  }

  /** The header has whole seconds: half of one is added, and half of the way there and back. */
  private setClock(date: string | null, asked_ms: number): void {
    const server_ms = Date.parse(date ?? "");
    if (Number.isNaN(server_ms)) return;
    const offset_ms = server_ms + 500 - (asked_ms + this.now()) / 2;
    // Within the header's own uncertainty the clocks agree; a countdown should not jump for it.
    if (Math.abs(offset_ms - this.offset_ms) > 1000) this.offset_ms = offset_ms;
  }
}
