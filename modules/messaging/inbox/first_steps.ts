import { sql } from "drizzle-orm";
import { type Handle, orm } from "#db";
import { messages, pages } from "#db/messaging";

/** The completed first steps of a workspace, from its rows. */
export interface FirstSteps {
  hasPage: boolean;
  /** A page that was checked, with everything granted and subscribed that messages need. */
  hasHealthyPage: boolean;
  hasInbound: boolean;
  /** A member replied and Meta accepted it. */
  hasReply: boolean;
}

/** Facebook's id of the page that a workspace connected first; null: none is connected. */
export async function firstPageId(db: Handle, workspaceId: string): Promise<string | null> {
  const [row] = await orm(db)
    .select({ id: pages.facebookId })
    .from(pages)
    .where(sql`${pages.workspaceId} = ${workspaceId} and ${pages.status} = 'connected'`)
    .orderBy(pages.createdAt, pages.id)
    .limit(1);
  return row?.id ?? null;
}

/** Reads which of the first steps a workspace has taken; each question ends at its first row. */
export async function readFirstSteps(db: Handle, workspaceId: string): Promise<FirstSteps> {
  const [row] = await orm(db).execute<FirstSteps & Record<string, boolean>>(sql`
    with connected as (
      select * from ${pages} where ${pages.workspaceId} = ${workspaceId} and ${pages.status} = 'connected')
    select exists (select from connected) as "hasPage",
      exists (select from connected where checked_at is not null and scopes @> array['pages_messaging']
        and subscribed_fields @> array['messages', 'messaging_postbacks']) as "hasHealthyPage",
      exists (select from ${messages} where ${messages.workspaceId} = ${workspaceId}
        and ${messages.direction} = 'in') as "hasInbound",
      -- A person's reply has a key; asked so, the small index of keys answers.
      exists (select from ${messages} where ${messages.workspaceId} = ${workspaceId}
        and ${messages.idempotencyKey} is not null and ${messages.authorKind} = 'user'
        and ${messages.mid} is not null) as "hasReply"`);
  return row ?? { hasPage: false, hasHealthyPage: false, hasInbound: false, hasReply: false };
}
