import { problem } from "./problems.ts";

/** An address as people type it; whether it exists only a mail can tell. */
export const emailPattern = "^[^\\s@\\u0000-\\u001f\\u007f]+@[^\\s@\\u0000-\\u001f\\u007f]+$";
export const longestEmail = 254;

/** Throws 422 for what login would not take: an account that nobody could enter. */
export function requireEmail(text: string): void {
  if (text.length <= longestEmail && new RegExp(emailPattern, "u").test(text)) return;
  throw problem("invalid-email", { email: text });
}
