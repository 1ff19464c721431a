import { Type } from "@sinclair/typebox";
import { enqueueJobs, JobDelayed, type JobHandler, type NewJob } from "#db";
import { log, parse, Uuid } from "#std";
import type { MessagingDeps } from "../deps.ts";
import {
  GraphError,
  graphErrorRule,
  type Fields,
  type PageAccess,
  createMetaTemplate,
  listMetaTemplates,
  openPageToken,
} from "../graph/mod.ts";
import { storeAnswer, storeListed } from "./utility_store.ts";

export const createUtilityJob = "utility_template.create";
export const refreshUtilityJob = "utility_template.refresh";
export const dailyUtilityJob = "utility_template.daily";

type UtilityDeps = Pick<MessagingDeps, "sql" | "graph" | "keyring">;

const CreatePayload = Type.Object({
  workspaceId: Uuid,
  pageId: Uuid,
  request: Type.Record(Type.String(), Type.Unknown()),
});
const PagePayload = Type.Object({ workspaceId: Uuid });

/** Asks Meta for the template of a row. */
export function newCreation(row: {
  id: string;
  workspaceId: string;
  pageId: string;
  request: Fields;
}): NewJob {
  const { id, workspaceId, pageId, request } = row;
  return { kind: createUtilityJob, key: id, payload: { workspaceId, pageId, request } };
}

/** Reads a page's templates anew. */
export function newRefresh(page: { workspaceId: string; pageId: string; afterSeconds?: number }): NewJob {
  const { workspaceId, pageId, afterSeconds = 0 } = page;
  return { kind: refreshUtilityJob, key: pageId, payload: { workspaceId }, afterSeconds };
}

async function openPage(
  { sql, keyring }: UtilityDeps,
  { workspaceId, pageId }: { workspaceId: string; pageId: string },
): Promise<(PageAccess & { now: Date }) | null> {
  const [page] = await sql<{ facebook_id: string; token_sealed: string; now: number }[]>`
    select facebook_id, token_sealed, (extract(epoch from clock_timestamp()) * 1000)::float8 as now from messaging.pages
    where workspace_id = ${workspaceId} and id = ${pageId} and token_sealed is not null`;
  if (!page) return null;
  const token = openPageToken(keyring, page.facebook_id, page.token_sealed);
  return { facebookId: page.facebook_id, token, now: new Date(page.now) };
}

export function createUtilityHandler(on: UtilityDeps): JobHandler {
  return {
    async run(payload, id) {
      const parsed = parse(CreatePayload, payload);
      if (!parsed.ok) throw new Error("Cannot ask for a utility template: the job does not name its page");
      const { workspaceId, pageId, request } = parsed.value;
      const access = await openPage(on, { workspaceId, pageId });
      if (!access) return;
      // Known already when a webhook told its id before we asked: the page's list has the rest.
      const [open] =
        await on.sql`select from messaging.utility_templates where id = ${id} and facebook_id is null`;
      if (open) await askMeta(on, id, { access, request });
      // A clone's texts, the id of one that Meta has although its answer was lost ("There is already content in this
      // language for this template"), and the outcome of a review that takes its time.
      await enqueueJobs(on.sql, [newRefresh({ workspaceId, pageId, afterSeconds: 2 })]);
    },
  };
}

async function askMeta(
  { graph, sql }: UtilityDeps,
  id: string,
  { access, request }: { access: PageAccess; request: Fields },
): Promise<void> {
  try {
    const made = await createMetaTemplate(graph, access, request);
    await storeAnswer(sql, id, { ...made, statusReason: null });
  } catch (error) {
    const reason = refusalOf(error);
    if (reason === null) throw error;
    await storeAnswer(sql, id, { facebookId: null, status: "REJECTED", statusReason: reason });
  }
}

/** In words, when asking again would end alike; null when it may not. */
function refusalOf(error: unknown): string | null {
  if (!(error instanceof GraphError) || error.phase !== "answered" || error.code === null) return null;
  if (["transient", "maybe_sent", "throttled"].includes(error.class)) return null;
  // Meta's own words say what its review missed; the table of errors is about messages.
  if (error.class === "invalid" || error.class === "template") return error.message;
  const { title, remedy } = graphErrorRule(error.code, error.subcode);
  return `${title}. ${remedy}`;
}

const reviewSeconds = 300;

/** The webhook about reviews is not to be relied on: while one is open, the page is asked every five minutes. */
export function refreshUtilityHandler(on: UtilityDeps): JobHandler {
  return {
    async run(payload, pageId) {
      const parsed = parse(PagePayload, payload);
      if (!parsed.ok)
        throw new Error("Cannot refresh utility templates: the job does not name its workspace");
      const page = { workspaceId: parsed.value.workspaceId, pageId };
      const access = await openPage(on, page);
      if (!access) return;
      try {
        const templates = await listMetaTemplates(on.graph, access);
        await storeListed(on.sql, { ...page, askedAt: access.now }, templates);
      } catch (error) {
        // Without the permission, or without access, there is nothing to see; connecting the page asks again.
        if (refusalOf(error) === null) throw error;
        log.info("Cannot see the utility templates of a page", { pageId, error });
        return;
      }
      const [pending] = await on.sql`select from messaging.utility_templates
        where page_id = ${pageId} and status = 'PENDING' and facebook_id is not null limit 1`;
      if (pending) throw new JobDelayed(reviewSeconds, "A review is open");
    },
  };
}

/** Once a day every page is asked, since templates are also made and paused at Meta. */
export function dailyUtilityHandler(on: UtilityDeps): JobHandler {
  return {
    async run() {
      const rows = await on.sql<{ workspaceId: string; pageId: string }[]>`
        select workspace_id as "workspaceId", id as "pageId" from messaging.pages
        where status <> 'disconnected' and 'pages_utility_messaging' = any(scopes) order by id`;
      const spread = Math.min(3_600, rows.length * 2);
      await enqueueJobs(
        on.sql,
        rows.map((row) => newRefresh({ ...row, afterSeconds: Math.random() * spread })),
      );
      throw new JobDelayed(24 * 3_600, "Asked; again tomorrow");
    },
  };
}
