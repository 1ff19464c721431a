/** A text with its selection replaced, and the new position of the caret. */
export function insertText(
  text: string,
  part: string,
  { selectionStart, selectionEnd }: { selectionStart: number; selectionEnd: number },
): { text: string; caret: number } {
  const caret = selectionStart + part.length;
  return { text: text.slice(0, selectionStart) + part + text.slice(selectionEnd), caret };
}
