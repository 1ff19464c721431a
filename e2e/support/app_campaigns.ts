import { expect } from "vitest";
import type { AppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

export interface Campaign {
  id: string;
  status: string;
  statusReason: string | null;
  counts: Record<string, number>;
  split: { winner: number | null } | null;
}

/** Asks for something of the campaigns, as the manager, and expects to get it: the campaign as it is then. */
export async function askCampaign(
  on: AppWithMeta,
  method: string,
  path: string,
  body?: unknown,
): Promise<Campaign> {
  const answer = await on.here(method, `/campaigns${path}`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return JSON.parse(JSON.stringify(answer.body.campaign));
}

/** A draft: a text to all contacts in the window, with the changes of the test. */
export async function draftCampaign(on: AppWithMeta, changes: object = {}): Promise<Campaign> {
  const content = { text: "Fresh beans are here" };
  const body = { name: "News", kind: "window", audience: { all: true }, content, ...changes };
  return await askCampaign(on, "POST", "", body);
}

/** The campaign once it is completed. */
export async function endOfCampaign(on: AppWithMeta, id: string): Promise<Campaign> {
  return await until(`the end of campaign ${id}`, async () => {
    const campaign = await askCampaign(on, "GET", `/${id}`);
    return campaign.status === "completed" ? campaign : null;
  });
}

/** Drafted, launched, and over. */
export async function runCampaign(on: AppWithMeta, changes: object = {}): Promise<Campaign> {
  const { id } = await draftCampaign(on, changes);
  await askCampaign(on, "POST", `/${id}/launch`);
  return await endOfCampaign(on, id);
}
