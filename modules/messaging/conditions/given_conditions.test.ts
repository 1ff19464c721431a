import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { insertPage, type StagePage } from "../testing/pages.ts";
import type { Condition } from "./conditions.ts";
import { readGivenConditions } from "./given_conditions.ts";

interface Place {
  page: StagePage;
  tagId: string;
  fieldId: string;
  campaignId: string;
  userId: string;
}

let database: TestDatabase;
let here: Place;
let elsewhere: Place;
beforeAll(async () => {
  database = await createTestDatabase();
  here = await furnish("104001");
  elsewhere = await furnish("104002");
});
afterAll(() => database.close());

/** A workspace with a page, a tag, a field of numbers, a campaign and a member. */
async function furnish(facebookId: string): Promise<Place> {
  const page = await insertPage(database, facebookId, "sealed");
  const { workspaceId } = page;
  const [made] = await database.sql<
    { tag_id: string; field_id: string; campaign_id: string; user_id: string }[]
  >`
    with t as (insert into messaging.tags (workspace_id, name, colour) values (${workspaceId}, 'VIP', 'blue') returning id),
      f as (insert into messaging.custom_fields (workspace_id, key, label, type)
        values (${workspaceId}, 'orders', 'Orders', 'number') returning id),
      c as (insert into messaging.campaigns (workspace_id, name, kind, status, audience, draft, options)
        values (${workspaceId}, 'News', 'window', 'draft', '{"all":true}', '{"variants":[]}', '{}') returning id),
      u as (insert into auth.users (email, name, password_hash) values (${facebookId}, 'Ann', 'x') returning id),
      m as (insert into auth.memberships (workspace_id, user_id, role)
        select ${workspaceId}, id, 'operator' from u returning user_id)
    select t.id as tag_id, f.id as field_id, c.id as campaign_id, m.user_id from t, f, c, m`;
  if (!made) throw new Error("Cannot furnish a workspace");
  return {
    page,
    tagId: made.tag_id,
    fieldId: made.field_id,
    campaignId: made.campaign_id,
    userId: made.user_id,
  };
}

const naming = ({ page, tagId, fieldId, campaignId, userId }: Place): Condition[] => [
  { field: "page", op: "none", pageIds: [page.pageId] },
  { field: "tags", op: "none", tagIds: [tagId] },
  { field: "numberField", op: "above", fieldId, value: 3 },
  { field: "campaign", op: "notReceived", campaignId },
  { field: "assigned", op: "to", userIds: [userId] },
];
const read = (conditions: unknown[]) =>
  readGivenConditions(database.sql, here.page.workspaceId, { match: "all", conditions });

test("readGivenConditions() accepts ids of the workspace", async () => {
  const conditions = naming(here);

  expect(await read(conditions)).toEqual({ match: "all", conditions });
});

test.each([
  [0, "/conditions/0/pageIds/0", "page"],
  [1, "/conditions/0/tagIds/0", "tag"],
  [2, "/conditions/0/fieldId", "field"],
  [3, "/conditions/0/campaignId", "campaign"],
  [4, "/conditions/0/userIds/0", "member"],
])("readGivenConditions() refuses ids of another workspace or unknown ones (%i)", async (at, path, kind) => {
  const nobodys = crypto.randomUUID();
  const stranger = { ...elsewhere, page: { ...elsewhere.page, pageId: nobodys }, tagId: nobodys };
  const problem = {
    code: "conditions-invalid",
    status: 422,
    errors: [
      {
        path,
        message: `This workspace does not have this ${kind}: choose another`,
        code: "condition-names-missing",
        params: { kind },
      },
    ],
  };

  await expect(read(naming(elsewhere).slice(at, at + 1))).rejects.toMatchObject(problem);
  await expect(
    read(naming({ ...stranger, fieldId: nobodys, campaignId: nobodys, userId: nobodys }).slice(at, at + 1)),
  ).rejects.toMatchObject(problem);
});

test("readGivenConditions() names each mistake by its place, also in groups, and a field of another type", async () => {
  const text = { field: "textField", op: "is", fieldId: here.fieldId, value: "3" };
  const group = { match: "any", conditions: [...naming(here), ...naming(elsewhere).slice(1, 2)] };

  await expect(read([group, text])).rejects.toMatchObject({
    params: { mistake: "This workspace does not have this tag: choose another" },
    errors: [
      { path: "/conditions/0/conditions/5/tagIds/0" },
      { path: "/conditions/1/fieldId", code: "condition-field-type", params: { type: "number" } },
    ],
  });
});
