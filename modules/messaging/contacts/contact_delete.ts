import type postgres from "postgres";
import { forgetRecipients } from "../delivery/mod.ts";
import { rememberDeleted } from "./deleted_people.ts";
import { deletedPsid } from "./faces.ts";

/**
 * Deletes contacts with all their data. Opted-out and blocked ones stay on the suppression list, so no import
 * resubscribes them. Campaigns keep anonymous rows, so their figures still add up. Their messages are not imported
 * from Meta's inbox again. Returns the number and the files without an owner.
 */
export async function deleteContacts(
  tx: postgres.TransactionSql,
  {
    workspaceId,
    contactIds,
    userId,
  }: { workspaceId: string; contactIds: readonly string[]; userId: string | null },
): Promise<{ deleted: number; fileKeys: string[] }> {
  const ids = [...contactIds];
  await rememberDeleted(tx, { workspaceId, contactIds });
  await tx`
    insert into messaging.suppressions (workspace_id, page_id, psid, reason, by_user_id)
    select workspace_id, page_id, psid, 'deleted', ${userId}::uuid from messaging.contacts
    where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) and (not subscribed or blocked_at is not null)
    order by page_id, psid on conflict do nothing`;
  const files = await tx<{ key: string }[]>`
    select a.file_key as key from messaging.attachments as a
    join messaging.messages as m on m.workspace_id = a.workspace_id and m.id = a.message_id
    where m.workspace_id = ${workspaceId} and m.conversation_id = any(${ids}::uuid[]) and a.file_key is not null
      -- A reply shows a file of the library, which is everybody's.
      and not exists (select from messaging.media_files f where f.file_key = a.file_key)
    union all
    select file_key from messaging.media_files
    where workspace_id = ${workspaceId} and conversation_id = any(${ids}::uuid[])
    union all
    select picture_key from messaging.contacts
    where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) and picture_key is not null`;
  // In the order in which sending locks them: deliveries, messages, contacts.
  await forgetRecipients(tx, { workspaceId, contactIds, psidPrefix: deletedPsid });
  // The text of a reply has its own row, and so have the files that were added for the contact.
  await tx`
    with gone as (
      delete from messaging.deliveries where workspace_id = ${workspaceId} and contact_id = any(${ids}::uuid[])
      returning content_id, message_id)
    delete from messaging.contents where workspace_id = ${workspaceId} and id in (
      select content_id from gone where message_id is not null)`;
  await tx`delete from messaging.media_files
    where workspace_id = ${workspaceId} and conversation_id = any(${ids}::uuid[])`;
  await tx`delete from messaging.messages where workspace_id = ${workspaceId} and conversation_id = any(${ids}::uuid[])`;
  const gone = await tx`delete from messaging.contacts
    where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) returning 1`;
  return { deleted: gone.length, fileKeys: files.map((file) => file.key) };
}
