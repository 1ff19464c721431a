import { problem } from "./problems.ts";

/** Meta takes texts of less than 2,000 characters (Send API reference). */
export const maxTextLength = 2_000;

/** The text as it is stored and sent: neither empty nor too long. */
export function checkText(given: string): string {
  const text = given.trim();
  if (text === "") throw problem("reply-empty");
  // Meta counts characters; a string's length counts those beyond 16 bits twice.
  const length = text.length >= maxTextLength ? [...text].length : text.length;
  if (length >= maxTextLength) {
    throw problem("invalid-text", { length, most: maxTextLength - 1 });
  }
  return text;
}
