import type { Database } from "#db";
import type { Keyring } from "#std";
import { openPageToken, sealPageToken } from "./token.ts";

/**
 * Seals the tokens of all pages with the first key of the ring, so that the others can go. The processes that run
 * open both meanwhile. Throws, and changes nothing more, when a token's key is not in the ring.
 */
export async function resealPageTokens(
  { sql }: Pick<Database, "sql">,
  keyring: Keyring,
): Promise<{ resealed: number }> {
  const [first] = keyring.keys;
  const rows = await sql<{ id: string; facebookId: string; sealed: string }[]>`
    select id, facebook_id as "facebookId", token_sealed as sealed from messaging.pages
    where token_sealed is not null and split_part(token_sealed, '.', 2) <> ${first?.id ?? ""} order by id`;
  let resealed = 0;
  for (const { id, facebookId, sealed } of rows) {
    const again = sealPageToken(keyring, facebookId, openPageToken(keyring, facebookId, sealed));
    // A page that got another token meanwhile has it sealed with the first key already.
    const { count } = await sql`
      update messaging.pages set token_sealed = ${again} where id = ${id} and token_sealed = ${sealed}`;
    resealed += count;
  }
  return { resealed };
}
