import { toast } from "svelte-sonner";
import { type ConversationChange, conversations } from "../api.ts";
import type { Conversation, PersonRef } from "../api_types.ts";
import { describeError } from "../request.ts";
import type { ConversationList } from "./conversation_list.svelte.ts";

const UNDO_MS = 6000;

interface Step {
  /** What the toast says. */
  said: string;
  change: ConversationChange;
  assignee?: PersonRef | null;
}

/** Changes to conversations: shown at once, taken back when the server refuses, and undone for six seconds. */
export class Triage {
  readonly #workspaceId: string;
  readonly #list: ConversationList;

  constructor(workspaceId: string, list: ConversationList) {
    this.#workspaceId = workspaceId;
    this.#list = list;
  }

  resolve(conversation: Conversation): void {
    void this.#step(conversation, { said: "Resolved", change: { status: "resolved" } });
  }

  reopen(conversation: Conversation): void {
    void this.#step(conversation, { said: "Reopened", change: { status: "open" } });
  }

  pend(conversation: Conversation): void {
    void this.#step(conversation, { said: "Marked as pending", change: { status: "pending" } });
  }

  snooze(conversation: Conversation, until: Date, said: string): void {
    const change: ConversationChange = { status: "snoozed", snoozedUntil: until.toISOString() };
    void this.#step(conversation, { said, change });
  }

  assign(conversation: Conversation, assignee: PersonRef | null): void {
    const said = assignee ? `Assigned to ${assignee.name}` : "Nobody is assigned now";
    void this.#step(conversation, { said, change: { assigneeId: assignee?.id ?? null }, assignee });
  }

  async markUnread(conversation: Conversation): Promise<void> {
    this.#list.put({ ...conversation, unreadCount: Math.max(1, conversation.unreadCount) });
    await this.#settle(conversation, () => conversations.markUnread(this.#workspaceId, conversation.id));
  }

  async markRead(conversation: Conversation): Promise<void> {
    this.#list.put({ ...conversation, unreadCount: 0 });
    await this.#settle(conversation, () => conversations.markRead(this.#workspaceId, conversation.id));
  }

  async #step(before: Conversation, step: Step): Promise<void> {
    const { status = before.status, snoozedUntil = null } = step.change;
    const assignee = step.assignee === undefined ? before.assignee : step.assignee;
    this.#list.put({ ...before, status, snoozedUntil, assignee });
    const done = await this.#settle(before, () =>
      conversations.change(this.#workspaceId, before.id, step.change),
    );
    if (!done) return;
    toast(step.said, {
      description: before.contact.name,
      duration: UNDO_MS,
      action: { label: "Undo", onClick: () => void this.#undo(before, step) },
    });
  }

  async #undo(before: Conversation, step: Step): Promise<void> {
    const change: ConversationChange = {};
    if (step.change.status !== undefined) change.status = before.status;
    if (before.status === "snoozed" && change.status) change.snoozedUntil = before.snoozedUntil;
    if (step.change.assigneeId !== undefined) change.assigneeId = before.assignee?.id ?? null;
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
      this.#list.put(before);
      toast.error(describeError(error));
      return false;
    }
  }
}
