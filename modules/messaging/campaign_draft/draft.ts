import { and, eq } from "drizzle-orm";
import { changesOf, recordActivity } from "#auth";
import { orm } from "#db";
import { campaigns } from "#db/messaging";
import { zoneOf } from "../contacts/mod.ts";
import { publishNotified } from "../notifications/mod.ts";
import { type Content, tidyContent } from "../templates/mod.ts";
import {
  type Actor,
  recordAction,
  publishCampaign,
  type CampaignRow,
  readCounted,
  kindOf,
  readStored,
  type CampaignDeps,
  firstDue,
  inZone,
  type Schedule,
  type CampaignChange,
  type NewCampaign,
  type Options,
  type Split,
  type Variant,
  fixedVariants,
  storeVariants,
} from "../campaigns/mod.ts";
import { needsApprovalSql, notifyApprovers } from "./approval.ts";
import { checkDraft, type Draft } from "./draft_check.ts";
import { rewriteDraft, storeArchived, type WrittenColumns } from "./draft_store.ts";
import { problem } from "./problems.ts";

/** An attempt fails only because a concurrent one succeeded. */
const mostTries = 10;

/** Everything that a person writes of a campaign. */
interface Written extends Draft {
  name: string;
  speed: number | null;
  options: Options;
}

/** Stores a new draft; gives its id. Throws the problems of `checkDraft`, unless it is unfinished. */
export async function createDraft(
  on: CampaignDeps,
  workspaceId: string,
  { body, userId }: { body: NewCampaign; userId: string },
): Promise<string> {
  const written: Written = {
    name: nameOf(body.name),
    kind: body.kind,
    audience: body.audience,
    variants: variantsOf(body),
    split: body.split ?? null,
    schedule: body.schedule ?? null,
    speed: body.speed ?? null,
    expiresAt: body.expiresAt ?? null,
    options: body.options ?? {},
  };
  if (body.unfinished !== true) await checkDraft(on.sql, workspaceId, { ...written, now: on.clock() });
  return await on.sql.begin(async (tx) => {
    const [row] = await orm(tx)
      .insert(campaigns)
      .values({ workspaceId, createdBy: userId, ...columnsOf(written) })
      .returning({ id: campaigns.id, name: campaigns.name });
    if (!row) throw new Error("Cannot store a campaign: no row came back");
    const after = { kind: written.kind };
    await recordActivity(tx, { action: "campaign.created", workspaceId, subject: row, after });
    return row.id;
  });
}

/**
 * Changes a draft, or a scheduled campaign: then its content and time are fixed again. An approval is
 * lost: a draft needs another one, and an operator's change to a scheduled campaign waits for a manager. Throws
 * 409 campaign-not-editable when it has started, campaign-starting within a minute before, 409 campaign-busy, and the problems of `checkDraft`.
 */
export async function changeDraft(on: CampaignDeps, workspaceId: string, change: Changing): Promise<void> {
  // A concurrent save stays: the change is applied to it.
  for (let tries = 0; tries < mostTries; tries += 1) if (await tryChange(on, workspaceId, change)) return;
  throw problem("campaign-busy");
}

interface Changing {
  campaignId: string;
  body: CampaignChange;
  by: Actor;
}

async function tryChange(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, body, by }: Changing,
): Promise<boolean> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  if (row.status !== "draft" && row.status !== "scheduled") throw notDraft(row.name, row.status);
  if (row.status === "scheduled" && row.schedule === null) throw inDelay(row.name);
  const change = withChange(row, body);
  const now = on.clock();
  const isScheduled = row.status === "scheduled";
  const isChecked = isScheduled || body.unfinished !== true;
  const contents = isChecked ? await checkDraft(on.sql, workspaceId, { ...change, now }) : [];
  const zone = await zoneOf(on.sql, workspaceId);
  const written = isScheduled ? fixed(change, { contents, zone }) : change;
  const dueAt = isScheduled ? dueAtOf(written.schedule, { now, zone }) : null;
  const notified = await on.sql.begin(async (tx) => {
    const asks = isScheduled && !by.maySend ? needsApprovalSql(tx, workspaceId) : tx`false`;
    const changed = await rewriteDraft(tx, { ...columnsOf(written), row, dueAt, userId: by.userId, asks });
    if (!changed) return null;
    if (isScheduled)
      await storeVariants(tx, workspaceId, { campaignId, variants: written.variants, contents });
    // A draft is saved again and again while its author types.
    if (isScheduled || changed.hadApproval)
      await recordAction(tx, { workspaceId, campaignId, action: "changed", userId: by.userId });
    const changes = changesOf(writtenOf(row), { ...change }, { unseen: ["variants"] });
    if (Object.keys(changes.after).length > 0)
      await recordActivity(tx, {
        action: "campaign.changed",
        workspaceId,
        subject: { id: campaignId, name: change.name },
        ...changes,
      });
    return changed.isAsked ? await notifyApprovers(tx, workspaceId, { campaignId, by }) : [];
  });
  if (notified === null) return false;
  await publishNotified(on, workspaceId, notified);
  // Screens that show it, for approval or launch, get the current version.
  await publishCampaign(on, workspaceId, campaignId);
  return true;
}

/** A campaign as it was written last, in the form of a change. */
const writtenOf = (row: CampaignRow) => ({ ...withChange(row, {}) });

function withChange(row: CampaignRow, body: CampaignChange): Written {
  const stored = readStored(row);
  const { split, ...options } = stored.options;
  const isGiven = body.content !== undefined || body.templateId !== undefined || body.variants !== undefined;
  const variants = isGiven ? variantsOf(body) : stored.variants;
  return {
    name: body.name === undefined ? row.name : nameOf(body.name),
    kind: body.kind ?? kindOf(row),
    audience: body.audience ?? stored.audience,
    variants,
    split: body.split === undefined ? (variants.length > 1 ? splitOf(split) : null) : body.split,
    schedule: body.schedule === undefined ? stored.schedule : body.schedule,
    speed: body.speed === undefined ? row.speedPerSecond : body.speed,
    expiresAt: body.expiresAt === undefined ? (row.expiresAt?.toISOString() ?? null) : body.expiresAt,
    options: body.options ?? options,
  };
}

/** A scheduled campaign no longer follows its templates or its workspace's zone. */
function fixed(written: Written, { contents, zone }: { contents: Content[]; zone: string }): Written {
  const variants = fixedVariants(written.variants, contents);
  return { ...written, variants, schedule: written.schedule && inZone(written.schedule, zone) };
}

function dueAtOf(schedule: Schedule | null, clocks: { now: number; zone: string }): Date {
  const due = firstDue(schedule, clocks);
  if (due !== null) return new Date(due);
  throw problem("schedule-needed");
}

/** Deletes a draft. A launched campaign stays, because its results do: archive it. */
export async function deleteDraft(on: CampaignDeps, workspaceId: string, campaignId: string): Promise<void> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  const isGone = await on.sql.begin(async (tx) => {
    const [gone] = await orm(tx)
      .delete(campaigns)
      .where(isDraft(workspaceId, campaignId))
      .returning({ id: campaigns.id, name: campaigns.name });
    if (gone) await recordActivity(tx, { action: "campaign.deleted", workspaceId, subject: gone });
    return gone !== undefined;
  });
  if (isGone) return;
  throw problem("campaign-not-deletable", { name: row.name, status: row.status });
}

/** A new draft with everything that was written of another campaign, without its times. */
export async function duplicate(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, userId }: { campaignId: string; userId: string },
): Promise<string> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  const { split, ...options } = readStored(row).options;
  const { audience, draft, speedPerSecond, kind } = row;
  return await on.sql.begin(async (tx) => {
    const [copy] = await orm(tx)
      .insert(campaigns)
      .values({
        workspaceId,
        name: `${row.name.slice(0, 190).replace(/[\uD800-\uDBFF]$/, "")} (copy)`,
        kind,
        audience,
        draft,
        speedPerSecond,
        options: { ...options, ...(split ? { split: splitOf(split) } : {}) },
        createdBy: userId,
      })
      .returning({ id: campaigns.id, name: campaigns.name });
    if (!copy) throw new Error("Cannot duplicate a campaign: no row came back");
    const after = { of: campaignId };
    await recordActivity(tx, { action: "campaign.duplicated", workspaceId, subject: copy, after });
    return copy.id;
  });
}

/** Takes a campaign out of the list, or brings it back. Only what no longer sends may go. */
export async function archive(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, isArchived }: { campaignId: string; isArchived: boolean },
): Promise<void> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  if (await storeArchived(on.sql, { workspaceId, campaignId, isArchived })) return;
  throw problem("campaign-live", { name: row.name, status: row.status });
}

function columnsOf({ expiresAt, split, speed, options, variants, ...rest }: Written): WrittenColumns {
  return {
    ...rest,
    draft: { variants },
    speedPerSecond: speed,
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    options: { ...options, ...(split ? { split } : {}) },
  };
}

function splitOf(split: Split | undefined): Split | null {
  if (!split) return null;
  const { holdoutPercent, winnerBy, afterMinutes, minimumSample } = split;
  return { holdoutPercent, winnerBy, afterMinutes, ...(minimumSample ? { minimumSample } : {}) };
}

function nameOf(given: string): string {
  const name = given.trim();
  if (name !== "") return name;
  throw problem("invalid-name");
}

function variantsOf({
  content,
  templateId,
  variants,
}: Pick<NewCampaign, "content" | "templateId" | "variants">): Variant[] {
  const given = [content, templateId, variants].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw problem("content-missing");
  }
  const said = content ?? { templateId };
  const all: Variant[] = variants ?? [
    { ...(isTemplate(said) ? { templateId: said.templateId } : { content: said }), weight: 100 },
  ];
  return all.map((one) => ({ ...one, ...(one.content ? { content: tidyContent(one.content) } : {}) }));
}

const isTemplate = (said: object): said is Pick<Variant, "templateId"> => "templateId" in said;

const notDraft = (name: string, status: string) => problem("campaign-not-editable", { name, status });

const inDelay = (name: string) => problem("campaign-starting", { name });

const isDraft = (workspaceId: string, campaignId: string) =>
  and(eq(campaigns.workspaceId, workspaceId), eq(campaigns.id, campaignId), eq(campaigns.status, "draft"));
