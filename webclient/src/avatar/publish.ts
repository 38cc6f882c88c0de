/**
 * Sends a body of one's own to the store, so that others can see it. Only its owner asks for it.
 *
 * What it is not: wearing it; a look says so (`look.ts`).
 */
import { beSomebody } from "../shop/account";
import { OWN } from "./look";

/** The name by which a look wears it. Throws with a sentence for its owner. */
export async function publish(file: Blob, ask: typeof fetch = (...args) => fetch(...args)): Promise<string> {
  // It belongs to somebody, who can take it back: a guest at least.
  await beSomebody("", ask);
  const answer = await ask("/api/avatars", { method: "POST", body: file, headers: { "Content-Type": "model/gltf-binary" }, credentials: "same-origin" });
  const found = (await answer.json().catch(() => null)) as { avatar?: unknown; error?: { message?: string } } | null;
  if (!answer.ok || typeof found?.avatar !== "string" || !OWN.test(found.avatar)) throw new Error(found?.error?.message ?? answer.statusText);
  return found.avatar;
}
