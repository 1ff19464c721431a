import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, emptyTables, type TestDatabase } from "../../../db/testing.ts";
import { insertPage } from "../testing/pages.ts";
import { windowOf } from "../policy/view.ts";
import { audienceCondition } from "./audience.ts";
import { checkConditions, type Condition, type Conditions, isGroup } from "./conditions.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ max: 3 });
});
afterAll(() => database.close());

const hour = 3_600_000;
const ids = (first: string) =>
  [1, 2, 3].map((n) => `${first.repeat(8)}-0000-7000-8000-00000000000${n}`) as [string, string, string];
const tagIds = ids("a");
const [textId, numberId, dateId] = ids("b");
const [dropdownId, checkboxId] = ids("c");
const [campaignId, childId, otherCampaignId] = ids("d");

/** A person as the generator makes one. Times are hours before now, always half an hour off a whole one. */
interface Person {
  page: 0 | 1;
  created: number;
  inbound: number | null;
  /** Null: from before it was kept. */
  first: number | null;
  isClosedByMeta: boolean;
  adUntil: number | null;
  subscribed: boolean;
  isBlocked: boolean;
  unreachable: number | null;
  isSuppressed: boolean;
  source: "organic" | "ad";
  locale: string | null;
  engagement: "new" | "hot" | "cold";
  tags: (0 | 1 | 2)[];
  text: string | null;
  number: number | null;
  date: string | null;
  dropdown: string | null;
  checked: boolean | null;
  sent: { hours: number; campaign: 0 | 1 | 2; isSent: boolean }[];
  wrote: number[];
  thread: { status: "open" | "resolved"; assignee: boolean } | null;
  token: { expires: number | null; isStopped: boolean } | null;
}

const hours = fc.integer({ min: 0, max: 300 }).map((n) => n + 0.5);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const texts = ["Berlin", "berlin", "Bern 100%", "Be_n", "Rome"] as const;
const dates = ["2026-01-01", "2026-02-28", "2026-03-01"] as const;

const contact: fc.Arbitrary<Person> = fc.record({
  page: fc.constantFrom(0, 1),
  created: hours,
  inbound: maybe(hours),
  first: maybe(hours),
  isClosedByMeta: fc.boolean(),
  adUntil: maybe(fc.integer({ min: -100, max: 100 }).map((n) => n + 0.5)),
  subscribed: fc.boolean(),
  isBlocked: fc.boolean(),
  unreachable: maybe(hours),
  isSuppressed: fc.boolean(),
  source: fc.constantFrom("organic", "ad"),
  locale: maybe(fc.constantFrom("de_DE", "de_AT", "en_US")),
  engagement: fc.constantFrom("new", "hot", "cold"),
  tags: fc.subarray<0 | 1 | 2>([0, 1, 2]),
  text: maybe(fc.constantFrom(...texts)),
  number: maybe(fc.constantFrom(-1, 0, 2.5, 100)),
  date: maybe(fc.constantFrom(...dates)),
  dropdown: maybe(fc.constantFrom("red", "green")),
  checked: maybe(fc.boolean()),
  sent: fc.uniqueArray(fc.record({ hours, campaign: fc.constantFrom(0, 1, 2), isSent: fc.boolean() }), {
    selector: ({ campaign }) => campaign,
    maxLength: 3,
  }),
  wrote: fc.array(hours, { maxLength: 2 }),
  thread: maybe(fc.record({ status: fc.constantFrom("open", "resolved"), assignee: fc.boolean() })),
  token: maybe(fc.record({ expires: maybe(fc.constantFrom(-5.5, 5.5)), isStopped: fc.boolean() })),
});

interface Stage {
  workspaceId: string;
  userId: string;
  pageIds: [string, string];
  now: Date;
}

const leaves = (stage: Stage): fc.Arbitrary<Condition> => {
  const values = (...all: string[]) => fc.subarray(all, { minLength: 1 });
  const one = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model);
  const c = fc.constant;
  const days = fc.integer({ min: 1, max: 12 });
  const at = fc
    .integer({ min: 1, max: 300 })
    .map((n) => new Date(stage.now.getTime() - n * hour).toISOString());
  const arbitraries: fc.Arbitrary<unknown>[] = [
    one({ field: c("page"), op: fc.constantFrom("any", "none"), pageIds: values(...stage.pageIds) }),
    one({
      field: fc.constantFrom("firstInteraction", "lastInteraction"),
      op: fc.constantFrom("before", "after"),
      at,
    }),
    one({
      field: fc.constantFrom("firstInteraction", "lastInteraction"),
      op: fc.constantFrom("within", "notWithin"),
      days,
    }),
    c({ field: "lastInteraction", op: "never" }),
    one({ field: c("tags"), op: fc.constantFrom("any", "all", "none"), tagIds: values(...tagIds) }),
    one({
      field: c("textField"),
      op: fc.constantFrom("is", "contains", "startsWith"),
      fieldId: c(textId),
      value: fc.constantFrom(...texts, "er", "100%", "_", "be"),
    }),
    one({
      field: c("numberField"),
      op: fc.constantFrom("equals", "below", "above"),
      fieldId: c(numberId),
      value: fc.constantFrom(0, 2.5, 50),
    }),
    one({
      field: c("numberField"),
      op: c("between"),
      fieldId: c(numberId),
      from: c(0),
      to: fc.constantFrom(2.5, 99),
    }),
    one({
      field: c("dateField"),
      op: fc.constantFrom("on", "before", "after"),
      fieldId: c(dateId),
      value: fc.constantFrom(...dates),
    }),
    one({ field: c("dateField"), op: c("between"), fieldId: c(dateId), from: c(dates[1]), to: c(dates[2]) }),
    one({
      field: c("dropdownField"),
      op: fc.constantFrom("any", "none"),
      fieldId: c(dropdownId),
      values: values("red", "blue"),
    }),
    one({ field: c("textField"), op: fc.constantFrom("empty", "filled"), fieldId: c(textId) }),
    one({ field: c("dropdownField"), op: fc.constantFrom("empty", "filled"), fieldId: c(dropdownId) }),
    one({ field: c("checkboxField"), op: fc.constantFrom("checked", "unchecked"), fieldId: c(checkboxId) }),
    one({ field: c("engagement"), op: fc.constantFrom("any", "none"), values: values("new", "hot", "warm") }),
    one({ field: c("window"), op: fc.constantFrom("open", "human", "closed") }),
    one({ field: c("window"), op: c("closingWithin"), hours: fc.integer({ min: 1, max: 30 }) }),
    one({
      field: c("consent"),
      op: fc.constantFrom("subscribed", "unsubscribed", "blocked", "unreachable", "suppressed"),
    }),
    one({ field: c("optInToken"), op: fc.constantFrom("valid", "none") }),
    one({ field: c("source"), op: fc.constantFrom("any", "none"), values: values("ad", "link") }),
    one({ field: c("locale"), op: fc.constantFrom("any", "none"), values: values("de", "en_US", "fr") }),
    one({
      field: c("campaign"),
      op: fc.constantFrom("received", "notReceived", "replied", "notReplied"),
      campaignId: fc.constantFrom(campaignId, otherCampaignId),
    }),
    one({ field: c("conversation"), op: c("any"), statuses: values("open", "pending") }),
    c({ field: "conversation", op: "none" }),
    one({ field: c("assigned"), op: c("to"), userIds: c([stage.userId]) }),
    one({ field: c("assigned"), op: fc.constantFrom("anybody", "nobody") }),
  ];
  // Everything that comes out has passed the check that requests pass.
  return fc.oneof(...arbitraries).map((leaf) => {
    const [read] = checkConditions({ match: "all", conditions: [leaf] }).conditions;
    if (!read || isGroup(read)) throw new Error("The generator makes conditions that do not pass");
    return read;
  });
};

const trees = (stage: Stage): fc.Arbitrary<Conditions> => {
  const group = (children: fc.Arbitrary<Condition | Conditions>): fc.Arbitrary<Conditions> =>
    fc.record({
      match: fc.constantFrom("all", "any"),
      not: fc.boolean(),
      conditions: fc.array(children, { minLength: 1, maxLength: 3 }),
    });
  const leaf = leaves(stage);
  return group(
    fc.oneof({ weight: 2, arbitrary: leaf }, { weight: 1, arbitrary: group(fc.oneof(leaf, group(leaf))) }),
  );
};

/** In each run: it asks twice about those who got several messages, of which they answered one. */
const notReplied: Conditions = {
  match: "all",
  conditions: [{ field: "campaign", op: "notReplied", campaignId }],
};

test("compileConditions() in SQL and in plain evaluation select the same contacts", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(contact, { minLength: 40, maxLength: 60 }),
      fc.integer(),
      async (contacts, seed) => {
        const stage = await insertContacts(contacts);
        for (const tree of [notReplied, ...fc.sample(trees(stage), { numRuns: 60, seed })]) {
          const { condition } = await audienceCondition(database.sql, stage.workspaceId, {
            conditions: tree,
          });
          const rows = await database.sql<{ psid: string }[]>`
          select c.psid from messaging.contacts as c where ${condition} order by c.psid::int4`;

          const chosen = contacts.flatMap((one, n) => (holds(stage, one, tree) ? [String(n)] : []));
          expect(
            rows.map((row) => row.psid),
            JSON.stringify(tree),
          ).toEqual(chosen);
        }
      },
    ),
    { numRuns: 8, endOnFailure: true },
  );
}, 120_000);

function holds(stage: Stage, one: Person, node: Condition | Conditions): boolean {
  if (!isGroup(node)) return holdsOne(stage, one, node);
  const found =
    node.match === "all"
      ? node.conditions.every((child) => holds(stage, one, child))
      : node.conditions.some((child) => holds(stage, one, child));
  return found !== (node.not ?? false);
}

function holdsOne(stage: Stage, one: Person, c: Condition): boolean {
  const date = (ago: number | null) => (ago === null ? null : new Date(stage.now.getTime() - ago * hour));
  const time = (ago: number | null, op: string, condition: object): boolean => {
    const { at = "", days = 0 } = { ...condition } as { at?: string; days?: number };
    const seen = date(ago);
    if (op === "before") return seen !== null && seen < new Date(at);
    if (op === "after") return seen !== null && seen > new Date(at);
    const isWithin = ago !== null && ago < days * 24;
    return op === "within" ? isWithin : !isWithin;
  };
  const any = (op: "any" | "none", found: boolean) => (op === "any" ? found : !found);
  const inbound = date(one.inbound);
  switch (c.field) {
    case "page":
      return any(c.op, c.pageIds.includes(stage.pageIds[one.page]));
    case "firstInteraction":
      return one.inbound !== null && time(one.first ?? Math.max(one.created, one.inbound), c.op, c);
    case "lastInteraction":
      return c.op === "never" ? one.inbound === null : time(one.inbound, c.op, c);
    case "tags": {
      const has = (id: string) => one.tags.some((n) => tagIds[n] === id);
      if (c.op === "all") return c.tagIds.every(has);
      return any(c.op, c.tagIds.some(has));
    }
    case "textField": {
      if (!("value" in c)) return (one.text !== null) === (c.op === "filled");
      const text = one.text?.toLowerCase();
      const value = c.value.toLowerCase();
      if (c.op === "is") return text === value;
      return (c.op === "contains" ? text?.includes(value) : text?.startsWith(value)) ?? false;
    }
    case "numberField":
      if ("from" in c) return one.number !== null && one.number >= c.from && one.number <= c.to;
      if (!("value" in c)) return (one.number !== null) === (c.op === "filled");
      if (one.number === null) return false;
      return c.op === "equals"
        ? one.number === c.value
        : c.op === "below"
          ? one.number < c.value
          : one.number > c.value;
    case "dateField":
      if ("from" in c) return one.date !== null && one.date >= c.from && one.date <= c.to;
      if (!("value" in c)) return (one.date !== null) === (c.op === "filled");
      if (one.date === null) return false;
      return c.op === "on"
        ? one.date === c.value
        : c.op === "before"
          ? one.date < c.value
          : one.date > c.value;
    case "dropdownField":
      if (!("values" in c)) return (one.dropdown !== null) === (c.op === "filled");
      return any(c.op, one.dropdown !== null && c.values.includes(one.dropdown));
    case "checkboxField":
      return (one.checked === true) === (c.op === "checked");
    case "engagement":
      return any(c.op, c.values.includes(one.engagement));
    case "window": {
      const facts = {
        subscribed: true,
        blockedAt: null,
        unreachableAt: null,
        lastInboundAt: inbound,
        adWindowUntil: date(one.adUntil === null ? null : -one.adUntil),
        windowClosedAt: one.isClosedByMeta ? inbound : null,
      };
      const { state } = windowOf(facts, stage.now);
      if (c.op !== "closingWithin") return state === c.op;
      const later = new Date(stage.now.getTime() + c.hours * hour);
      return state === "open" && windowOf(facts, later).state !== "open";
    }
    case "consent":
      if (c.op === "subscribed") return one.subscribed;
      if (c.op === "unsubscribed") return !one.subscribed;
      if (c.op === "blocked") return one.isBlocked;
      if (c.op === "suppressed") return one.isSuppressed;
      return one.unreachable !== null && (one.inbound === null || one.inbound >= one.unreachable);
    case "optInToken": {
      const isValid =
        one.thread !== null &&
        one.token !== null &&
        !one.token.isStopped &&
        (one.token.expires === null || one.token.expires > 0);
      return isValid === (c.op === "valid");
    }
    case "source":
      return any(c.op, c.values.includes(one.source));
    case "locale":
      return any(
        c.op,
        one.locale !== null &&
          c.values.some((value) => one.locale === value || one.locale?.split("_")[0] === value),
      );
    case "campaign": {
      const isOf = (campaign: 0 | 1 | 2) => (c.campaignId === otherCampaignId) === (campaign === 2);
      const got = one.sent.filter(({ isSent, campaign }) => isSent && isOf(campaign));
      const hasGot = got.length > 0;
      if (c.op === "received") return hasGot;
      if (c.op === "notReceived") return !hasGot;
      const all = one.inbound === null ? [] : [one.inbound, ...wroteBefore(one)];
      // Credited to the newest message before it, of any campaign.
      const next = (sent: (typeof got)[number]) =>
        one.sent
          .filter(
            (other, n) =>
              other.isSent &&
              (other.hours < sent.hours || (other.hours === sent.hours && n > one.sent.indexOf(sent))),
          )
          .map(({ hours }) => hours);
      const hasReplied = got.some((sent) =>
        all.some((ago) => ago < sent.hours && ago >= Math.max(sent.hours - 72, ...next(sent))),
      );
      return hasGot && hasReplied === (c.op === "replied");
    }
    case "conversation":
      return c.op === "none"
        ? one.thread === null
        : one.thread !== null && c.statuses.includes(one.thread.status);
    case "assigned":
      return c.op === "nobody" ? !one.thread?.assignee : one.thread?.assignee === true;
  }
}

/** Messages before the last one: only with a thread. */
function wroteBefore(one: Person): number[] {
  return one.thread === null || one.inbound === null
    ? []
    : one.wrote.map((ago) => ago + (one.inbound ?? 0) + 1);
}

async function insertContacts(contacts: Person[]): Promise<Stage> {
  const { sql } = database;
  await emptyTables(sql, "auth.users", "auth.workspaces");
  const { workspaceId, userId, pageId } = await insertPage(database, "100", "x");
  const [second] =
    await sql`insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
    values (${workspaceId}, '101', 'Second', 'connected', 'x') returning id`;
  const pageIds: [string, string] = [pageId, second?.id];
  const [{ now } = { now: "" }] = await sql<{ now: string }[]>`select now()`;
  await sql`insert into messaging.tags (id, workspace_id, name, colour)
    select id, ${workspaceId}, id::text, 'red' from unnest(${tagIds}::uuid[]) as id`;
  await sql`insert into messaging.custom_fields (id, workspace_id, key, label, type, options)
    select t.id, ${workspaceId}, 'f_' || t.type, t.type, t.type, case when t.type = 'dropdown' then '{red,green}' else '{}' end::text[]
    from unnest(${[textId, numberId, dateId, dropdownId, checkboxId]}::uuid[],
      ${["text", "number", "date", "dropdown", "checkbox"]}::text[]) as t(id, type)`;
  const [content] = await sql`insert into messaging.contents (workspace_id, message)
    values (${workspaceId}, '{}') returning id`;
  await sql`insert into messaging.campaigns (id, workspace_id, name, kind, audience, draft, parent_id)
    select t.id, ${workspaceId}, 'C', 'window', '{}', '{}', t.parent from unnest(
      ${[campaignId, childId, otherCampaignId]}::uuid[], ${[null, campaignId, null]}::uuid[]) as t(id, parent)`;
  const rows = contacts.map((one, n) => ({
    ...one,
    psid: String(n),
    id: `eeeeeeee-0000-7000-8000-${String(n).padStart(12, "0")}`,
    page_id: pageIds[one.page],
    before: wroteBefore(one),
  }));
  const given = sql`(select p, (p ->> 'id')::uuid as id, (p ->> 'page_id')::uuid as page_id
    from jsonb_array_elements(${JSON.stringify(rows)}::jsonb) as p) as given`;
  const ago = (name: string) => sql`now() - make_interval(secs => (p ->> ${name})::float8 * 3600)`;
  await sql`insert into messaging.contacts (id, workspace_id, page_id, psid, created_at, last_inbound_at, first_inbound_at, window_closed_at,
      ad_window_until, subscribed, blocked_at, unreachable_at, source, locale, engagement)
    select id, ${workspaceId}, page_id, p ->> 'psid', ${ago("created")}, ${ago("inbound")}, ${ago("first")},
      case when (p ->> 'isClosedByMeta')::bool then ${ago("inbound")} end,
      now() + make_interval(secs => (p ->> 'adUntil')::float8 * 3600), (p ->> 'subscribed')::bool,
      case when (p ->> 'isBlocked')::bool then now() end, ${ago("unreachable")}, p ->> 'source', p ->> 'locale',
      p ->> 'engagement' from ${given}`;
  await sql`insert into messaging.suppressions (workspace_id, page_id, psid, reason)
    select ${workspaceId}, page_id, p ->> 'psid', 'stop' from ${given} where (p ->> 'isSuppressed')::bool`;
  await sql`insert into messaging.contact_tags (workspace_id, page_id, contact_id, tag_id)
    select ${workspaceId}, page_id, id, (${tagIds}::uuid[])[1 + tag::int4]
    from ${given}, jsonb_array_elements_text(p -> 'tags') as tag`;
  await sql`insert into messaging.contact_fields (workspace_id, page_id, contact_id, field_id, type, text_value, number_value, date_value, checked_value)
    select ${workspaceId}, page_id, given.id, f.id, f.type,
      case when f.type in ('text', 'dropdown') then p ->> f.type end, case when f.type = 'number' then (p ->> 'number')::float8 end,
      case when f.type = 'date' then (p ->> 'date')::date end, case when f.type = 'checkbox' then (p ->> 'checked')::bool end
    from ${given}, messaging.custom_fields as f
    where p ->> (case when f.type = 'checkbox' then 'checked' else f.type end) is not null`;
  await sql`insert into messaging.conversations (id, workspace_id, page_id, last_message_at, preview_direction, status, assignee_id)
    select id, ${workspaceId}, page_id, now(), 'in', p -> 'thread' ->> 'status',
      case when (p -> 'thread' ->> 'assignee')::bool then ${userId}::uuid end
    from ${given} where p ->> 'thread' is not null`;
  await sql`insert into messaging.messages (workspace_id, conversation_id, page_id, mid, direction, author_kind, sent_at)
    select ${workspaceId}, id, page_id, gen_random_uuid()::text, 'in', 'contact', now() - make_interval(secs => hours::float8 * 3600)
    from ${given}, jsonb_array_elements_text((p -> 'before') || (p -> 'inbound')) as hours
    where p ->> 'thread' is not null and hours is not null`;
  await sql`insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, state, reason, settled_at)
    select ${workspaceId}, page_id, given.id, p ->> 'psid', 'campaign', ${content?.id},
      (${[campaignId, childId, otherCampaignId]}::uuid[])[1 + campaign], case when "isSent" then 'sent' else 'failed' end, 'x',
      now() - make_interval(secs => hours * 3600)
    from ${given}, jsonb_to_recordset(p -> 'sent') as sent(campaign int4, "isSent" bool, hours float8)`;
  await sql`insert into messaging.events (workspace_id, page_id, conversation_id, key, kind, data, at)
    select ${workspaceId}, page_id, id, p ->> 'psid', 'optin', jsonb_strip_nulls(jsonb_build_object(
        'notification_messages_token', '74',
        'token_expiry_timestamp', (extract(epoch from now()) * 1000 + (p -> 'token' ->> 'expires')::float8 * 3600000)::int8,
        'notification_messages_status', case when (p -> 'token' ->> 'isStopped')::bool then 'STOP NOTIFICATIONS' end)), now()
    from ${given} where p ->> 'token' is not null and p ->> 'thread' is not null`;
  return { workspaceId, userId, pageIds, now: new Date(now) };
}

test("checkConditions() names the mistake and its place", () => {
  const refusal = (tree: unknown) => {
    try {
      checkConditions(tree);
    } catch (problem) {
      return problem;
    }
    return undefined;
  };
  const deep = (levels: number): object =>
    levels === 0 ? { field: "window", op: "open" } : { match: "all", conditions: [deep(levels - 1)] };
  const wide = (count: number) => ({
    match: "any",
    conditions: Array.from({ length: count }, () => ({ field: "window", op: "open" })),
  });

  expect(refusal(deep(5))).toBeUndefined();
  expect(refusal(wide(20))).toBeUndefined();
  expect(refusal(deep(6))).toMatchObject({ code: "conditions-invalid", status: 422 });
  expect(refusal({ match: "all", conditions: [wide(11), wide(11)] })).toMatchObject({
    message: expect.stringContaining("at most 20 conditions"),
  });
  expect(refusal({ match: "all", conditions: [] })).toMatchObject({ errors: [{ path: "/conditions" }] });
  for (const [leaf, path] of [
    [{ field: "id; drop table", op: "is" }, "/conditions/0/field"],
    [{ field: "window", op: "ajar" }, "/conditions/0/op"],
    [{ field: "window", op: "closingWithin", hours: "2" }, "/conditions/0/hours"],
    [{ field: "dateField", op: "on", fieldId: dateId, value: "2026-02-31" }, "/conditions/0/value"],
    [{ field: "lastInteraction", op: "before", at: "yesterday" }, "/conditions/0/at"],
    [{ field: "tags", op: "any", tagIds: ["' or true --"] }, "/conditions/0/tagIds/0"],
    [{ field: "window", op: "open", workspaceId: "x" }, "/conditions/0/workspaceId"],
    ["text", "/conditions/0"],
  ] as const)
    expect(refusal({ match: "all", conditions: [leaf] }), path).toMatchObject({
      errors: [expect.objectContaining({ path })],
    });
});
