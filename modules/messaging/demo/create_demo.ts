import {
  insertDemoWorkspace,
  openWorkspace,
  recordActivity,
  readDemoWorkspaceId,
  type Workspace,
} from "#auth";
import { notFound } from "#std";
import type { TransactionSql } from "postgres";
import { countDays } from "../analytics/mod.ts";
import { refreshReceipts } from "../campaign_results/mod.ts";
import type { LinkDeps } from "../campaigns/mod.ts";
import { refreshEngagement } from "../contacts/mod.ts";
import { ensureLanes } from "../delivery/mod.ts";
import type { MessagingDeps } from "../deps.ts";
import { loginScopes, subscribedFields } from "../pages/mod.ts";
import { campaignPlans } from "./campaign_plans.ts";
import { templateTexts, utilityTexts } from "./campaign_texts.ts";
import { collectFiles } from "./demo_files.ts";
import { rollDice } from "./dice.ts";
import { insertRows } from "./insert_rows.ts";
import { awayText, inventCustomers, shopDays } from "./invent_customers.ts";
import { labelCustomers, writeLabels } from "./labels.ts";
import { day, iso, type Stage } from "./stage.ts";
import { countLedger, type Ledger } from "./ledger.ts";
import { sendCampaigns, writeCampaigns } from "./write_campaigns.ts";
import { writeComments } from "./write_comments.ts";
import { writeCustomers } from "./write_customers.ts";
import { writeDesk } from "./write_desk.ts";
import { writeSequence } from "./write_sequence.ts";

export type DemoDeps = LinkDeps & Pick<MessagingDeps, "config">;

const name = "Fernhill (demo)";
const colleagues = [
  { name: "Mara Lindqvist", role: "manager" },
  { name: "Theo Okafor", role: "operator" },
  { name: "Inés Carvalho", role: "operator" },
] as const;

export interface DemoSize {
  customers: number;
}

/**
 * Makes the demo workspace, or gives the one that is there: an invented coffee roaster with customers, conversations,
 * campaigns and a sequence. The same each time, with times before now. All rows come in one transaction, so that a
 * killed process leaves none; its files are removed with the next demo.
 */
export async function createDemo(
  on: DemoDeps,
  ownerId: string,
  { customers }: DemoSize = { customers: 2_000 },
): Promise<Workspace> {
  const workspaceId = await on.sql.begin(async (tx) => {
    const now = on.clock();
    const bornAt = (now - (shopDays + 5) * day) / 1_000;
    const made = await insertDemoWorkspace(tx, {
      name,
      accent: "teal",
      at: bornAt,
      members: colleagues.map((one) => ({ ...one, at: bornAt })),
    });
    if (!made) return null;
    const files = collectFiles();
    const dice = rollDice(20_260_417);
    const stage: Stage = { dice, now, ownerId, ...made, pageIds: [dice.idAt(now), dice.idAt(now)] };
    await writeShop(tx, stage);
    await writePeople(tx, stage, { count: customers, files });
    await files.write(on.config.dataDir);
    const id = made.workspaceId;
    await recordActivity(tx, { action: "demo.created", workspaceId: id, subject: { id, name } });
    return id;
  });
  if (workspaceId !== null) await count(on, workspaceId);
  const id = workspaceId ?? (await readDemoWorkspaceId(on.sql));
  if (id === null) throw notFound("demo");
  return await openWorkspace(on, { workspaceId: id, userId: ownerId });
}

/** The pages with their settings, and what colleagues saved. */
async function writeShop(
  tx: TransactionSql,
  { dice, now, workspaceId, ownerId, pageIds }: Stage,
): Promise<void> {
  const madeAt = iso(now - shopDays * day);
  const made = { workspace_id: workspaceId, created_at: madeAt };
  await insertRows(
    tx,
    "pages",
    ["Fernhill Coffee Roasters", "Fernhill Café, Harbour Street"].map((title, place) => ({
      ...made,
      id: pageIds[place],
      facebook_id: `demo-${place + 1}`,
      name: title,
      followers: [18_420, 3_170][place],
      status: "connected",
      restrictions: [],
      scopes: [...loginScopes, "pages_utility_messaging"],
      subscribed_fields: [...subscribedFields],
      refused_fields: [],
      human_agent: "available",
      checked_at: iso(now - 3_600_000),
      last_event_at: iso(now - 120_000),
      connected_at: madeAt,
    })),
  );
  for (const pageId of pageIds) await ensureLanes(tx, { workspaceId, pageId });
  await tx`insert into messaging.sending_rules (workspace_id, timezone, cap_count, cap_hours, quiet_from, quiet_until)
    values (${workspaceId}, 'Europe/London', 3, 168, 1320, 480)`;
  const week = Object.fromEntries(
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((name) => [name, [[480, 1110]]]),
  );
  await insertRows(
    tx,
    "auto_replies",
    pageIds.map((pageId) => ({
      page_id: pageId,
      workspace_id: workspaceId,
      welcome: null,
      away: { text: awayText },
      business_hours: { timezone: "Europe/London", ...week },
      seen_until: iso(now),
      updated_at: madeAt,
    })),
  );
  await insertRows(
    tx,
    "templates",
    templateTexts.map((template, place) => ({
      ...made,
      id: dice.idAt(now - (100 - place) * day),
      ...template,
      created_by: ownerId,
      updated_at: madeAt,
    })),
  );
  await insertRows(
    tx,
    "utility_templates",
    pageIds.flatMap((pageId, page) =>
      Object.entries(utilityTexts).map(([title, text], place) => ({
        ...made,
        id: dice.idAt(now - 90 * day),
        page_id: pageId,
        facebook_id: `demo-${page}-${place}`,
        name: title,
        language: "en_GB",
        category: "UTILITY",
        status: "APPROVED",
        parameter_format: "NAMED",
        components: [{ type: "BODY", text }],
        status_at: madeAt,
      })),
    ),
  );
}

async function writePeople(
  tx: TransactionSql,
  stage: Stage,
  { count: number, files }: { count: number; files: ReturnType<typeof collectFiles> },
): Promise<void> {
  const customers = inventCustomers(stage, number);
  const comments = await writeComments(tx, stage);
  const labels = await writeLabels(tx, stage);
  const ledger: Ledger = { deliveries: [], clicks: [], receipts: [] };
  const enrolments = await writeSequence(tx, stage, { customers, ledger, tagIds: labels.tagIds });
  const campaigns = await writeCampaigns(tx, stage, labels);
  sendCampaigns(stage, ledger, { customers, comments, campaigns });
  // Sent messages changed the threads, so these come after them.
  await writeCustomers(tx, stage, { customers, fileOf: files.take });
  await labelCustomers(tx, stage, { customers, labels });
  await insertRows(tx, "enrolments", enrolments);
  await insertRows(tx, "deliveries", ledger.deliveries);
  await insertRows(tx, "receipts", ledger.receipts);
  await insertRows(tx, "clicks", ledger.clicks);
  await countLedger(tx, stage.workspaceId);
  await writeDesk(tx, stage, { customers, campaigns });
}

/** Derived numbers, as the ticker counts them; the ticker does the rest later. */
async function count(on: DemoDeps, workspaceId: string): Promise<void> {
  const { sql } = on;
  await sql.unsafe(
    "analyze messaging.contacts, messaging.conversations, messaging.messages, messaging.deliveries",
  );
  await refreshEngagement(
    sql,
    workspaceId,
    sql`select id from messaging.contacts where workspace_id = ${workspaceId}`,
  );
  for (let left = campaignPlans.length; left > 0 && (await refreshReceipts(on)); left -= 1);
  for (let left = 2 * shopDays; left > 0 && (await countDays(on)); left -= 1);
}
