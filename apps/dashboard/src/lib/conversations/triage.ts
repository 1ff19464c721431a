import { m } from "#lib/paraglide/messages.js";
import { toast } from "#lib/ui/toast.ts";
import { type ConversationChange, conversations } from "../api/conversations.ts";
import type { Conversation, MemberRef } from "../api/types.ts";
import { describeError } from "../api/request.ts";
import { wholeNumber } from "../ui/format.ts";
import type { ConversationList } from "./conversation_list.svelte.ts";

const UNDO_MS = 6000;
const AGAIN_MS = 5000;

/** An action on several conversations. */
export interface BulkStep {
  /** The toast for a number of conversations. */
  said: (many: { count: number; shown: string }) => string;
  change: ConversationChange;
  assignee?: MemberRef | null;
}

interface Step {
  /** The text of the toast. */
  said: string;
  /** Below it; the person's name unless told otherwise. */
  about?: string;
  change: ConversationChange;
  assignee?: MemberRef | null;
}

/** Changes to conversations: shown at once, taken back when the server refuses, and undone for six seconds. */
export class Triage {
  readonly #workspaceId: string;
  readonly #list: ConversationList;
  /** Conversations that could not be marked as read just now: news of them is no reason to ask at once again. */
  readonly #resting = new Set<string>();

  constructor(workspaceId: string, list: ConversationList) {
    this.#workspaceId = workspaceId;
    this.#list = list;
  }

  resolve(conversation: Conversation): void {
    void this.#step(conversation, { said: m.conversations_resolved(), change: { status: "resolved" } });
  }

  reopen(conversation: Conversation): void {
    void this.#step(conversation, { said: m.conversations_reopened(), change: { status: "open" } });
  }

  pend(conversation: Conversation): void {
    void this.#step(conversation, { said: m.conversations_marked_pending(), change: { status: "pending" } });
  }

  spam(conversation: Conversation): void {
    void this.#step(conversation, { said: m.conversations_moved_to_spam(), change: { status: "spam" } });
  }

  notSpam(conversation: Conversation): void {
    const about = m.conversations_not_spam_about();
    void this.#step(conversation, { said: m.conversations_not_spam(), about, change: { status: "open" } });
  }

  snooze(conversation: Conversation, until: Date, said: string): void {
    const change: ConversationChange = { status: "snoozed", snoozedUntil: until.toISOString() };
    void this.#step(conversation, { said, change });
  }

  assign(conversation: Conversation, assignee: MemberRef | null): void {
    const said = assignee
      ? m.conversations_assigned_to({ name: assignee.name })
      : m.conversations_now_unassigned();
    void this.#step(conversation, { said, change: { assigneeId: assignee?.id ?? null }, assignee });
  }

  async markUnread(conversation: Conversation): Promise<void> {
    this.#list.put({ ...conversation, unreadCount: Math.max(1, conversation.unreadCount) });
    await this.#settle(conversation, () => conversations.markUnread(this.#workspaceId, conversation.id));
  }

  async markRead(conversation: Conversation): Promise<void> {
    if (this.#resting.has(conversation.id)) return;
    this.#list.put({ ...conversation, unreadCount: 0 });
    try {
      this.#list.put((await conversations.markRead(this.#workspaceId, conversation.id)).conversation);
      void this.#list.loadCounts();
    } catch {
      // Automatic, so the failure shows no toast: it is unread again, and repeated while it stays on the screen.
      this.#resting.add(conversation.id);
      await new Promise((done) => setTimeout(done, AGAIN_MS));
      this.#resting.delete(conversation.id);
      const now = this.#list.get(conversation.id);
      if (now) this.#list.put({ ...now, unreadCount: Math.max(now.unreadCount, conversation.unreadCount) });
    }
  }

  /** The same for many; one that is refused leaves all as they were. */
  async changeAll(before: readonly Conversation[], step: BulkStep): Promise<void> {
    const done = await this.#applyAll(before, step);
    if (!done) return;
    const ways = Map.groupBy(before, (one) => JSON.stringify(backOf(one, step.change)));
    toast.message(step.said({ count: before.length, shown: wholeNumber(before.length) }), {
      duration: UNDO_MS,
      action: {
        label: m.ui_undo(),
        onClick: () => {
          for (const [, same] of ways) void this.#undoAll(same, step);
        },
      },
    });
  }

  async #undoAll(before: readonly Conversation[], step: BulkStep): Promise<void> {
    const [first] = before;
    if (!first) return;
    const now = before.map((one) => this.#list.get(one.id) ?? one);
    await this.#applyAll(now, { change: backOf(first, step.change), assignee: first.assignee });
  }

  async #applyAll(
    before: readonly Conversation[],
    { change, assignee }: Omit<BulkStep, "said">,
  ): Promise<boolean> {
    for (const one of before) {
      const { status = one.status } = change;
      const snoozedUntil = change.status === undefined ? one.snoozedUntil : (change.snoozedUntil ?? null);
      const to = change.assigneeId === undefined ? one.assignee : (assignee ?? null);
      this.#list.put({ ...one, status, snoozedUntil, assignee: to, unreadCount: unreadIn(status, one) });
    }
    try {
      const ids = before.map((one) => one.id);
      const { items } = await conversations.changeAll(this.#workspaceId, { ids, change });
      const there = new Set(items.map((one) => one.id));
      for (const id of ids) if (!there.has(id)) this.#list.forget(id);
      for (const one of items) this.#list.put(one);
      void this.#list.loadCounts();
      return true;
    } catch (error) {
      for (const one of before) this.#list.put(one);
      toast.error(describeError(error));
      return false;
    }
  }

  async #step(before: Conversation, step: Step): Promise<void> {
    const { status = before.status, snoozedUntil = null } = step.change;
    const assignee = step.assignee === undefined ? before.assignee : step.assignee;
    this.#list.put({ ...before, status, snoozedUntil, assignee, unreadCount: unreadIn(status, before) });
    const done = await this.#settle(before, () =>
      conversations.change(this.#workspaceId, before.id, step.change),
    );
    if (!done) return;
    toast.message(step.said, {
      description: step.about ?? before.contact.name,
      duration: UNDO_MS,
      action: { label: m.ui_undo(), onClick: () => void this.#undo(before, step) },
    });
  }

  async #undo(before: Conversation, step: Step): Promise<void> {
    const change = backOf(before, step.change);
    const now = this.#list.get(before.id) ?? before;
    this.#list.put({
      ...now,
      status: before.status,
      snoozedUntil: before.snoozedUntil,
      assignee: before.assignee,
    });
    await this.#settle(now, () => conversations.change(this.#workspaceId, before.id, change));
  }

  async #settle(before: Conversation, call: () => Promise<{ conversation: Conversation }>): Promise<boolean> {
    try {
      const { conversation } = await call();
      this.#list.put(conversation);
      void this.#list.loadCounts();
      return true;
    } catch (error) {
      this.#list.takeBack(before, error);
      toast.error(describeError(error));
      return false;
    }
  }
}

/** Spam waits for nobody. */
const unreadIn = (status: Conversation["status"], { unreadCount }: Conversation) =>
  status === "spam" ? 0 : unreadCount;

/** The change that restores a conversation. */
function backOf(before: Conversation, change: ConversationChange): ConversationChange {
  const back: ConversationChange = {};
  if (change.status !== undefined) back.status = before.status;
  if (before.status === "snoozed" && back.status) back.snoozedUntil = before.snoozedUntil;
  if (change.assigneeId !== undefined) back.assigneeId = before.assignee?.id ?? null;
  return back;
}
