import type { Database } from "#db";
import { type Keyring, type Problem, seal, unseal } from "#std";
import { problem } from "./problems.ts";

/** Where Meta puts a token by which a page may write to a person who opted in. */
export const optInTokenNames = ["notification_messages_token", "one_time_notif_token"] as const;

// No text of a token has quotes or backslashes, so this needs no lookbehind: one pass over any text.
const inJson = new RegExp(`("(?:${optInTokenNames.join("|")})"\\s*:\\s*)(?:"([^"\\\\]*)"|(-?\\d+))`, "g");
const sealedShape = /^v1\.[0-9a-f]{8}\.[\w-]+\.[\w-]+$/;
const hidden = "[sealed]";

// A value copied to an event of another page does not open there.
const context = (pageFacebookId: string) => `opt-in-token:${pageFacebookId}`;

function replaceTokens(json: string, change: (token: string) => string): string {
  // Nearly no event has one.
  if (!optInTokenNames.some((name) => json.includes(name))) return json;
  return json.replace(
    inJson,
    (_, before: string, text?: string, digits?: string) =>
      `${before}${JSON.stringify(change(text ?? digits ?? ""))}`,
  );
}

/** JSON text of an event with its opt-in tokens sealed for its page; those that are sealed stay as they are. */
export function sealOptInTokens(keyring: Keyring, pageFacebookId: string, json: string): string {
  return replaceTokens(json, (token) =>
    sealedShape.test(token) ? token : seal(keyring, token, context(pageFacebookId)),
  );
}

/** Reverses `sealOptInTokens`. Tokens that no key of the ring opens stay sealed. */
export function openOptInTokens(keyring: Keyring, pageFacebookId: string, json: string): string {
  return replaceTokens(json, (token) => {
    if (!sealedShape.test(token)) return token;
    try {
      return unseal(keyring, token, context(pageFacebookId));
    } catch {
      return token;
    }
  });
}

/** JSON text for a reader: opt-in tokens, sealed or not, are no part of any answer. */
export function hideOptInTokens(json: string): string {
  return replaceTokens(json, () => hidden);
}

/** The same for an event's data. */
export function withoutOptInTokens(data: Record<string, unknown>): Record<string, unknown> {
  const names = optInTokenNames.filter((name) => name in data);
  return names.length === 0 ? data : { ...data, ...Object.fromEntries(names.map((name) => [name, hidden])) };
}

interface Row {
  id: string;
  pageName: string;
  facebookId: string;
  token: string;
}

const chunk = 1_000;

/**
 * Seals the opt-in tokens of all events that are not sealed with the first key of the ring: those of versions before
 * 0.3, and those of older keys. Throws 409 `opt-in-token-closed`, after all others, when some open with no key.
 */
export async function resealOptInTokens(
  on: Pick<Database, "sql">,
  keyring: Keyring,
): Promise<{ resealed: number }> {
  let resealed = 0;
  const closed = new Set<string>();
  for (const name of optInTokenNames) {
    let after = "00000000-0000-0000-0000-000000000000";
    for (;;) {
      const rows = await readRows(on, { name, after, keyId: keyring.keys[0]?.id ?? "" });
      const changes = rows.flatMap(({ id, pageName, facebookId, token }) => {
        const fresh = sealAgain(keyring, facebookId, token);
        if (fresh === null) closed.add(pageName);
        return fresh === null ? [] : [{ id, token, fresh }];
      });
      const { count } = await on.sql`
        update messaging.events as e set data = jsonb_set(e.data, array[${name}], to_jsonb(c.fresh))
        from unnest(${changes.map(({ id }) => id)}::uuid[], ${changes.map(({ token }) => token)}::text[],
          ${changes.map(({ fresh }) => fresh)}::text[]) as c(id, token, fresh)
        where e.id = c.id and e.data ->> ${name} = c.token`;
      resealed += count;
      after = rows.at(-1)?.id ?? after;
      if (rows.length < chunk) break;
    }
  }
  if (closed.size > 0) throw closedProblem([...closed], resealed);
  return { resealed };
}

/** Null when no key of the ring opens it. */
function sealAgain(keyring: Keyring, facebookId: string, token: string): string | null {
  if (!sealedShape.test(token)) return seal(keyring, token, context(facebookId));
  try {
    return seal(keyring, unseal(keyring, token, context(facebookId)), context(facebookId));
  } catch {
    return null;
  }
}

async function readRows(
  { sql }: Pick<Database, "sql">,
  { name, after, keyId }: { name: string; after: string; keyId: string },
): Promise<Row[]> {
  return await sql<Row[]>`
    select e.id, p.name as "pageName", p.facebook_id as "facebookId", e.data ->> ${name} as token
    from messaging.events e
    join messaging.pages p on p.workspace_id = e.workspace_id and p.id = e.page_id
    where e.kind = 'optin' and e.data ->> ${name} is not null and e.id > ${after}
      and split_part(e.data ->> ${name}, '.', 2) <> ${keyId}
    order by e.id limit ${chunk}`;
}

function closedProblem(pages: readonly string[], resealed: number): Problem {
  const named = pages.slice(0, 5).map((name) => `"${name}"`);
  return problem("opt-in-token-closed", { pages: named.join(", "), resealed });
}
