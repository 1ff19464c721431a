import { problem } from "./problems.ts";

/** An e-mail address; only a mail can prove that it exists. */
export const emailPattern = "^[^\\s@\\u0000-\\u001f\\u007f]+@[^\\s@\\u0000-\\u001f\\u007f]+$";
export const longestEmail = 254;

/** Throws 422 for an address that login would refuse, because nobody could enter that account. */
export function requireEmail(text: string): void {
  if (text.length <= longestEmail && new RegExp(emailPattern, "u").test(text)) return;
  throw problem("invalid-email", { email: text });
}
