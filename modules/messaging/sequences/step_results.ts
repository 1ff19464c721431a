import type { Sql } from "postgres";
import { wideRead } from "#db";
import { decodeCursor, pageOf, parse, Uuid, wrongCursor } from "#std";
import {
  hasState,
  readRecipients,
  recipientsSql,
  viewRecipient,
  type Recipient,
} from "../campaign_results/mod.ts";
import { outcomesSql, reasonText, personKey } from "../delivery/mod.ts";
import { readNumbering } from "./numbering_store.ts";
import type { StepMessagesQuery, StepResult } from "./schema_results.ts";
import type { SequenceRef } from "./sequence_store.ts";

/** A person may come in so often; each time has a thousand numbers of steps of its own. */
const mostRounds = 30;

/** Enrolments by the step that comes next. */
interface PlaceRow {
  step: number;
  status: string;
  count: number;
}

interface CountRow {
  step: number;
  state: string;
  reason: string | null;
  error_code: number | null;
  error_subcode: number | null;
  count: number;
  delivered: number;
  read: number;
  replied: number;
  clicked: number;
}

/** Outcomes of each step's messages, from the ledger. */
export async function readStepResults(sql: Sql, ref: SequenceRef): Promise<{ steps: StepResult[] }> {
  const { written } = await readNumbering(sql, ref);
  const { joins, delivered, read, replied, clicked } = outcomesSql(sql);
  const places = await wideRead<PlaceRow>(
    sql,
    sql`
    select e.next_step::int4 as step, e.status, count(*)::int4 as count from messaging.enrolments e
    where e.workspace_id = ${ref.workspaceId} and e.campaign_id = ${ref.sequenceId} group by 1, 2`,
  );
  const rows = await wideRead<CountRow>(
    sql,
    sql`
    select (d.step % 1000)::int4 as step, d.state, d.reason, d.error_code, d.error_subcode, count(*)::int4 as count,
      count(*) filter (where ${delivered})::int4 as delivered, count(*) filter (where ${read})::int4 as read,
      count(*) filter (where ${replied})::int4 as replied, count(*) filter (where ${clicked})::int4 as clicked
    from messaging.deliveries d ${joins}
    where d.workspace_id = ${ref.workspaceId} and d.campaign_id = ${ref.sequenceId}
    group by 1, 2, 3, 4, 5 order by count desc`,
  );
  return {
    steps: written.map((number, index) => ({
      ...placesOf(places, index + 1),
      ...resultOf(
        rows.filter((row) => row.step === number),
        index + 1,
      ),
    })),
  };
}

/** How many times contacts came to a step, and how many of them stand before it or left there. */
function placesOf(
  places: readonly PlaceRow[],
  step: number,
): Pick<StepResult, "entered" | "waiting" | "left"> {
  const sum = (some: readonly PlaceRow[]) => some.reduce((total, { count }) => total + count, 0);
  const here = places.filter((place) => place.step === step);
  return {
    entered: sum(places.filter((place) => place.step >= step)),
    waiting: sum(here.filter(({ status }) => status === "active")),
    left: sum(here.filter(({ status }) => status === "exited" || status === "removed")),
  };
}

function resultOf(own: readonly CountRow[], step: number): Omit<StepResult, "entered" | "waiting" | "left"> {
  const sum = (some: readonly CountRow[], name: "count" | "delivered" | "read" | "replied" | "clicked") =>
    some.reduce((total, row) => total + row[name], 0);
  const inState = (...states: string[]) =>
    sum(
      own.filter(({ state }) => states.includes(state)),
      "count",
    );
  return {
    step,
    queued: inState("queued", "leased", "sending"),
    sent: inState("sent"),
    delivered: sum(own, "delivered"),
    read: sum(own, "read"),
    replied: sum(own, "replied"),
    clicked: sum(own, "clicked"),
    failed: inState("failed"),
    skipped: inState("skipped"),
    cancelled: inState("cancelled"),
    unknown: inState("unknown"),
    reasons: (["failed", "skipped", "cancelled"] as const).flatMap((state) => {
      const ended = own.filter((row) => row.state === state && row.reason !== null);
      return [...Map.groupBy(ended, (row) => row.reason ?? "")].map(([reason, same]) => {
        // Of Meta's errors in one class the most frequent gives its words.
        const { error_code: errorCode = null, error_subcode: errorSubcode = null } = same[0] ?? {};
        const { title, titleCode } = reasonText({ reason, errorCode, errorSubcode });
        return { state, reason, title, titleCode, count: sum(same, "count") };
      });
    }),
  };
}

/** The people of one step in all rounds, each with what became of their message. Throws 404 and `invalid-cursor`. */
export async function listStepMessages(
  sql: Sql,
  { step, ...ref }: SequenceRef & { step: number },
  query: StepMessagesQuery,
): Promise<{ items: Recipient[]; nextCursor: string | null }> {
  const { written } = await readNumbering(sql, ref);
  const number = written[step - 1] ?? 0;
  const limit = query.limit ?? 50;
  const after = readAfter(query.cursor);
  const steps = Array.from({ length: mostRounds }, (_, round) => round * 1000 + number);
  const key = sql.unsafe(personKey);
  const rows = await readRecipients(
    sql,
    query.state,
    sql`
    ${recipientsSql(sql)}
    where d.workspace_id = ${ref.workspaceId} and d.campaign_id = ${ref.sequenceId} and d.step = any(${steps}::int4[])
      ${hasState(sql, query.state)}
      ${query.reason === undefined ? sql`` : sql`and d.reason = ${query.reason}`}
      ${after === null ? sql`` : sql`and (d.step, d.page_id, ${key}) > (${after.step}::int4, ${after.pageId}::uuid, ${after.key}::uuid)`}
    order by d.step, d.page_id, ${key} limit ${limit + 1}`,
  );
  const page = pageOf([...rows], limit, (row) => [row.step, row.page_id, row.key]);
  return { items: page.items.map(viewRecipient), nextCursor: page.nextCursor };
}

function readAfter(cursor: string | undefined): { step: number; pageId: string; key: string } | null {
  if (cursor === undefined) return null;
  const [step, ...ids] = decodeCursor(cursor, 3);
  const [pageId, key] = ids.map((one) => parse(Uuid, one));
  const isStep = typeof step === "number" && Number.isInteger(step) && step > 0 && step < mostRounds * 1000;
  if (isStep && pageId?.ok && key?.ok) return { step, pageId: pageId.value, key: key.value };
  throw wrongCursor();
}
