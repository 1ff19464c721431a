import { tick } from "svelte";
import { m } from "#lib/paraglide/messages.js";
import { toast } from "#lib/ui/toast.ts";
import { type ControlAction, conversations } from "../api/conversations.ts";
import type { Conversation } from "../api/types.ts";
import type { Desk } from "../desk/desk.svelte.ts";
import { describeError, isGone } from "../api/request.ts";
import type { Binding } from "../ui/shortcuts.svelte.ts";
import type { Content } from "../api/templates.ts";
import { mentionedIn } from "../conversations/mentions.ts";
import type { ComposerMode } from "../conversations/drafts.svelte.ts";
import type { Timeline } from "../conversations/timeline.svelte.ts";

const TYPING_EVERY_MS = 5000;

export interface ChosenTemplate {
  id: string;
  name: string;
  /** Its text, where only text is shown. */
  text: string;
}

interface ScreenOptions {
  openConversation: (id: string | null) => void;
  toggleDetails: () => void;
}

/** One open conversation: its timeline, its draft, and its actions. */
export class ConversationScreen {
  readonly desk: Desk;
  readonly id: string;
  readonly timeline: Timeline;
  readonly #options: ScreenOptions;
  #typingSentAt = 0;
  #isHeldUnread = false;

  mode = $state<ComposerMode>("reply");
  replyToMid = $state<string | null>(null);
  /** A template that is sent unchanged instead of the draft. */
  template = $state.raw<ChosenTemplate | null>(null);
  problem = $state<string | null>(null);
  #isRefused = $state(false);
  #isOpened = $state(false);
  isAssigning = $state(false);
  isSnoozing = $state(false);
  isLabelling = $state(false);
  composerField = $state<HTMLTextAreaElement | null>(null);

  constructor(desk: Desk, id: string, options: ScreenOptions) {
    this.desk = desk;
    this.id = id;
    this.timeline = desk.timelines.open(id);
    this.#options = options;
  }

  // Getters and no $derived: a reply may be accepted after this screen has gone, and then resolves it.
  get conversation(): Conversation | null {
    return this.desk.conversations.get(this.id);
  }

  /** There is none, or somebody deleted it while it was read. */
  get isMissing(): boolean {
    return this.#isRefused || (this.#isOpened && this.conversation === null);
  }

  get canWork(): boolean {
    return this.desk.can("conversations:work");
  }

  get canLabel(): boolean {
    return this.desk.can("contacts:edit");
  }

  get canReply(): boolean {
    return this.desk.can("conversations:reply");
  }

  get canNote(): boolean {
    return this.desk.can("notes:write");
  }

  async open(): Promise<void> {
    this.desk.conversations.openId = this.id;
    this.timeline.firstUnreadId = null;
    this.problem = null;
    try {
      const [conversation] = await Promise.all([
        this.desk.conversations.loadOne(this.id),
        this.timeline.refresh(),
      ]);
      this.timeline.markFirstUnread(conversation.unreadCount);
      this.#isOpened = true;
    } catch (error) {
      this.#isRefused = isGone(error);
      this.problem = describeError(error);
    }
  }

  /** Loads the conversation again. */
  async refresh(): Promise<void> {
    await this.desk.conversations.loadOne(this.id).catch(() => null);
  }

  close(): void {
    if (this.desk.conversations.openId === this.id) this.desk.conversations.openId = null;
  }

  /** Marks inbound messages as seen: by a person, on a visible screen, at the end of the timeline. */
  seen(): void {
    const conversation = this.conversation;
    if (!conversation || conversation.unreadCount === 0 || this.#isHeldUnread || !this.canWork) return;
    void this.desk.triage.markRead(conversation);
  }

  bindings(): Binding[] {
    const group = m.inbox_keys_conversation();
    const work = (keys: string, name: string, act: (conversation: Conversation) => void): Binding => ({
      keys,
      name,
      group,
      run: () => {
        if (this.conversation) act(this.conversation);
      },
    });
    const actions = [
      work("e", m.inbox_resolve_next(), (it) => this.resolve(it)),
      work("Shift+e", m.inbox_reopen(), (it) =>
        it.status === "spam" ? this.desk.triage.notSpam(it) : this.desk.triage.reopen(it),
      ),
      work("a", m.inbox_assign(), () => (this.isAssigning = true)),
      work("i", m.inbox_assign_to_me(), (it) => this.assignToMe(it)),
      ...(this.canLabel ? [work("l", m.inbox_tag(), () => (this.isLabelling = true))] : []),
      work("z", m.inbox_snooze(), () => (this.isSnoozing = true)),
      work("u", m.inbox_mark_unread(), (it) => this.markUnread(it)),
    ];
    return [
      ...(this.canReply ? [work("r", m.inbox_reply(), () => void this.write("reply"))] : []),
      ...(this.canNote ? [work("n", m.inbox_note(), () => void this.write("note"))] : []),
      ...(this.canWork ? actions : []),
      work("p", m.inbox_details(), () => this.#options.toggleDetails()),
    ];
  }

  async write(mode: ComposerMode): Promise<void> {
    this.mode = mode;
    await tick();
    this.composerField?.focus();
  }

  /** Takes words that were not sent back into the composer. */
  edit(text: string): void {
    this.#writeAgain("reply", text);
    void this.write("reply");
  }

  /** Takes the conversation over, asks for it or hands it back. Throws ApiError; Meta's answer is then loaded. */
  async changeControl(action: ControlAction): Promise<void> {
    const { desk, id } = this;
    try {
      desk.conversations.put((await conversations.changeControl(desk.workspaceId, id, action)).conversation);
    } catch (error) {
      await this.refresh();
      throw error;
    }
    await this.timeline.refresh();
  }

  replyTo(mid: string): void {
    this.replyToMid = mid;
    void this.write("reply");
  }

  assignToMe(conversation: Conversation): void {
    this.desk.triage.assign(conversation, { id: this.desk.user.id, name: this.desk.user.name });
  }

  resolve(conversation: Conversation): void {
    const next = this.#next();
    this.desk.triage.resolve(conversation);
    this.#options.openConversation(next);
  }

  spam(conversation: Conversation): void {
    const next = this.#next();
    this.desk.triage.spam(conversation);
    this.#options.openConversation(next);
  }

  /** The person was deleted, with the conversation. */
  removed(): void {
    const next = this.#next();
    this.desk.conversations.forget(this.id);
    this.#options.openConversation(next);
  }

  snooze(conversation: Conversation, until: Date, said: string): void {
    const next = this.#next();
    this.desk.triage.snooze(conversation, until, said);
    this.#options.openConversation(next);
  }

  markUnread(conversation: Conversation): void {
    if (conversation.status === "spam") return;
    this.#isHeldUnread = true;
    void this.desk.triage.markUnread(conversation);
    this.#options.openConversation(null);
  }

  /** Tells colleagues (and the person, through Messenger) that an answer is being written. */
  typed(): void {
    const now = Date.now();
    if (this.mode !== "reply" || now - this.#typingSentAt < TYPING_EVERY_MS) return;
    this.#typingSentAt = now;
    void this.desk.sendTyping(this.id);
  }

  async send(text: string, thenResolve: boolean): Promise<void> {
    const conversation = this.conversation;
    if (!conversation) return;
    const template = this.mode === "reply" ? this.template : null;
    if (template === null) this.desk.drafts.set(this.id, this.mode, "");
    if (this.mode === "note") return await this.#sendNote(text);
    const replyToMid = this.replyToMid;
    this.replyToMid = null;
    this.template = null;
    this.#typingSentAt = 0;
    const next = this.#next();
    const words = template?.text ?? text;
    const files = this.desk.files.take(this.id);
    const sent: Promise<boolean>[] = [];
    if (words !== "") {
      const templateId = template?.id ?? null;
      sent.push(
        this.desk.reply(conversation, this.timeline, { text: words, replyToMid, templateId, content: null }),
      );
    }
    // Messenger takes each file as a message of its own.
    for (const [index, file] of files.entries()) {
      const quoted = words === "" && index === 0 ? replyToMid : null;
      const content = { mediaFileId: file.id };
      const isFurther = sent.length > 0;
      const outgoing = { text: file.name, replyToMid: quoted, templateId: null, content, isFurther };
      sent.push(this.desk.reply(conversation, this.timeline, outgoing));
    }
    if (!thenResolve) return;
    if ((await Promise.all(sent)).includes(false)) {
      toast.error(m.inbox_not_resolved());
      return;
    }
    this.desk.triage.resolve(this.conversation ?? conversation);
    this.#options.openConversation(next);
  }

  /** Sends a utility template of Meta; `text` is its text. */
  async sendUtility(content: Content, text: string): Promise<void> {
    const { conversation } = this;
    if (!conversation) return;
    await this.desk.reply(conversation, this.timeline, { text, replyToMid: null, templateId: null, content });
  }

  async #sendNote(text: string): Promise<void> {
    try {
      await this.timeline.addNote(text, mentionedIn(text, await this.desk.everybody()));
    } catch (error) {
      this.#writeAgain("note", text);
      toast.error(describeError(error));
    }
  }

  /** Returns text to the composer, before newer input. */
  #writeAgain(mode: ComposerMode, text: string): void {
    const { drafts } = this.desk;
    drafts.set(this.id, mode, [text, drafts.get(this.id, mode)].filter((one) => one !== "").join("\n"));
  }

  #next(): string | null {
    const list = this.desk.conversations;
    return list.rows.some((row) => row.id === this.id)
      ? (list.neighbour(this.id, 1)?.id ?? list.neighbour(this.id, -1)?.id ?? null)
      : null;
  }
}
