import { m } from "#lib/paraglide/messages.js";
import { conversations, type Reaction } from "../api/conversations.ts";
import type { Message, TimelineItem } from "../api/types.ts";
import { ApiError, describeError } from "../api/request.ts";
import { dropReply, keepReply, keptReplies, type ReplyPlace } from "./kept_replies.ts";
import {
  mergeItems,
  outboundIds,
  type Outgoing,
  type PendingReply,
  type ReplyProblem,
  stillPending,
  takeNewest,
} from "./timeline_items.ts";
import { isRefusedByOwner, newlyRefused } from "./refused_replies.ts";
import { firstUnread, type TimelineBlock, timelineBlocks } from "./timeline_blocks.ts";

/** The messages, notes and events of one conversation, with the replies that are on their way. */
export class Timeline {
  readonly conversationId: string;
  readonly #workspaceId: string;
  readonly #userId: string;
  readonly #place: ReplyPlace;
  readonly #onrefused: (text: string) => void;
  /** The last reply on its way: they reach the server in the order in which they were written. */
  #lastReply: Promise<boolean> = Promise.resolve(true);
  #olderCursor = $state<string | null>(null);

  items = $state.raw<TimelineItem[]>([]);
  pending = $state.raw<PendingReply[]>([]);
  isLoaded = $state(false);
  isLoadingOlder = $state(false);
  problem = $state<string | null>(null);
  /** The message below which the "New" line is drawn while this conversation is open. */
  firstUnreadId = $state<string | null>(null);

  constructor(
    workspaceId: string,
    conversationId: string,
    { userId, onrefused }: { userId: string; onrefused: (text: string) => void },
  ) {
    this.#workspaceId = workspaceId;
    this.conversationId = conversationId;
    this.#userId = userId;
    this.#onrefused = onrefused;
    this.#place = { userId, conversationId };
    this.pending = keptReplies(this.#place);
  }

  // Getters and no $derived: a timeline outlives the screen that opened it first, and a derived does not.
  get blocks(): TimelineBlock[] {
    return timelineBlocks(this.items, this.firstUnreadId);
  }

  get waiting(): PendingReply[] {
    return stillPending(this.pending, this.items, this.#userId);
  }

  get hasOlder(): boolean {
    return this.#olderCursor !== null;
  }

  /** Loads the newest page and keeps the loaded older ones. */
  async refresh(): Promise<void> {
    try {
      const page = await conversations.timeline(this.#workspaceId, this.conversationId);
      const taken = takeNewest(this.items, page.items, page.nextCursor !== null);
      this.#show(taken.items);
      if (taken.isReset) this.#olderCursor = page.nextCursor;
      this.isLoaded = true;
      this.problem = null;
      this.#forgetArrived();
    } catch (error) {
      this.problem = describeError(error);
    }
  }

  async loadOlder(): Promise<void> {
    const cursor = this.#olderCursor;
    if (cursor === null || this.isLoadingOlder) return;
    this.isLoadingOlder = true;
    try {
      const page = await conversations.timeline(this.#workspaceId, this.conversationId, { cursor });
      // Begun anew meanwhile: there would be a hole between the two.
      if (cursor !== this.#olderCursor) return;
      this.items = mergeItems(this.items, page.items);
      this.#olderCursor = page.nextCursor;
    } catch (error) {
      this.problem = describeError(error);
    } finally {
      this.isLoadingOlder = false;
    }
  }

  markFirstUnread(unreadCount: number): void {
    this.firstUnreadId = firstUnread(this.items, unreadCount);
  }

  message(mid: string): Message | null {
    const found = this.items.find((item) => item.type === "message" && item.message.mid === mid);
    return found?.type === "message" ? found.message : null;
  }

  /** Shows the reply at once and sends it; a repeated request with its key never sends twice. */
  async send({ isFurther = false, ...outgoing }: Outgoing): Promise<boolean> {
    const reply: PendingReply = {
      ...outgoing,
      key: crypto.randomUUID(),
      at: new Date().toISOString(),
      knownIds: outboundIds(this.items),
      problem: null,
    };
    this.pending = [...this.pending, reply];
    keepReply(this.#place, reply);
    this.#lastReply = this.#lastReply.then((wasAccepted) => {
      if (wasAccepted || !isFurther) return this.#deliver(reply);
      return this.#fail(reply, {
        title: m.conversations_earlier_not_sent(),
        remedy: m.conversations_send_earlier_first(),
        isUncertain: false,
      });
    });
    return await this.#lastReply;
  }

  /** Sends a reply again that never reached the server, with the same key. */
  async sendAgain(reply: PendingReply): Promise<boolean> {
    const again = { ...reply, problem: null };
    this.pending = this.pending.map((one) => (one.key === reply.key ? again : one));
    this.#lastReply = this.#lastReply.then(() => this.#deliver(again));
    return await this.#lastReply;
  }

  discard(reply: PendingReply): void {
    this.pending = this.pending.filter((one) => one.key !== reply.key);
    dropReply(this.#place, reply.key);
  }

  /** Replies whose answer was lost, and that the timeline shows now. */
  #forgetArrived(): void {
    const waiting = this.waiting;
    for (const reply of this.pending) if (reply.problem && !waiting.includes(reply)) this.discard(reply);
  }

  async retry(message: Message): Promise<void> {
    const answer = await conversations.retry(this.#workspaceId, this.conversationId, message.id);
    this.#take(answer.message);
  }

  async react(message: Message, reaction: Reaction | null): Promise<void> {
    const answer = await conversations.react(this.#workspaceId, this.conversationId, message.id, reaction);
    this.#take(answer.message);
  }

  /** Writes a note; mentioned members are notified. */
  async addNote(text: string, mentions: string[]): Promise<void> {
    const body = { text, mentions };
    const { note } = await conversations.note(this.#workspaceId, this.conversationId, body);
    this.items = mergeItems(this.items, [{ type: "note", at: note.createdAt, note }]);
  }

  async #deliver(reply: PendingReply): Promise<boolean> {
    const { text, templateId, content } = reply;
    const what = content !== null ? { content } : templateId !== null ? { templateId } : { text };
    const body = { ...what, idempotencyKey: reply.key };
    try {
      const answer = await conversations.send(
        this.#workspaceId,
        this.conversationId,
        reply.replyToMid === null ? body : { ...body, replyToMid: reply.replyToMid },
      );
      this.#take(answer.message);
      // Refused so soon that nobody saw it on its way.
      if (reply.content === null && reply.templateId === null && isRefusedByOwner(answer.message))
        this.#onrefused(reply.text);
      this.discard(reply);
      return true;
    } catch (error) {
      const isRefused = error instanceof ApiError && error.status < 500;
      const remedy = error instanceof ApiError ? error.remedy : null;
      // The reader has logged in again meanwhile.
      const isSignedOut = error instanceof ApiError && error.status === 401;
      const title = isSignedOut ? m.conversations_signed_out() : describeError(error);
      return this.#fail(reply, { title, remedy, isUncertain: !isRefused });
    }
  }

  #fail(reply: PendingReply, problem: ReplyProblem): false {
    const failed = { ...reply, problem };
    this.pending = this.pending.map((one) => (one.key === reply.key ? failed : one));
    keepReply(this.#place, failed);
    return false;
  }

  #take(message: Message): void {
    this.#show(mergeItems(this.items, [{ type: "message", at: message.sentAt, message }]));
  }

  #show(items: TimelineItem[]): void {
    const refused = newlyRefused(this.items, items, this.#userId);
    this.items = items;
    for (const text of refused) this.#onrefused(text);
  }
}
