import { expect, test } from "vitest";
import { createLocalLiveBus } from "#std";
import { openLedger } from "../testing/ledger.ts";
import { mergeContacts } from "./merge.ts";
import type { LiveEvent } from "../live_event.ts";

test("two concurrent merges that share a contact leave one person", async () => {
  const ledger = await openLedger();
  const { page, contacts } = await ledger.makePage(6);
  const [c = "", y = "", b = "", x = "", a = "", z = ""] = contacts.map(({ id }) => id).toSorted();
  const on = { ...ledger.database, live: createLocalLiveBus<LiveEvent>() };
  const merge = async (id: string, other: string) =>
    await mergeContacts(on, {
      workspaceId: page.workspaceId,
      id,
      contactIds: [other],
      by: { userId: page.userId, name: "Ann" },
    });
  await merge(c, y);
  await merge(b, x);
  await merge(a, z);

  const both: Promise<void>[] = [];
  await ledger.sql.begin(async (tx) => {
    await tx`select 1 from messaging.contacts where id = ${b} for update`;
    both.push(merge(a, b));
    await Bun.sleep(100);
    both.push(merge(b, c));
    await Bun.sleep(100);
  });
  await Promise.all(both);

  const persons = await ledger.sql`select distinct person_id from messaging.contacts`;
  expect(persons).toHaveLength(1);
  await ledger.close();
});
