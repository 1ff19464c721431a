import { afterAll, beforeAll, expect, test } from "vitest";
import { type CampaignStage, insertContacts, openCampaignStage } from "../testing/campaign_stage.ts";
import { listCampaigns } from "./campaign_list.ts";
import { readCampaign } from "../campaigns/campaign_live.ts";
import { archive, changeDraft, deleteDraft, duplicate } from "./draft.ts";
import { launch } from "../campaign_plan/launch.ts";
import type { CampaignChange, CampaignsQuery, NewCampaign } from "../campaigns/schema.ts";
import { draftNews, planAll } from "../campaign_plan/testing.ts";

let stage: CampaignStage;
beforeAll(async () => {
  stage = await openCampaignStage({ pages: 3, contacts: 1 });
});
afterAll(() => stage.close());

const nobody = "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10";
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const read = (id: string) => readCampaign(stage, stage.workspaceId, id);

const part = { text: "", buttons: [{ type: "url" as const, title: "", url: "" }] };

test("an unfinished draft is kept and cannot be launched; saving it as finished reports the missing parts", async () => {
  const unfinished = { content: part, audience: { undecided: "segment" as const }, unfinished: true };
  const id = await draftNews(stage, { ...unfinished, schedule: { at: inDays(-1) } });
  const saved = await read(id);
  await changeDraft(stage, stage.workspaceId, {
    campaignId: id,
    by: stage.ann,
    body: { schedule: null, unfinished: true },
  });
  const finish = (body: CampaignChange) =>
    changeDraft(stage, stage.workspaceId, { campaignId: id, by: stage.ann, body });

  expect(saved).toMatchObject({ status: "draft", audience: { undecided: "segment" } });
  expect(saved.variants).toEqual([{ content: part, weight: 100 }]);
  await expect(launch(stage, stage.workspaceId, { campaignId: id, by: stage.ann })).rejects.toMatchObject({
    code: "audience-undecided",
    status: 422,
  });
  await expect(finish({ audience: { all: true } })).rejects.toMatchObject({ code: "content-invalid" });
  await finish({ audience: { all: true }, content: { text: "Hi" } });
  await launch(stage, stage.workspaceId, { campaignId: id, by: stage.ann });
  expect((await read(id)).status).not.toBe("draft");
});

test("a scheduled campaign is checked although its change says that it is unfinished", async () => {
  const id = await draftNews(stage, { schedule: { at: inDays(1) } });
  await launch(stage, stage.workspaceId, { campaignId: id, by: stage.ann });

  const changed = changeDraft(stage, stage.workspaceId, {
    campaignId: id,
    by: stage.ann,
    body: { content: {}, unfinished: true },
  });

  await expect(changed).rejects.toMatchObject({ code: "content-invalid", status: 422 });
});

test("listCampaigns() goes by name, time or counts, either way, page by page, and refuses another list's cursor", async () => {
  const own = await openCampaignStage();
  const ids: Record<string, string> = {};
  for (const name of ["beans", "Arabica", "Crema", "beans"]) ids[name] = await draftNews(own, { name });
  await own.sql`update messaging.campaigns set counts = '{"sent": 12, "replied": 3}' where name = 'Crema'`;
  await own.sql`update messaging.campaigns set counts = '{"sent": 9}', status = 'scheduled', due_at = now() + interval '1 day'
    where name = 'Arabica'`;
  const namesBy = async (query: Pick<CampaignsQuery, "sort" | "order">) => {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listCampaigns(own, own.workspaceId, {
        ...query,
        limit: 1,
        ...(cursor && { cursor }),
      });
      names.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return names.join(" ");
  };

  expect(await namesBy({})).toBe("beans Crema Arabica beans");
  expect(await namesBy({ order: "asc" })).toBe("beans Arabica Crema beans");
  expect(await namesBy({ sort: "name" })).toBe("Arabica beans beans Crema");
  expect(await namesBy({ sort: "name", order: "desc" })).toBe("Crema beans beans Arabica");
  expect(await namesBy({ sort: "when" })).toBe("Arabica beans Crema beans");
  expect(await namesBy({ sort: "sent" })).toBe("Crema Arabica beans beans");
  expect(await namesBy({ sort: "replied", order: "asc" })).toMatch(/Crema$/);
  const { nextCursor } = await listCampaigns(own, own.workspaceId, { sort: "name", limit: 1 });
  const misplaced = ["when", "sent", "created"] as const;
  for (const sort of misplaced)
    await expect(
      listCampaigns(own, own.workspaceId, { sort, cursor: nextCursor ?? "" }),
    ).rejects.toMatchObject({ code: "invalid-cursor" });
  await own.close();
});

test.each<[string, Partial<NewCampaign>, string, string]>([
  ["an empty name", { name: "  " }, "invalid-name", "Enter a name"],
  ["no content", { content: undefined }, "content-missing", "exactly one of"],
  ["content and template", { templateId: nobody }, "content-missing", "exactly one of"],
  ["an unknown template", { content: undefined, templateId: nobody }, "template-missing", "another template"],
  ["an unknown page", { audience: { pageIds: [nobody] } }, "audience-page-missing", "a page of its audience"],
  [
    "an unknown contact",
    { audience: { contactIds: [nobody] } },
    "audience-contacts-missing",
    "none of the selected contacts",
  ],
  ["an unknown segment", { audience: { segmentId: nobody } }, "audience-invalid", "segment does not exist"],
  [
    "weights that are not 100",
    {
      content: undefined,
      variants: [
        { content: { text: "A" }, weight: 60 },
        { content: { text: "B" }, weight: 30 },
      ],
    },
    "variants-weights",
    "90 instead of 100",
  ],
  [
    "a split test of one",
    { split: { holdoutPercent: 10, winnerBy: "replied", afterMinutes: 60 } },
    "split-invalid",
    "two variants",
  ],
  [
    "a winner that is known only when it is over",
    {
      content: undefined,
      variants: [
        { content: { text: "A" }, weight: 50 },
        { content: { text: "B" }, weight: 50 },
      ],
      split: { holdoutPercent: 50, winnerBy: "replied", afterMinutes: 240 },
      schedule: { at: inDays(1) },
      expiresAt: inDays(1.1),
    },
    "split-expires-too-soon",
    "expires before the winner is known",
  ],
  [
    "a winner that is known only after the next occurrence",
    {
      content: undefined,
      variants: [
        { content: { text: "A" }, weight: 50 },
        { content: { text: "B" }, weight: 50 },
      ],
      split: { holdoutPercent: 50, winnerBy: "replied", afterMinutes: 2_880 },
      schedule: { recurrence: { every: "week", weekdays: ["mon", "tue"], time: "09:00" } },
    },
    "split-recurs-too-soon",
    "repeats before",
  ],
  ["a time that is over", { schedule: { at: inDays(-1) } }, "schedule-invalid", "in the past"],
  [
    "an end before its start",
    { schedule: { at: inDays(2) }, expiresAt: inDays(1) },
    "expiry-invalid",
    "later",
  ],
  ["a text too long", { content: { text: "x".repeat(2_001) } }, "content-invalid", "2001 characters"],
  [
    "an unknown variable",
    { content: { text: "Hi {{custom.nothing}}" } },
    "content-invalid",
    "does not exist",
  ],
  [
    "a utility campaign without a template of Meta",
    { kind: "utility" },
    "kind-needs-utility",
    "utility template",
  ],
  ["a private reply to everybody", { kind: "private_reply" }, "audience-kind", "commentsOn"],
  [
    "conditions that say nothing",
    { audience: { conditions: { match: "all", conditions: [] } } },
    "conditions-invalid",
    "",
  ],
])("createDraft() refuses %s, and gives the remedy", async (_, changes, code, words) => {
  await expect(draftNews(stage, changes)).rejects.toMatchObject({
    code,
    status: 422,
    message: expect.stringContaining(words),
  });
});

test("drafts can be changed, duplicated and deleted; finished campaigns can be archived", async () => {
  const { workspaceId, userId } = stage;
  const id = await draftNews(stage, {
    content: { text: "Hello" },
    speed: 5,
    schedule: { at: inDays(3) },
  });
  await changeDraft(stage, workspaceId, {
    campaignId: id,
    body: { name: "Better news", schedule: null },
    by: stage.ann,
  });
  const copyId = await duplicate(stage, workspaceId, { campaignId: id, userId });

  expect(await read(copyId)).toMatchObject({
    name: "Better news (copy)",
    status: "draft",
    speed: 5,
    schedule: null,
    variants: [{ content: { text: "Hello" }, weight: 100 }],
  });
  await deleteDraft(stage, workspaceId, copyId);
  await expect(read(copyId)).rejects.toMatchObject({ status: 404 });
  await launch(stage, workspaceId, { campaignId: id, by: stage.ann });
  await expect(deleteDraft(stage, workspaceId, id)).rejects.toMatchObject({
    code: "campaign-not-deletable",
    remedy: "Archive it instead",
  });
  const isArchived = true;
  await expect(archive(stage, workspaceId, { campaignId: id, isArchived })).rejects.toMatchObject({
    code: "campaign-live",
    status: 409,
  });
  await stage.sql`update messaging.campaigns set status = 'completed', planned_at = now() where id = ${id}`;
  await archive(stage, workspaceId, { campaignId: id, isArchived });
  const names = async (query: Parameters<typeof listCampaigns>[2]) =>
    (await listCampaigns(stage, workspaceId, query)).items.map(({ name }) => name);
  expect(await names({ search: "better" })).toEqual([]);
  expect(await names({ search: "bett", archived: true })).toEqual(["Better news"]);
});

test("changeDraft() keeps concurrent changes of two people", async () => {
  const { workspaceId } = stage;
  const id = await draftNews(stage);
  const change = (body: CampaignChange) =>
    changeDraft(stage, workspaceId, { campaignId: id, body, by: stage.ann });

  await Promise.all([
    change({ name: "Ours" }),
    change({ speed: 7 }),
    change({ expiresAt: inDays(9) }),
    change({ options: { ignoreCap: true } }),
  ]);

  expect(await read(id)).toMatchObject({
    name: "Ours",
    speed: 7,
    expiresAt: expect.any(String),
    options: { ignoreCap: true },
  });
});

test("launch() of an archived draft takes it out of the archive", async () => {
  const { workspaceId } = stage;
  const campaignId = await draftNews(stage, { name: "Shelved", schedule: { at: inDays(3) } });
  await archive(stage, workspaceId, { campaignId, isArchived: true });

  await launch(stage, workspaceId, { campaignId, by: stage.ann });

  const { items } = await listCampaigns(stage, workspaceId, { search: "shelved" });
  expect(items).toMatchObject([{ status: "scheduled", archivedAt: null }]);
});

test("a launched campaign keeps its template's text when the template changes", async () => {
  const { sql, workspaceId, ann } = stage;
  const [template] = await sql<{ id: string }[]>`
    insert into messaging.templates (workspace_id, name, content)
    values (${workspaceId}, 'Welcome', '{"text": "As it was"}') returning id`;
  const templateId = template?.id ?? "";
  const schedule = { at: inDays(1) };
  const campaignId = await draftNews(stage, { content: undefined, templateId, schedule });
  const before = (await read(campaignId)).variants;

  await launch(stage, workspaceId, { campaignId, by: ann });
  await sql`update messaging.templates set content = '{"text": "Changed"}' where id = ${templateId}`;
  const launched = (await read(campaignId)).variants;
  await changeDraft(stage, workspaceId, { campaignId, body: { name: "Renamed" }, by: ann });
  const renamed = (await read(campaignId)).variants;
  await changeDraft(stage, workspaceId, { campaignId, body: { templateId }, by: ann });
  const anew = (await read(campaignId)).variants;
  const [sent] = await sql`
    select c.message ->> 'text' as text from messaging.campaign_variants v
    join messaging.contents c on c.id = v.content_id where v.campaign_id = ${campaignId}`;

  expect(before).toEqual([{ weight: 100, templateId }]);
  expect(launched).toEqual([{ weight: 100, content: { text: "As it was" } }]);
  expect(renamed).toEqual(launched);
  expect(anew).toEqual([{ weight: 100, content: { text: "Changed" } }]);
  expect(sent).toEqual({ text: "Changed" });
});

test("a utility campaign uses each page's own approved template and reports pages without one", async () => {
  const { sql, workspaceId, pageIds } = stage;
  const [one = "", two = "", three = ""] = pageIds;
  const components = JSON.stringify([{ type: "BODY", text: "Order {{order_id}} left us." }]);
  for (const [pageId, name, status] of [
    [one, "order_update", "APPROVED"],
    [two, "order_sent", "APPROVED"],
    [three, "order_update", "PENDING"],
  ] as const) {
    await sql`insert into messaging.utility_templates (workspace_id, page_id, name, language, category, status,
        parameter_format, components)
      values (${workspaceId}, ${pageId}, ${name}, 'en', 'UTILITY', ${status}, 'NAMED', ${components}::jsonb)`;
  }
  const ids = await insertContacts(stage, one, 1);
  await sql`update messaging.contacts set last_inbound_at = now() - interval '90 days' where id = ${ids[0] ?? ""}`;
  const id = await draftNews(stage, {
    kind: "utility",
    content: {
      utility: {
        name: "order_update",
        language: "en",
        parameters: { order_id: "{{first_name|17}}" },
        byPage: { [two]: { name: "order_sent", language: "en" } },
      },
    },
  });
  await launch(stage, workspaceId, { campaignId: id, by: stage.ann });
  await planAll(stage);

  const rows = await sql`
    select d.page_id, d.class, d.state, d.reason, content.message #>> '{template,name}' as template, count(*)::int4 as count
    from messaging.deliveries d join messaging.contents content on content.id = d.content_id
    where d.campaign_id = ${id} group by 1, 2, 3, 4, 5`;
  const of = (pageId: string) => rows.filter((row) => row.page_id === pageId);
  const queued = { class: "utility", state: "queued", reason: null };
  expect(of(one)).toMatchObject([{ ...queued, template: "order_update", count: 2 }]);
  expect(of(two)).toMatchObject([{ ...queued, template: "order_sent", count: 1 }]);
  expect(of(three)).toMatchObject([{ state: "skipped", reason: "no-template", count: 1 }]);
});

test("a selected contact deleted before the launch does not block others", async () => {
  const { sql, workspaceId, ann } = stage;
  const [gone = "", left = ""] = await insertContacts(stage, stage.pageIds[0] ?? "", 2);
  const contactIds = [gone, left];
  const campaignId = await draftNews(stage, { audience: { contactIds } });
  await sql`delete from messaging.contacts where id = ${gone}`;

  await changeDraft(stage, workspaceId, {
    campaignId,
    body: { name: "Saved", audience: { contactIds } },
    by: ann,
  });
  await launch(stage, workspaceId, { campaignId, by: ann });
  await planAll(stage);

  expect((await read(campaignId)).counts).toMatchObject({ planned: 1, queued: 1 });
});
