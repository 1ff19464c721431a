/** A text with something put in place of what is selected, and where the caret then stands. */
export function insertText(
  text: string,
  part: string,
  { selectionStart, selectionEnd }: { selectionStart: number; selectionEnd: number },
): { text: string; caret: number } {
  const caret = selectionStart + part.length;
  return { text: text.slice(0, selectionStart) + part + text.slice(selectionEnd), caret };
}
