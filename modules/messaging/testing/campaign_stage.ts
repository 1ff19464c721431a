import { randomBytes } from "node:crypto";
import { onTestFinished } from "vitest";
import type { CampaignDeps } from "../campaigns/deps.ts";
import type { LiveEvent } from "../live_event.ts";
import { createLocalLiveBus, systemClock } from "#std";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";

/** A workspace with people on its pages, and what campaigns need of the system. */
export interface CampaignStage extends CampaignDeps {
  database: TestDatabase;
  workspaceId: string;
  userId: string;
  /** The same person, who may send. */
  ann: { userId: string; name: string; maySend: boolean };
  pageIds: string[];
  close(): Promise<void>;
}

export interface StageOptions {
  pages?: number;
  /** Per page; all of them wrote an hour ago, unless `insertContacts` says otherwise. */
  contacts?: number;
}

/** A stage for one test, which closes it at its end. */
export async function campaignStageOfTest(options: StageOptions = {}): Promise<CampaignStage> {
  const stage = await openCampaignStage(options);
  onTestFinished(() => stage.close());
  return stage;
}

/** A database of its own, without a worker and without Meta. */
export async function openCampaignStage({
  pages = 1,
  contacts = 0,
}: StageOptions = {}): Promise<CampaignStage> {
  const database = await createTestDatabase({ max: 12 });
  const { sql } = database;
  const [made] = await sql<{ workspace_id: string; user_id: string }[]>`
    with u as (insert into auth.users (email, name, password_hash) values ('ann@example.com', 'Ann', 'x') returning id),
         w as (insert into auth.workspaces (name) values ('Business') returning id)
    select w.id as workspace_id, u.id as user_id from u, w`;
  if (!made) throw new Error("Cannot open a stage");
  const rows = await sql<{ id: string }[]>`
    insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
    select ${made.workspace_id}, ${randomBytes(4).readUInt32BE()}::text || n, 'Page ' || n, 'connected', 'sealed'
    from generate_series(1, ${pages}::int4) n returning id`;
  const stage: CampaignStage = {
    ...database,
    database,
    clock: systemClock,
    live: createLocalLiveBus<LiveEvent>(),
    wakeDelivery: () => undefined,
    workspaceId: made.workspace_id,
    userId: made.user_id,
    ann: { userId: made.user_id, name: "Ann", maySend: true },
    pageIds: rows.map(({ id }) => id),
    close: () => database.close(),
  };
  for (const pageId of stage.pageIds) await insertContacts(stage, pageId, contacts);
  return stage;
}

/** People of a page who wrote an hour ago; gives their ids in order. */
export async function insertContacts(stage: CampaignStage, pageId: string, count: number): Promise<string[]> {
  const rows = await stage.sql<{ id: string }[]>`
    insert into messaging.contacts (workspace_id, page_id, psid, last_inbound_at)
    select ${stage.workspaceId}, ${pageId}, 'p' || gen_random_uuid(), now() - interval '1 h'
    from generate_series(1, ${count}::int4) returning id`;
  return rows.map(({ id }) => id);
}
