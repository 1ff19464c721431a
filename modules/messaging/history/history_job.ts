import { Type } from "@sinclair/typebox";
import { JobDelayed, type JobHandler } from "#db";
import { parse, Uuid } from "#std";
import { readDeleted, readOwnConsentWords, ownWordsOf } from "../contacts/mod.ts";
import { takeLookup } from "../delivery/mod.ts";
import { type MessagingDeps, workspaceChannel } from "../deps.ts";
import { type PastConversations, readPastConversations, GraphError, openPageToken } from "../graph/mod.ts";
import { recordHistory, type TouchedConversation } from "../inbound/mod.ts";
import {
  failHistory,
  noteRead,
  noteUnheard,
  type OfPage,
  readKnownTimes,
  readReading,
  type Reading,
} from "./history_store.ts";
import { pastEvents } from "./past_events.ts";

export type HistoryDeps = Pick<MessagingDeps, "sql" | "graph" | "keyring" | "live" | "clock">;

/** Conversations per call; each brings its 20 newest messages. */
const conversationsAtOnce = 10;
/**
 * After Meta failed: of long ones it says "Please reduce the amount of data you're asking for", as a failure of its
 * own.
 */
const fewConversations = 2;
/** Older ones are left out: a page of ten years has more than anybody looks at. */
const mostConversations = 10_000;
/** Half of Meta's allowed calls are reserved for lookups of single messages. */
const pauseSeconds = 1.1;
const echoesMs = 15 * 60_000;

const Payload = Type.Object({ workspaceId: Uuid, pageId: Uuid });

/**
 * Reads the conversations of a page from Meta's inbox, newest first: messages before it was connected, and
 * messages without a webhook. It resumes after any interruption, and writes nothing twice.
 */
export function historyHandler(on: HistoryDeps): JobHandler {
  // Pages of which a call failed, until they are read.
  const heavy = new Set<string>();
  return {
    async run(payload, pageId) {
      const limit = heavy.has(pageId) ? fewConversations : conversationsAtOnce;
      const isMore = await readNext(on, pageOf(payload), limit).catch((error: unknown) => {
        if (error instanceof GraphError) heavy.add(pageId);
        throw error;
      });
      if (!isMore) heavy.delete(pageId);
      else throw new JobDelayed(pauseSeconds, "Goes on with the conversations before");
    },
    givenUp: (payload, failure) => fail(on, pageOf(payload), failure),
  };
}

function pageOf(payload: unknown): OfPage {
  const parsed = parse(Payload, payload);
  if (!parsed.ok) throw new Error("Cannot read a history: the job does not name a page");
  return parsed.value;
}

/** Reads and writes the next conversations. False when that was all. */
async function readNext(on: HistoryDeps, of: OfPage, limit: number): Promise<boolean> {
  const reading = await readReading(on.sql, of);
  if (!reading) return false;
  const past = await ask(on, of, { reading, limit });
  if (past === null) return false;
  const { since } = reading;
  const conversations = past.conversations.filter(({ updatedAt }) => since === null || updatedAt >= since);
  const isEnd =
    conversations.length < past.conversations.length ||
    reading.conversations + conversations.length >= mostConversations;
  const cursor = isEnd ? null : past.after;
  const [words] = await readOwnConsentWords(on, reading.facebookId);
  const mids = conversations.flatMap(({ messages }) => messages.map(({ mid }) => mid));
  const history = pastEvents(conversations, {
    pageFacebookId: reading.facebookId,
    sentBefore: on.clock() - echoesMs,
    ownWords: words && ownWordsOf(words),
    knownTimes: await readKnownTimes(on.sql, of.pageId, mids),
    deletedAt: await readDeleted(
      on.sql,
      of.pageId,
      conversations.map(({ psid }) => psid),
    ),
  });
  const touched = await on.sql.begin(async (tx) => {
    const written = history.events.length === 0 ? [] : await recordHistory(tx, history);
    const messages = written.filter(({ messageId }) => messageId !== null).length;
    if (reading.cursor === null)
      await noteUnheard(
        tx,
        of.pageId,
        past.conversations.map(({ updatedAt }) => updatedAt),
      );
    await noteRead(tx, of.pageId, { cursor, conversations: conversations.length, messages });
    return written;
  });
  await announce(on, of, touched);
  return cursor !== null;
}

/** Null when Meta refuses it, which was noted. */
async function ask(
  on: HistoryDeps,
  of: OfPage,
  { reading, limit }: { reading: Reading; limit: number },
): Promise<PastConversations | null> {
  const { facebookId, tokenSealed, cursor } = reading;
  if (tokenSealed === null) {
    await fail(on, of, "The page is disconnected");
    return null;
  }
  if (!(await takeLookup(on.sql, of.pageId))) throw new JobDelayed(2, "Others ask about conversations now");
  const token = openPageToken(on.keyring, facebookId, tokenSealed);
  try {
    return await readPastConversations(on.graph, { facebookId, token }, { after: cursor, limit });
  } catch (error) {
    if (!(error instanceof GraphError) || error.phase !== "answered") throw error;
    if (error.class === "throttled")
      throw new JobDelayed(error.retryAfterSeconds ?? 60, "Meta's rate limit is reached");
    if (error.class === "transient" || error.class === "maybe_sent") throw error;
    await fail(on, of, error, { isPlaceLost: error.class === "invalid" && cursor !== null });
    return null;
  }
}

async function fail(
  on: HistoryDeps,
  of: OfPage,
  why: unknown,
  { isPlaceLost = false }: { isPlaceLost?: boolean } = {},
): Promise<void> {
  const words = why instanceof Error ? why.message : String(why);
  await failHistory(on.sql, of.pageId, { problem: words.slice(0, 300), isPlaceLost });
  await announce(on, of, []);
}

/** Shown on screens without a notification. */
async function announce(
  on: HistoryDeps,
  { workspaceId, pageId }: OfPage,
  touched: readonly TouchedConversation[],
): Promise<void> {
  const ids = new Set(touched.map(({ conversationId }) => conversationId));
  await on.live.publish(workspaceChannel(workspaceId), [
    { name: "page", data: { pageId } },
    ...[...ids].map((conversationId) => ({ name: "conversation" as const, data: { conversationId } })),
  ]);
}
