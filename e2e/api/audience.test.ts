import { afterAll, beforeAll, expect, test } from "vitest";
import { inhabit, type Inhabited } from "../../apps/server/testing/inhabited.ts";

let world: Inhabited;
beforeAll(async () => {
  world = await inhabit();
});
afterAll(() => world.close());

interface Answer {
  status: number;
  /** The parts of responses that these tests read; a missing one fails its test. */
  body: {
    segment: { id: string; name: string; count: number; conditions: unknown };
    field: { id: string; options: string[] };
    rules: unknown;
    items: { psid: string }[];
    nextCursor: string | null;
  };
}

async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await world.request(method, path, { body });
  return { status: response.status, body: await response.json() };
}

const group = (...conditions: unknown[]) => ({ match: "all", conditions });

test("a dynamic segment counts current matches, can be duplicated, and cannot be deleted while a campaign uses it", async () => {
  const { tagId = "", contactId = "" } = world.here.ids;
  const conditions = group({ field: "tags", op: "any", tagIds: [tagId] });
  const made = await call("POST", "/segments", { name: "Important", kind: "dynamic", conditions });
  const { id } = made.body.segment;
  const before = await call("GET", `/segments/${id}`);
  await world.system.sql`insert into messaging.contact_tags (workspace_id, page_id, contact_id, tag_id)
    select workspace_id, page_id, id, ${tagId}::uuid from messaging.contacts where id = ${contactId}::uuid`;

  const after = await call("GET", `/segments/${id}`);
  const copies = await Promise.all([1, 2, 3, 4].map(() => call("POST", `/segments/${id}/duplicate`)));
  await world.system.sql`insert into messaging.campaigns (workspace_id, name, kind, status, audience, draft)
    values (${world.here.workspaceId}, 'Spring', 'window', 'running', ${JSON.stringify({ segmentId: id })}::jsonb, '{}')`;
  const refused = await call("DELETE", `/segments/${id}`);
  const tagRefused = await call("DELETE", `/tags/${tagId}`);
  await world.system.sql`update messaging.campaigns set status = 'completed'`;
  const deleted = await call("DELETE", `/segments/${id}`);

  expect([before.body.segment.count, after.body.segment.count]).toEqual([0, 1]);
  expect(after.body.segment.conditions).toEqual(conditions);
  expect(copies.map(({ body }) => body.segment?.name).toSorted()).toEqual([
    "Important (copy 2)",
    "Important (copy 3)",
    "Important (copy 4)",
    "Important (copy)",
  ]);
  expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('"Spring"') } });
  expect(tagRefused).toMatchObject({ status: 409, body: { detail: expect.stringContaining("Important") } });
  expect(deleted.status).toBe(200);
  expect((await call("GET", `/segments/${id}`)).status).toBe(404);
});

test("a static segment accepts selected contacts of this workspace only", async () => {
  const { contactId } = world.here.ids;
  const stranger = world.elsewhere.ids.contactId;
  const made = await call("POST", "/segments", { name: "Picked by hand", kind: "static" });
  const { id } = made.body.segment;

  const added = await call("POST", `/segments/${id}/members`, { contactIds: [contactId, stranger] });
  const again = await call("POST", `/segments/${id}/members`, { contactIds: [contactId] });
  const counted = await call("GET", `/segments/${id}`);
  const removed = await call("DELETE", `/segments/${id}/members`, { contactIds: [contactId] });
  const conditions = group({ field: "window", op: "open" });
  const changed = await call("PATCH", `/segments/${id}`, { conditions });

  expect([added.body, again.body, removed.body]).toEqual([{ changed: 1 }, { changed: 0 }, { changed: 1 }]);
  expect(counted.body.segment.count).toBe(1);
  expect(changed.status).toBe(409);
});

test("createSegment refuses wrong conditions with the place of each mistake", async () => {
  const wrong = group({ field: "window", op: "ajar" }, { field: "age", op: "is" });

  const counted = await call("POST", "/segments/count", { conditions: wrong });
  const named = await call("POST", "/segments", { name: "segment HERE", kind: "static" });

  expect(counted).toMatchObject({
    status: 422,
    body: { errors: [{ path: "/conditions/0/op" }, { path: "/conditions/1/field" }] },
  });
  expect(named).toMatchObject({ status: 409, body: { detail: expect.stringContaining('"segment HERE"') } });
});

test("tags and custom fields are unique per workspace, and a dropdown choice in use stays", async () => {
  const { contactId = "" } = world.here.ids;
  const same = await call("POST", "/tags", { name: "tag here", colour: "rose" });
  const made = await call("POST", "/custom-fields", {
    key: "plan",
    label: "Plan",
    type: "dropdown",
    options: ["free", "paid"],
  });
  const fieldId = made.body.field.id;
  await world.system
    .sql`insert into messaging.contact_fields (workspace_id, page_id, contact_id, field_id, type, text_value)
    select workspace_id, page_id, id, ${fieldId}::uuid, 'dropdown', 'free' from messaging.contacts where id = ${contactId}::uuid`;

  const used = await call("PATCH", `/custom-fields/${fieldId}`, { options: ["paid"] });
  const changed = await call("PATCH", `/custom-fields/${fieldId}`, { options: ["free", "gold"] });
  const empty = await call("POST", "/custom-fields", { key: "kind", label: "Kind", type: "dropdown" });
  const gone = await call("DELETE", `/custom-fields/${fieldId}`);

  expect(same.status).toBe(409);
  expect(used).toMatchObject({ status: 409, body: { detail: expect.stringContaining('"free"') } });
  expect(changed.body.field.options).toEqual(["free", "gold"]);
  expect(empty.status).toBe(422);
  expect(gone.status).toBe(200);
});

test("writeSendingRules checks and stores the rules, and the suppression list accepts people without a contact", async () => {
  const { pageId } = world.here.ids;
  const rules = {
    timezone: "Europe/Berlin",
    cap: { count: 2, hours: 24 },
    quietHours: { from: "21:30", until: "08:00" },
    stopWords: ["Schluss"],
    startWords: ["los gehts"],
    operatorsNeedApproval: false,
  };

  const kept = await call("PUT", "/sending-rules", rules);
  const { operatorsNeedApproval: _, ...known } = rules;
  const older = await call("PUT", "/sending-rules", known);
  const read = await call("GET", "/sending-rules");
  const zone = await call("PUT", "/sending-rules", { ...rules, timezone: "Mars/Olympus" });
  // Postgres knows this zone, and the campaign clock does not.
  const halfKnown = await call("PUT", "/sending-rules", { ...rules, timezone: "Factory" });
  const twice = await call("PUT", "/sending-rules", { ...rules, startWords: ["schluss"] });
  const added = await call("POST", "/suppressions", { pageId, psids: ["70021", "70022"] });
  const foreign = await call("POST", "/suppressions", {
    pageId: world.elsewhere.ids.pageId,
    psids: ["70021"],
  });
  const first = await call("GET", "/suppressions?limit=1");
  const second = await call("GET", `/suppressions?limit=1&cursor=${first.body.nextCursor}`);
  const lifted = await call("DELETE", "/suppressions", { pageId, psid: "70021" });

  const consentReplies = { stop: null, start: null, translations: { stop: {}, start: {} } };
  expect(kept.body.rules).toEqual({ ...rules, stopWords: ["schluss"], consentReplies });
  expect([older.body, read.body]).toEqual([kept.body, kept.body]);
  expect([zone, halfKnown, twice, foreign, lifted].map(({ status }) => status)).toEqual([
    422, 422, 422, 404, 200,
  ]);
  expect(added.body).toEqual({ changed: 2 });
  expect([first, second].map((list) => list.body.items[0]?.psid)).toEqual(["70022", "70021"]);
  expect(second.body.nextCursor).toBeNull();
});

test("a field or tag in use by a message or sequence cannot be deleted, and the problem names the user", async () => {
  const made = await call("POST", "/custom-fields", { key: "needed", label: "Needed", type: "text" });
  const { id } = made.body.field;
  const content = { text: "Hi {{ custom.needed | there }}" };
  const tag = await call("POST", "/tags", { name: "Needed", colour: "blue" });
  const { pageId = "" } = world.here.ids;
  const refusals: unknown[] = [];
  const refused = async (path: string) => {
    const { status, body } = await call("DELETE", path);
    refusals.push([status, (body as unknown as { detail?: string }).detail]);
  };

  const template = await call("POST", "/templates", { name: "Hello", content });
  await refused(`/custom-fields/${id}`);
  await call(
    "DELETE",
    `/templates/${(template.body as unknown as { template: { id: string } }).template.id}`,
  );
  await call("PUT", `/pages/${pageId}/auto-replies`, { welcome: content, away: null, businessHours: null });
  await refused(`/custom-fields/${id}`);
  await call("PUT", `/pages/${pageId}/auto-replies`, { welcome: null, away: null, businessHours: null });
  const {
    tag: { id: tagId },
  } = tag.body as unknown as { tag: { id: string } };
  const sequence = await call("POST", "/sequences", {
    name: "Onboarding",
    steps: [{ delaySeconds: 0, condition: null, content }],
    trigger: { kind: "tag_added", tagId, pageIds: [], cooldownSeconds: 0, maxPerContact: 1 },
    exit: { onReply: false, onClick: false, onTagId: null },
  });
  await refused(`/custom-fields/${id}`);
  await refused(`/tags/${tagId}`);
  expect(sequence).toMatchObject({ status: 201 });
  await call(
    "DELETE",
    `/sequences/${(sequence.body as unknown as { sequence: { id: string } }).sequence.id}`,
  );
  for (const [goal, path] of [
    [{ on: "tagged", tagId, withinDays: 1 }, `/tags/${tagId}`],
    [{ on: "field", fieldId: id, value: "yes", withinDays: 1 }, `/custom-fields/${id}`],
  ] as const) {
    const campaign = await call("POST", "/campaigns", {
      name: "Sale",
      kind: "window",
      audience: { all: true },
      content: { text: "Hi" },
      options: { goal },
    });
    await refused(path);
    await call(
      "DELETE",
      `/campaigns/${(campaign.body as unknown as { campaign: { id: string } }).campaign.id}`,
    );
  }
  const gone = [await call("DELETE", `/custom-fields/${id}`), await call("DELETE", `/tags/${tagId}`)];

  const why = (what: string, use: string) =>
    `Cannot delete this ${what}: ${use} uses it. Remove it there first`;
  expect(refusals).toEqual([
    [409, why("field", 'the template "Hello"')],
    [
      409,
      expect.stringMatching(
        /^Cannot delete this field: the welcome or away message of the page ".+" uses it/,
      ),
    ],
    [409, why("field", 'the sequence "Onboarding"')],
    [409, why("tag", 'the sequence "Onboarding"')],
    [409, why("tag", 'the campaign "Sale"')],
    [409, why("field", 'the campaign "Sale"')],
  ]);
  expect(gone.map(({ status }) => status)).toEqual([200, 200]);
});

test("defaults apply to omitted properties: a preview's kind, a tag's colour, a template's content flag", async () => {
  const { templateId = "" } = world.here.ids;
  const audience = { all: true };

  const preview = await call("POST", "/audience/preview", { audience });
  const tag = await call("POST", "/tags", { name: "Plain" });
  const campaign = { name: "By template", kind: "window", audience };
  const inContent = await call("POST", "/campaigns", { ...campaign, content: { templateId } });
  const beside = await call("POST", "/campaigns", { ...campaign, templateId });

  expect(preview).toMatchObject({
    status: 200,
    body: { count: expect.any(Number), reasons: expect.any(Array) },
  });
  expect(tag).toMatchObject({ status: 201, body: { tag: { colour: "slate" } } });
  for (const made of [inContent, beside])
    expect(made).toMatchObject({
      status: 201,
      body: { campaign: { variants: [{ weight: 100, templateId }] } },
    });
});
