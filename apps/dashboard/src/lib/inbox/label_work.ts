import { m } from "#lib/paraglide/messages.js";
import { toast } from "#lib/ui/toast.ts";
import type { Conversation } from "../api/types.ts";
import { contactChanges } from "../api/contacts.ts";
import type { Desk } from "../desk/desk.svelte.ts";
import { describeError } from "../api/request.ts";
import { wholeNumber } from "../ui/format.ts";

const UNDO_MS = 6000;

/** Adds or removes a label, a tag of the contact: shown at once, and taken back when refused. */
async function setLabel(
  desk: Desk,
  conversation: Conversation,
  { tagId, isOn }: { tagId: string; isOn: boolean },
): Promise<boolean> {
  const others = conversation.tagIds.filter((one) => one !== tagId);
  desk.conversations.put({ ...conversation, tagIds: isOn ? [...others, tagId] : others });
  try {
    const change = isOn ? { addTagIds: [tagId] } : { removeTagIds: [tagId] };
    const { contact } = await contactChanges.change(desk.workspaceId, conversation.id, change);
    desk.contacts.set(contact.id, contact);
    return true;
  } catch (error) {
    desk.conversations.takeBack(conversation, error);
    toast.error(describeError(error));
    return false;
  }
}

export async function toggleLabel(desk: Desk, conversation: Conversation, tagId: string): Promise<void> {
  await setLabel(desk, conversation, { tagId, isOn: !conversation.tagIds.includes(tagId) });
}

/** Adds a label to many; undone for six seconds. */
export async function labelAll(desk: Desk, rows: readonly Conversation[], tagId: string): Promise<void> {
  const before = rows.filter((one) => !one.tagIds.includes(tagId));
  const done = await Promise.all(before.map((one) => setLabel(desk, one, { tagId, isOn: true })));
  const labelled = before.filter((_, index) => done[index]);
  if (labelled.length === 0) return;
  const count = labelled.length;
  toast.message(m.conversations_many_tagged({ count, shown: wholeNumber(count) }), {
    duration: UNDO_MS,
    action: {
      label: m.ui_undo(),
      onClick: () => {
        for (const one of labelled)
          void setLabel(desk, desk.conversations.get(one.id) ?? one, { tagId, isOn: false });
      },
    },
  });
}
