import type { Database } from "#db";
import { type Keyring } from "#std";
import { openPageToken, sealPageToken } from "../graph/mod.ts";
import { problem } from "./problems.ts";

/**
 * Seals the tokens of all pages with the first key of the ring, so that the others can go. The processes that run
 * open both meanwhile. Throws 409 `page-token-closed`, and changes nothing more, for a token that none of them opens.
 */
export async function resealPageTokens(
  { sql }: Pick<Database, "sql">,
  keyring: Keyring,
): Promise<{ resealed: number }> {
  const [first] = keyring.keys;
  const rows = await sql<{ id: string; name: string; facebookId: string; sealed: string }[]>`
    select id, name, facebook_id as "facebookId", token_sealed as sealed from messaging.pages
    where token_sealed is not null and split_part(token_sealed, '.', 2) <> ${first?.id ?? ""} order by id`;
  let resealed = 0;
  for (const { id, name, facebookId, sealed } of rows) {
    let token: string;
    try {
      token = openPageToken(keyring, facebookId, sealed);
    } catch (cause) {
      throw problem("page-token-closed", { name, resealed }, { cause });
    }
    const again = sealPageToken(keyring, facebookId, token);
    // A page that got another token meanwhile has it sealed with the first key already.
    const { count } = await sql`
      update messaging.pages set token_sealed = ${again} where id = ${id} and token_sealed = ${sealed}`;
    resealed += count;
  }
  return { resealed };
}
