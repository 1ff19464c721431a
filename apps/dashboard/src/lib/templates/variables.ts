import { m } from "#lib/paraglide/messages.js";
export interface Variable {
  key: string;
  name: string;
}

/** Variables about the contact and the page. */
export const VARIABLES: readonly Variable[] = [
  { key: "first_name", name: m.templates_variable_first_name() },
  { key: "last_name", name: m.templates_variable_last_name() },
  { key: "full_name", name: m.templates_variable_full_name() },
  { key: "page_name", name: m.templates_variable_page_name() },
];

/** `{{first_name|there}}`: the variable with its fallback. */
export function variableTag(key: string, fallback: string): string {
  // These characters end a variable, so they cannot be part of its fallback.
  const words = fallback.replaceAll(/[{}|]/g, "").trim();
  return words === "" ? `{{${key}}}` : `{{${key}|${words}}}`;
}
