import { afterAll, beforeAll, expect, test } from "vitest";
import { anna, type BrowserStage, minh, openBrowserStage } from "../support/browser_stage.ts";
import { choose, chosen } from "../support/controls.ts";
import { waitFor } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

test(
  "a segment is built from nested conditions with a live count, and is there after a reload",
  { timeout: 60_000 },
  async () => {
    const { api } = stage;
    await stage.write(anna, "Good morning");
    await stage.write(minh, "Hello");
    const contacts = () => api.get<{ items: { id: string }[] }>("/contacts");
    await waitFor(async () => (await contacts()).items.length === 2);
    const [newest] = (await contacts()).items;
    const stopped = await api.raw("PATCH", `/contacts/${newest?.id}`, { subscribed: false });
    expect(stopped.status).toBe(200);
    const { page, troubles } = await stage.visit("segments/new");
    const people = page.getByRole("region", { name: "Contacts in this segment" });

    await people.getByText("2", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Add group" }).click();
    const inner = page.getByRole("group", { name: "Condition group, level 2" });
    await choose(inner.getByLabel("Property"), "Consent");
    await choose(inner.getByLabel("Comparison"), "unsubscribed");
    await people.getByText("1", { exact: true }).waitFor();
    await choose(inner.getByLabel("Match rule"), "Exclude if any match");
    await page.getByLabel("Name").fill("Reachable now");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: /^Reachable now/ }).click();
    await page.waitForURL(/\/segments\/[0-9a-f-]{36}$/);
    await page.reload();

    await people.getByText("1", { exact: true }).waitFor();
    expect(await chosen(inner.getByLabel("Match rule"))).toBe("Exclude if any match");
    expect(troubles).toEqual([]);
  },
);

test(
  "conditions from an API client are shown by name, and stay unchanged when the segment is renamed",
  { timeout: 60_000 },
  async () => {
    const { api, sql, workspaceId } = stage;
    const [late] = await sql<{ id: string }[]>`
      with made as (insert into messaging.tags (workspace_id, name, colour)
        select ${workspaceId}, 'Tag ' || to_char(n, 'FM000'), 'slate' from generate_series(1, 120) n returning id, name)
      select id from made where name = 'Tag 115'`;
    const campaignId = await stage.draft({ name: "Old news", content: { text: "Old" } });
    await api.post(`/campaigns/${campaignId}/archive`);
    const { sequence } = await api.post<{ sequence: { id: string } }>("/sequences", {
      name: "Onboarding",
      steps: [{ delaySeconds: 0, condition: null, content: { text: "Hi" } }],
      trigger: null,
      exit: { onReply: false, onClick: false, onTagId: null },
    });
    const conditions = {
      match: "any",
      conditions: [
        { field: "tags", op: "any", tagIds: [late?.id] },
        { field: "campaign", op: "received", campaignId },
        { field: "campaign", op: "notReceived", campaignId: sequence.id },
        { field: "locale", op: "any", values: ["de"] },
        { field: "lastInteraction", op: "before", at: "2026-11-24T10:00:07.000Z" },
      ],
    };
    const made = await api.post<{ segment: { id: string } }>("/segments", {
      name: "By a program",
      kind: "dynamic",
      conditions,
    });
    const { page, troubles } = await stage.visit(`segments/${made.segment.id}`);

    for (const name of ["Tag 115", "Old news", "Onboarding (sequence)", "de"])
      await page.getByRole("button", { name: `Values: ${name}`, exact: true }).waitFor();
    await page.getByLabel("Name").fill("By hand");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: /By hand/ }).waitFor();

    const { segment } = await api.get<{ segment: object }>(`/segments/${made.segment.id}`);
    expect(segment).toMatchObject({ name: "By hand", conditions });
    expect(troubles).toEqual([]);
  },
);
