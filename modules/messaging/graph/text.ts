import { Problem } from "#std";

/** Meta takes texts of less than 2,000 characters (Send API reference). */
export const maxTextLength = 2_000;

/** The text as it is stored and sent: neither empty nor too long. */
export function checkText(given: string): string {
  const text = given.trim();
  if (text === "")
    throw new Problem("invalid-text", 422, "Cannot send an empty reply: write something first");
  // Meta counts characters; a string's length counts those beyond 16 bits twice.
  const length = text.length >= maxTextLength ? [...text].length : text.length;
  if (length >= maxTextLength) {
    throw new Problem(
      "invalid-text",
      422,
      `Cannot send this reply: it has ${length} characters, and Messenger takes fewer than ${maxTextLength}. Split it`,
    );
  }
  return text;
}
