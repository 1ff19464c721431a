import { m } from "#lib/paraglide/messages.js";
export interface Variable {
  key: string;
  name: string;
}

/** What a message may say of the person and the page it is sent from. */
export const VARIABLES: readonly Variable[] = [
  { key: "first_name", name: m.templates_variable_first_name() },
  { key: "last_name", name: m.templates_variable_last_name() },
  { key: "full_name", name: m.templates_variable_full_name() },
  { key: "page_name", name: m.templates_variable_page_name() },
];

/** `{{first_name|there}}`: the variable with what stands in where it is not known. */
export function variableTag(key: string, fallback: string): string {
  // These signs end a variable, so they cannot be part of what stands in for it.
  const words = fallback.replaceAll(/[{}|]/g, "").trim();
  return words === "" ? `{{${key}}}` : `{{${key}|${words}}}`;
}
