import { m } from "#lib/paraglide/messages.js";
import { wholeNumber } from "./format.ts";

/** 1 contact, 5,998 contacts */
export function contactCount(count: number): string {
  return m.ui_contacts_count({ count, shown: wholeNumber(count) });
}
