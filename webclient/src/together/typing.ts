/** When keys are words, and when they are gestures. */

/** Keys do what they say only while nobody types or chooses. */
export function isTyping(event: Event): boolean {
  return event.composedPath().some((one) => one instanceof HTMLElement && (one.isContentEditable || /^(input|textarea|select)$/i.test(one.tagName)));
}

/** Keys typed in a field are words, not steps through the store; Escape leaves the field's panel all the same. */
export function asWords(event: KeyboardEvent): void {
  if (event.key !== "Escape" || event.isComposing) event.stopPropagation();
}
