import type { Fleet } from "./fleet.ts";
import { simulatorCall } from "./product.ts";

/** What is special about a person. */
export type Kind =
  | "reachable"
  /** Blocked the page: Meta says 551. */
  | "blocked"
  /** We think that the window is open, Meta does not: 10/2018278. */
  | "closed_at_meta"
  | "outside_window"
  | "opted_out"
  /** Writes STOP while the campaign runs. */
  | "stops";

export interface ChaosPerson {
  psid: string;
  pageId: string;
  kind: Kind;
}

function kindOf(n: number, count: number): Kind {
  const special: Record<number, Kind> = {
    7: "blocked",
    17: "closed_at_meta",
    27: "outside_window",
    37: "opted_out",
  };
  if (n > count - 4) return "stops";
  return special[n % 50] ?? "reachable";
}

/** People of a page, at Meta and here: all wrote two minutes ago but those outside the window, two days ago. */
export async function addPeople(
  { simulator, database: { sql } }: Fleet,
  page: { facebookId: string; pageId: string },
  count: number,
): Promise<ChaosPerson[]> {
  const { psids } = await simulatorCall<{ psids: string[] }>(simulator, "POST", "persons", {
    pageId: page.facebookId,
    count,
    lastActionHoursAgo: 2 / 60,
    isOnline: false,
  });
  const people = psids.map((psid, n) => ({ psid, pageId: page.pageId, kind: kindOf(n, count) }));
  for (const { psid, kind } of people) {
    if (kind === "blocked") await simulatorCall(simulator, "PATCH", `persons/${psid}`, { hasBlocked: true });
    if (kind === "closed_at_meta" || kind === "outside_window")
      await simulatorCall(simulator, "POST", `persons/${psid}/age`, { hours: 48 });
  }
  const rows = people.map(({ psid, kind }, n) => ({
    n,
    psid,
    hours: kind === "outside_window" ? 48 : 0,
    subscribed: kind !== "opted_out",
  }));
  await sql`
    with c as (
      insert into messaging.contacts (workspace_id, page_id, psid, last_inbound_at, subscribed)
      select p.workspace_id, p.id, person.psid, now() - make_interval(mins => 2, hours => person.hours), person.subscribed
      from messaging.pages p, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as person(n int, psid text, hours int, subscribed bool)
      where p.id = ${page.pageId} order by person.n
      returning id, workspace_id, page_id)
    insert into messaging.conversations (id, workspace_id, page_id, last_message_at, preview_direction)
    select id, workspace_id, page_id, now(), 'in' from c`;
  return people;
}
