import { expect, test } from "vitest";
import { until } from "../../std/testing.ts";
import { campaignStageOfTest } from "../testing/campaign_stage.ts";
import { createField } from "./field_store.ts";
import { createTag } from "./tag_store.ts";

const kinds = [
  {
    table: "custom_fields",
    insert: `insert into messaging.custom_fields (workspace_id, key, label, type)
      select $1, 'field_' || n, 'Field ' || n, 'text' from generate_series(1, 99) as n`,
    taken: `insert into messaging.custom_fields (workspace_id, key, label, type)
      select $1, 'late_' || n, 'Late', 'text' from generate_series(1, 4) as n`,
    code: "too-many-fields",
    create: (on: Parameters<typeof createField>[0], workspaceId: string, n: number) =>
      createField(on, workspaceId, { key: `late_${n}`, label: "Late", type: "text" }),
    most: 100,
  },
  {
    table: "tags",
    insert: `insert into messaging.tags (workspace_id, name, colour)
      select $1, 'Tag ' || n, 'slate' from generate_series(1, 499) as n`,
    taken: `insert into messaging.tags (workspace_id, name, colour)
      select $1, 'Late ' || n, 'slate' from generate_series(1, 4) as n`,
    code: "too-many-tags",
    create: (on: Parameters<typeof createField>[0], workspaceId: string, n: number) =>
      createTag(on, workspaceId, { name: `Late ${n}` }),
    most: 500,
  },
];

test.each(kinds)("concurrent requests do not exceed the bound of $table", async (kind) => {
  const { sql, workspaceId } = await campaignStageOfTest();
  await sql.unsafe(kind.insert, [workspaceId]);
  const other = await sql.reserve();

  // Each request has counted when it waits for a row of the same name, which is then taken back.
  await other.unsafe("begin");
  await other.unsafe(kind.taken, [workspaceId]);
  const requests = Promise.allSettled([1, 2, 3, 4].map((n) => kind.create({ sql }, workspaceId, n)));
  await until("the requests to wait", async () => {
    const [row] = await sql`select count(*)::int4 as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    return row?.count === 4;
  });
  await other.unsafe("rollback");
  other.release();

  const refused = (await requests).flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  expect(refused.map(({ code }) => code)).toEqual([kind.code, kind.code, kind.code]);
  const [row] = await sql.unsafe(`select count(*)::int4 as count from messaging.${kind.table}`);
  expect(row?.count).toBe(kind.most);
});
