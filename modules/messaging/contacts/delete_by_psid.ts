import type { Sql } from "postgres";
import { removeFile } from "../media/mod.ts";
import { deleteContacts } from "./contact_delete.ts";
import { rememberStrangers } from "./deleted_people.ts";

const chunk = 500;

/**
 * Deletes the contacts with these PSIDs in all workspaces, with messages and files. Returns the number. Unknown ones
 * are not imported from Meta's inbox either, up to now.
 */
export async function deleteByPsid(
  { sql, config }: { sql: Sql; config: { dataDir: string } },
  psids: readonly string[],
): Promise<number> {
  const contacts = await sql<{ id: string; psid: string; workspaceId: string }[]>`
    select c.id, c.psid, c.workspace_id as "workspaceId" from messaging.pages as p
    join messaging.contacts as c on c.page_id = p.id and c.psid = any(${[...psids]}::text[])`;
  const known = new Set(contacts.map(({ psid }) => psid));
  const strangers = psids.filter((psid) => !known.has(psid));
  for (let from = 0; from < strangers.length; from += chunk)
    await rememberStrangers(sql, strangers.slice(from, from + chunk));
  let deleted = 0;
  for (const [workspaceId, own] of Map.groupBy(contacts, (contact) => contact.workspaceId)) {
    for (let from = 0; from < own.length; from += chunk) {
      const contactIds = own.slice(from, from + chunk).map(({ id }) => id);
      const done = await sql.begin((tx) => deleteContacts(tx, { workspaceId, contactIds, userId: null }));
      for (const key of done.fileKeys) await removeFile(config.dataDir, key);
      deleted += done.deleted;
    }
  }
  return deleted;
}
