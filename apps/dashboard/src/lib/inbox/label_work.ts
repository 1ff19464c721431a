import { toast } from "svelte-sonner";
import type { Conversation } from "../api_types.ts";
import { contactChanges } from "../contacts/contacts_api.ts";
import type { Desk } from "../desk.svelte.ts";
import { describeError } from "../request.ts";

const UNDO_MS = 6000;

/** Sets the labels of a conversation, which are its contact's tags: shown at once, and taken back when refused. */
async function setLabels(desk: Desk, conversation: Conversation, tagIds: string[]): Promise<boolean> {
  desk.conversations.put({ ...conversation, tagIds });
  try {
    const { contact } = await contactChanges.change(desk.workspaceId, conversation.id, { tagIds });
    desk.contacts.set(contact.id, contact);
    return true;
  } catch (error) {
    desk.conversations.put(conversation);
    toast.error(describeError(error));
    return false;
  }
}

export async function toggleLabel(desk: Desk, conversation: Conversation, tagId: string): Promise<void> {
  const { tagIds } = conversation;
  const has = tagIds.includes(tagId);
  await setLabels(desk, conversation, has ? tagIds.filter((one) => one !== tagId) : [...tagIds, tagId]);
}

/** Adds a label to many; undone for six seconds. */
export async function labelAll(desk: Desk, rows: readonly Conversation[], tagId: string): Promise<void> {
  const before = rows.filter((one) => !one.tagIds.includes(tagId));
  const done = await Promise.all(before.map((one) => setLabels(desk, one, [...one.tagIds, tagId])));
  const labelled = before.filter((_, index) => done[index]);
  if (labelled.length === 0) return;
  toast(`Labelled: ${labelled.length === 1 ? "1 conversation" : `${labelled.length} conversations`}`, {
    duration: UNDO_MS,
    action: {
      label: "Undo",
      onClick: () => {
        for (const one of labelled) {
          const now = desk.conversations.get(one.id) ?? one;
          void setLabels(
            desk,
            now,
            now.tagIds.filter((id) => id !== tagId),
          );
        }
      },
    },
  });
}
