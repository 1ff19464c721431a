import { afterAll, beforeAll, expect, test } from "vitest";
import { parseKeyring } from "#std";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { openPageToken, sealPageToken } from "../graph/page_token.ts";
import { resealPageTokens } from "./reseal.ts";

const oldKey = "0123456789abcdef".repeat(4);
const newKey = "fedcba9876543210".repeat(4);
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function sealedTokens(): Promise<(string | null)[]> {
  const rows = await database.sql<{ sealed: string | null }[]>`
    select token_sealed as sealed from messaging.pages order by facebook_id`;
  return rows.map(({ sealed }) => sealed);
}

test("resealPageTokens() moves all tokens to the newest key, so the old one can be removed", async () => {
  const sealed = sealPageToken(parseKeyring(oldKey), "1", "EAAG-token");
  await database.sql`
    with place as (insert into auth.workspaces (name) values ('Here') returning id)
    insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
    select id, '1', 'Bakery', 'connected', ${sealed} from place
    union all select id, '2', 'Gone', 'disconnected', null from place`;

  await expect(resealPageTokens(database, parseKeyring(newKey))).rejects.toMatchObject({
    code: "page-token-closed",
    message: expect.stringContaining('"Bakery"'),
  });
  const untouched = await sealedTokens();
  const first = await resealPageTokens(database, parseKeyring(`${newKey},${oldKey}`));
  const second = await resealPageTokens(database, parseKeyring(`${newKey},${oldKey}`));
  const [token, none] = await sealedTokens();

  expect(untouched).toEqual([sealed, null]);
  expect([first, second]).toEqual([{ resealed: 1 }, { resealed: 0 }]);
  expect(openPageToken(parseKeyring(newKey), "1", token ?? "")).toBe("EAAG-token");
  expect(none).toBeNull();
});
