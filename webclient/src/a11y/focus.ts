/** Where the keyboard is: who had it before a panel opened, and whether somebody types. */

/** Remembers who has the keyboard now; the answer gives it back, if they are still there. */
export function remembered(): (fallback?: HTMLElement | null) => void {
  const had = document.activeElement instanceof HTMLElement && document.activeElement !== document.body ? document.activeElement : null;
  return (fallback) => {
    const to = had?.isConnected && had.getClientRects().length ? had : fallback;
    to?.focus({ preventScroll: true });
  };
}

/** Whether letters are being typed right now, so that they are no shortcuts. */
export function isTyping(target: EventTarget | null): boolean {
  const deep = (document.activeElement?.shadowRoot?.activeElement ?? target) as Element | null;
  if (!(deep instanceof HTMLElement)) return false;
  if (deep instanceof HTMLInputElement) return !["button", "checkbox", "radio", "range", "submit", "reset", "color"].includes(deep.type);
  return deep instanceof HTMLTextAreaElement || deep instanceof HTMLSelectElement || deep.isContentEditable;
}
