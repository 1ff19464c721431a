import type { Member } from "../api/types.ts";
import { customFields, templates } from "../api/templates.ts";
import { viewMessage } from "../templates/message_view.ts";
import { VARIABLES, variableTag } from "../templates/variables.ts";
import type { PickerItem } from "./ComposerPicker.svelte";

export type PickerKind = "emoji" | "variable";

/** Colleagues by name; a name that several have means all of them. */
export function mentionItems(members: readonly Member[], userId: string): PickerItem[] {
  const others = members.filter((member) => member.id !== userId);
  return [...new Set(others.map(({ name }) => name))].map((name) => ({ value: `@${name} `, name }));
}

export async function variableItems(workspaceId: string): Promise<PickerItem[]> {
  const { items } = await customFields.list(workspaceId);
  const fields = items.map((field) => ({ value: `custom.${field.key}`, name: field.label }));
  return [...VARIABLES.map(({ key, name }) => ({ value: key, name })), ...fields];
}

/** The fallback of an unknown value: a message with only a variable needs a text for everybody. */
const UNKNOWN = "∅";

/** The value of a variable for a contact; null if unknown. */
export async function variableValue(
  workspaceId: string,
  { key, contactId }: { key: string; contactId: string },
): Promise<string | null> {
  const content = { text: variableTag(key, UNKNOWN) };
  const { message } = await templates.preview(workspaceId, { content, contactId });
  const { text } = viewMessage(message);
  return text === UNKNOWN ? null : text;
}
