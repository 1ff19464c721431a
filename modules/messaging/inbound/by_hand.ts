import { inboxApps } from "./app_name.ts";

/** Whether this message was written in Facebook's inbox, in SQL. */
export const byHandSql = (message: string) =>
  `${message}.author_kind = 'external'
    and (${message}.app_id is null or ${message}.app_id in (${inboxApps.map((id) => `'${id}'`).join(", ")}))`;

/**
 * Messages at least this much older than a reply in Meta's inbox were read there. The page's instant replies come
 * from the same inbox within moments, and nobody has read the messages before them.
 */
export const readingTime = "interval '10 s'";
