import { Type } from "@sinclair/typebox";
import { JobDelayed, type JobHandler } from "#db";
import { log, parse, Uuid } from "#std";
import { type MessagingDeps, workspaceChannel } from "../deps.ts";
import { GraphError, openPageToken } from "../graph/mod.ts";
import {
  type Publication,
  readPublication,
  storePublished,
  storeRead,
  storeTrouble,
} from "./profile_store.ts";
import { publishTo, readShown, refusalOf } from "./publish.ts";
import type { OfPage } from "./schema.ts";

export type ProfileDeps = Pick<MessagingDeps, "sql" | "graph" | "keyring" | "live">;

/** Meta counts ten profile calls in ten minutes. */
const limitSeconds = 600;
/** The publisher expects an answer by then. */
const patienceSeconds = 3_600;

const Payload = Type.Object({ workspaceId: Uuid });

function pageOf(payload: unknown, pageId: string): OfPage {
  const parsed = parse(Payload, payload);
  if (!parsed.ok) throw new Error("Cannot work on a Messenger profile: the job does not name its workspace");
  return { workspaceId: parsed.value.workspaceId, pageId };
}

/** The page's token; null when it is not connected. */
export async function openToken(
  { sql, keyring }: Pick<ProfileDeps, "sql" | "keyring">,
  { workspaceId, pageId }: OfPage,
): Promise<string | null> {
  const [page] = await sql<{ facebook_id: string; token_sealed: string }[]>`
    select facebook_id, token_sealed from messaging.pages
    where workspace_id = ${workspaceId} and id = ${pageId} and token_sealed is not null`;
  return page ? openPageToken(keyring, page.facebook_id, page.token_sealed) : null;
}

export function publishProfileHandler(on: ProfileDeps): JobHandler {
  return {
    async run(payload, pageId) {
      const of = pageOf(payload, pageId);
      const publication = await readPublication(on.sql, of);
      if (!publication) return;
      try {
        await publish(on, of, publication);
      } finally {
        await on.live.publish(workspaceChannel(of.workspaceId), [{ name: "page", data: { pageId } }]);
      }
    },
  };
}

async function publish(on: ProfileDeps, of: OfPage, publication: Publication): Promise<void> {
  const { revision } = publication;
  const fail = (reason: string, remedy: string) =>
    storeTrouble(on.sql, of, { revision, status: "failed", reason, remedy });
  const token = await openToken(on, of);
  if (token === null)
    return await fail("The page is not connected", "Connect it under Pages, and publish again");
  try {
    const outcome = await publishTo(on.graph, token, publication);
    if (outcome.isDone) return await storePublished(on.sql, of, publication);
    await storeRead(on.sql, of, outcome.shown);
    await fail(
      "It was changed at Meta meanwhile",
      "Look at what Meta shows, then take it over or replace it",
    );
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal) return await fail(refusal.reason, refusal.remedy);
    if (!(error instanceof GraphError)) throw error;
    if (publication.askedSecondsAgo > patienceSeconds)
      return await fail("Meta did not take it for an hour", "Publish it again later");
    const isThrottled = error.class === "throttled";
    await storeTrouble(on.sql, of, {
      revision,
      status: "publishing",
      reason: isThrottled ? "Meta's limit of profile changes is reached" : "Meta does not answer",
      remedy: "Nothing to do: it is tried again by itself",
    });
    if (isThrottled) throw new JobDelayed(error.retryAfterSeconds ?? limitSeconds, error.message);
    throw error;
  }
}

/** Shows changes made elsewhere and keeps them. */
export function readProfileHandler(on: ProfileDeps): JobHandler {
  return {
    async run(payload, pageId) {
      const of = pageOf(payload, pageId);
      const token = await openToken(on, of);
      if (token === null) return;
      try {
        await storeRead(on.sql, of, await readShown(on.graph, token));
      } catch (error) {
        if (error instanceof GraphError && error.class === "throttled")
          throw new JobDelayed(error.retryAfterSeconds ?? limitSeconds, error.message);
        if (refusalOf(error) === null) throw error;
        log.info("Cannot see the Messenger profile of a page", { pageId, error });
        return;
      }
      await on.live.publish(workspaceChannel(of.workspaceId), [{ name: "page", data: { pageId } }]);
    },
  };
}
