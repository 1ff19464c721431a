import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { insertContacts, insertPage, type StageContact, type StagePage } from "../testing/pages.ts";
import type { Content } from "./content.ts";
import { storeContent, storeContents } from "./content_store.ts";
import { fillMessage } from "./fill_message.ts";
import { valuesOf, valuesSql } from "./variables.ts";

let database: TestDatabase;
let page: StagePage;
let ann: StageContact;
beforeAll(async () => {
  database = await createTestDatabase();
  page = await insertPage(database, "104810069068200", "sealed");
  const [contact] = await insertContacts(database, page, ["24266381753005180"]);
  if (!contact) throw new Error("There is no contact");
  ann = contact;
});
afterAll(() => database.close());

const store = (content: Content) => database.sql.begin((tx) => storeContent(tx, page.workspaceId, content));

async function addField(
  key: string,
  type: string,
  column: string,
  value: string | number | boolean,
): Promise<void> {
  const { sql } = database;
  const options = type === "dropdown" ? [String(value)] : [];
  const [field] = await sql<{ id: string }[]>`
    insert into messaging.custom_fields (workspace_id, key, label, type, options)
    values (${page.workspaceId}, ${key}, ${key}, ${type}, ${options}::text[]) returning id`;
  await sql`insert into messaging.contact_fields ${sql({
    workspace_id: page.workspaceId,
    page_id: page.pageId,
    contact_id: ann.id,
    field_id: field?.id ?? "",
    type,
    [column]: value,
  })}`;
}

test("valuesSql() returns a contact's known values as text, and nothing for unknown ones", async () => {
  const { sql } = database;
  await sql`update messaging.contacts set name = 'Ann Lee', first_name = 'Ann', last_name = ' ' where id = ${ann.id}`;
  await addField("city", "text", "text_value", "Hanoi");
  await addField("points", "number", "number_value", 12.5);
  await addField("since", "date", "date_value", "2026-11-24");
  await addField("size", "dropdown", "text_value", "XL");
  await addField("vip", "checkbox", "checked_value", true);

  const [row] = await sql<{ values: unknown }[]>`
    select ${valuesSql(sql)} as values from messaging.contacts c join messaging.pages p on p.id = c.page_id
    where c.id = ${ann.id}`;

  expect(valuesOf(row?.values)).toEqual({
    first_name: "Ann",
    full_name: "Ann Lee",
    page_name: "Page",
    "custom.city": "Hanoi",
    "custom.points": "12.5",
    "custom.since": "2026-11-24",
    "custom.size": "XL",
    "custom.vip": "yes",
  });
});

test("storeContent() stores the tidied message in the Send API's form with its references", async () => {
  const [file] = await database.sql<{ id: string }[]>`
    insert into messaging.media_files (workspace_id, name, type, mime_type, bytes, file_key)
    values (${page.workspaceId}, 'mug.png', 'image', 'image/png', 3, 'ab/0123456789abcdef0123456789abcd') returning id`;
  const mediaFileId = file?.id ?? "";
  const target = "https://shop.example.com/?c={{custom.city|none}}";

  const id = await store({
    cards: [
      {
        title: "  A ",
        mediaFileId,
        buttons: [{ type: "url", title: "Open", url: target, isTracked: true }],
      },
    ],
  });
  const plain = await store({ mediaFileId });

  const [stored] = await database.sql<
    Record<string, unknown>[]
  >`select * from messaging.contents where id = ${id}`;
  expect(stored).toMatchObject({
    is_personal: true,
    media_file_id: null,
    image_file_ids: [mediaFileId],
    links: [target],
  });
  const message = JSON.parse(JSON.stringify(stored?.message));
  const addresses = { links: "https://ms.example/l/x", files: "https://ms.example/m" };
  expect(fillMessage(message, {}, addresses)).toMatchObject({
    message: {
      attachment: {
        payload: {
          elements: [
            {
              title: "A",
              image_url: "https://ms.example/m/ab/0123456789abcdef0123456789abcd",
              buttons: [{ url: "https://ms.example/l/x.0" }],
            },
          ],
        },
      },
    },
  });
  const [attachment] = await database.sql`select * from messaging.contents where id = ${plain}`;
  expect(attachment).toMatchObject({
    is_personal: false,
    media_file_id: mediaFileId,
    message: { attachment: { type: "image", payload: {} } },
  });
});

test("storeContent() refuses references to another workspace and writes nothing", async () => {
  const elsewhere = await insertPage(database, "104810069068299", "sealed");
  const [file] = await database.sql<{ id: string }[]>`
    insert into messaging.media_files (workspace_id, name, type, mime_type, bytes, file_key)
    values (${elsewhere.workspaceId}, 'a.png', 'image', 'image/png', 3, 'cd/0123456789abcdef0123456789abcd') returning id`;
  const count = async () => (await database.sql`select from messaging.contents`).length;
  const before = await count();

  await expect(store({ mediaFileId: file?.id ?? "" })).rejects.toMatchObject({
    code: "content-invalid",
    status: 422,
  });
  await expect(store({ text: "Hi {{custom.unknown}}" })).rejects.toMatchObject({
    errors: [{ path: "/text", message: expect.stringContaining("custom.city") }],
  });

  expect(await count()).toBe(before);
});

test("storeContents() creates one row for all pages, and one per page with its own template", async () => {
  for (const [name, status] of [
    ["order_a", "APPROVED"],
    ["order_b", "APPROVED"],
    ["order_c", "PENDING"],
  ]) {
    await database.sql`insert into messaging.utility_templates
        (workspace_id, page_id, name, language, category, status, parameter_format, components)
      values (${page.workspaceId}, ${page.pageId}, ${name ?? ""}, 'en', 'UTILITY', ${status ?? ""}, 'POSITIONAL',
        ${JSON.stringify([{ type: "BODY", text: "Your order {{1}} has left us." }])}::jsonb)`;
  }
  const utility = (own: string): Content => ({
    utility: {
      name: "order_a",
      language: "en",
      parameters: { "1": "{{custom.city|home}}" },
      byPage: { [page.pageId]: { name: own, language: "en" } },
    },
  });
  const all = (content: Content) => database.sql.begin((tx) => storeContents(tx, page.workspaceId, content));

  const stored = await all(utility("order_b"));

  expect(stored.map(({ pageId }) => pageId)).toEqual([null, page.pageId]);
  const rows = await database.sql<{ name: string; is_personal: boolean }[]>`
    select message #>> '{template,name}' as name, is_personal from messaging.contents
    where id = any(${stored.map(({ contentId }) => contentId)}::uuid[]) order by id`;
  expect([...rows]).toEqual([
    { name: "order_a", is_personal: true },
    { name: "order_b", is_personal: true },
  ]);
  await expect(all(utility("order_c"))).rejects.toMatchObject({
    errors: [{ path: `/utility/byPage/${page.pageId}` }],
  });
});
