import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { decide, windowMarginMs } from "./policy.ts";
import { refusalSql } from "./sql.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const now = new Date("2026-11-24T12:00:00Z");
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const kinds = ["free", "utility", "private_reply"] as const;

// The edges of every window, to the millisecond, among ordinary ages; negative: later than now.
const edges = [0, dayMs, 7 * dayMs].flatMap((end) =>
  [0, windowMarginMs].flatMap((margin) => [-1, 0, 1].map((ms) => end - margin + ms)),
);
const ageMs = fc.oneof(fc.constantFrom(...edges), fc.integer({ min: -9 * dayMs, max: 30 * dayMs }));
const time = ageMs.map((ms) => new Date(now.getTime() - ms));
// `freq: 10` is nine times in ten a time.
const often = fc.option(time, { freq: 10 });
const seldom = (oneIn: number) =>
  fc.tuple(fc.integer({ min: 1, max: oneIn }), time).map(([n, at]) => (n === 1 ? at : null));

const contact = fc.record({
  subscribed: fc.constantFrom(true, true, true, true, false),
  blockedAt: seldom(9),
  unreachableAt: seldom(3),
  lastInboundAt: often,
  adWindowUntil: seldom(2),
  windowClosedAt: seldom(4),
  status: fc.constantFrom(
    ...Array.from({ length: 9 }, () => "connected" as const),
    "token_dead" as const,
    "restricted" as const,
    "disconnected" as const,
  ),
  isDisabled: fc.constantFrom(...Array.from({ length: 20 }, () => false), true),
  commentedAt: time,
  isAnswered: fc.constantFrom(false, false, false, true),
});

test("refusalSql() agrees with decide() for 10,000 generated contacts, at every edge of the windows", async () => {
  const { sql } = database;
  const contacts = fc.sample(contact, { numRuns: 10_000, seed: 20_261_124 });
  await sql`insert into auth.workspaces (id, name, disabled_at)
    values ('00000000-0000-4000-8000-000000000001', 'Off', now())`;
  const rows = JSON.stringify(contacts.map((one, n) => ({ n, ...one })));

  for (const kind of kinds) {
    const answers = await sql<{ n: number; reason: string | null }[]>`
      select c.n, ${refusalSql(sql, { contentKind: kind, at: now })} as reason
      from (
        select r.*, case when "isDisabled" then '00000000-0000-4000-8000-000000000001'::uuid else gen_random_uuid() end
                      as workspace_id,
               "blockedAt" as blocked_at, "unreachableAt" as unreachable_at, "lastInboundAt" as last_inbound_at,
               "adWindowUntil" as ad_window_until, "windowClosedAt" as window_closed_at
        from jsonb_to_recordset(${rows}::jsonb) as r(n int, subscribed boolean, "blockedAt" timestamptz,
          "unreachableAt" timestamptz, "lastInboundAt" timestamptz, "adWindowUntil" timestamptz,
          "windowClosedAt" timestamptz, status text, "isDisabled" boolean, "commentedAt" timestamptz,
          "isAnswered" boolean)) c,
      lateral (select c.workspace_id, c.status) p, lateral (select c."commentedAt" as created_at, c."isAnswered" as is_answered) k
      order by c.n`;

    expect(answers).toHaveLength(contacts.length);
    const seen = new Map<string | null, number>();
    for (const [n, one] of contacts.entries()) {
      const decision = decide({
        sender: { kind: "automation" },
        contact: one,
        page: { status: one.status, humanAgent: "available" },
        content:
          kind === "private_reply"
            ? { kind, commentedAt: one.commentedAt, isAnswered: one.isAnswered }
            : { kind },
        now,
        isWorkspaceDisabled: one.isDisabled,
      });
      const wanted = decision.allowed ? null : decision.reason;
      seen.set(wanted, (seen.get(wanted) ?? 0) + 1);
      expect(answers[n]?.reason, `${kind}: ${JSON.stringify(one)}`).toBe(wanted);
    }
    // Each answer came up often enough to mean something.
    expect(Math.min(...seen.values())).toBeGreaterThan(50);
    expect(seen.size).toBeGreaterThan(kind === "utility" ? 7 : 8);
  }
});

test.each([
  ["free", "2026-09-27T23:59:59Z", "window-closed"],
  ["free", "2026-09-28T00:00:00Z", null],
] as const)("refusalSql() follows the dates of the rules: %s at %s", async (contentKind, at, wanted) => {
  const { sql } = database;
  // Wrote two days before after a click on an ad; Meta announced that window on 28 September 2026.
  const [row] = await sql<{ reason: string | null }[]>`
    select ${refusalSql(sql, { contentKind, at: new Date(at) })} as reason
    from (select true as subscribed, null::timestamptz as blocked_at,
      null::timestamptz as unreachable_at, '2026-09-26T00:00:00Z'::timestamptz as last_inbound_at,
      '2026-10-03T00:00:00Z'::timestamptz as ad_window_until, null::timestamptz as window_closed_at) c,
    (select gen_random_uuid() as workspace_id, 'connected' as status) p`;

  expect(row?.reason ?? null).toBe(wanted);
});
