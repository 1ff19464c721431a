import type { Sql } from "postgres";
import type { Keyring } from "#std";
import { deleteByPsid } from "./contacts/mod.ts";
import type { MessagingDeps } from "./deps.ts";
import { resealOptInTokens } from "./inbound/mod.ts";
import { pruneNotifications } from "./notifications/mod.ts";
import { forgetLogins, pruneFacebookLogins, resealPageTokens } from "./pages/mod.ts";
import { pruneUnsentFiles } from "./templates/mod.ts";

interface UpkeepDeps {
  sql: Sql;
  config: { dataDir: string };
}

/** Deletes expired rows. Returns the number of each kind. */
export async function pruneMessaging(
  on: UpkeepDeps,
): Promise<{ facebookLogins: number; notifications: number; unsentFiles: number }> {
  return {
    facebookLogins: await pruneFacebookLogins(on),
    notifications: await pruneNotifications(on),
    unsentFiles: await pruneUnsentFiles(on),
  };
}

/** Seals all tokens with the first key. Returns how many had another one. */
export async function resealTokens(
  on: Pick<UpkeepDeps, "sql">,
  keyring: Keyring,
): Promise<{ pageTokens: number; optInTokens: number }> {
  return {
    pageTokens: (await resealPageTokens(on, keyring)).resealed,
    optInTokens: (await resealOptInTokens(on, keyring)).resealed,
  };
}

/**
 * Deletes all data of people by Meta's ids: of people who wrote to a page and of people who logged in with Facebook.
 * Returns how many contacts were deleted, and how many pages disconnected.
 */
export async function deletePersons(
  on: UpkeepDeps & Pick<MessagingDeps, "live">,
  ids: readonly string[],
): Promise<{ contacts: number; pages: number }> {
  return { contacts: await deleteByPsid(on, ids), pages: await forgetLogins(on, ids) };
}
