import { goto } from "$app/navigation";
import { createContext } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { Arrivals } from "./arrivals.ts";
import { account } from "../auth/account.svelte.ts";
import { contacts } from "../api/contacts.ts";
import { conversations } from "../api/conversations.ts";
import { pages } from "../api/pages.ts";
import { workspaces } from "../api/workspaces.ts";
import type { Contact, Conversation, Member, Onboarding, Page, User, Workspace } from "../api/types.ts";
import { Coalescer } from "./coalesce.ts";
import { ComposerFiles } from "../conversations/composer_files.svelte.ts";
import { ConversationList } from "../conversations/conversation_list.svelte.ts";
import { Drafts } from "../conversations/drafts.svelte.ts";
import type { Timeline } from "../conversations/timeline.svelte.ts";
import type { Outgoing } from "../conversations/timeline_items.ts";
import { TimelineCache } from "../conversations/timeline_cache.ts";
import { Triage } from "../conversations/triage.ts";
import { ColleaguesTyping } from "../conversations/typing.svelte.ts";
import { Live, type LiveFacts } from "../live/live.svelte.ts";
import { News } from "./news.ts";
import { Notices } from "./notices.ts";
import { UnreadNotifications } from "./unread_notifications.svelte.ts";
import { describeError, isGone } from "../api/request.ts";

const BURST_MS = 80;
const MANY = 8;

/** Everything that the screens know of one workspace, kept fresh by its event stream. */
export class Desk {
  readonly workspaceId: string;
  /** As at the start of the desk; the screens leave a moment after the account does. */
  readonly #signedIn: User;
  readonly user: User = $derived.by(() => account.user ?? this.#signedIn);
  readonly conversations: ConversationList;
  readonly timelines: TimelineCache;
  readonly triage: Triage;
  readonly drafts: Drafts;
  readonly files: ComposerFiles;
  readonly typing = new ColleaguesTyping();
  readonly live: Live;
  readonly campaignNews = new News<LiveFacts["campaign"]>();
  readonly transferNews = new News<LiveFacts["transfer"]>();
  /** Told when the list of notifications may have changed. */
  readonly notificationNews = new News<null>();
  readonly unread: UnreadNotifications;
  readonly contacts = new SvelteMap<string, Contact>();

  members = $state.raw<Member[]>([]);
  pages = $state.raw<Page[] | null>(null);
  pagesProblem = $state<string | null>(null);
  onboarding = $state.raw<Onboarding | null>(null);
  /** The announcement of a new message for screen readers. */
  announcement = $state("");

  readonly workspace: Workspace | null = $derived.by(() => account.workspace(this.workspaceId));
  readonly #changed: Coalescer;
  readonly #facts: Coalescer;

  constructor(workspaceId: string, user: User) {
    this.workspaceId = workspaceId;
    this.#signedIn = user;
    this.conversations = new ConversationList(workspaceId, user.id);
    this.drafts = new Drafts(user.id);
    this.files = new ComposerFiles(workspaceId);
    this.timelines = new TimelineCache(workspaceId, user.id, {
      onrefused: (conversationId, text) => this.drafts.restore(conversationId, text),
    });
    this.triage = new Triage(workspaceId, this.conversations);
    this.unread = new UnreadNotifications(workspaceId, {
      onopen: (path) => void goto(this.href(path)),
      onnews: () => this.notificationNews.tell(null),
      onannounced: (notification, title) => this.#notices.notified(notification, title),
    });
    this.#changed = new Coalescer((ids) => this.#refetch(ids), { waitMs: BURST_MS });
    this.#facts = new Coalescer((what) => this.#refetchFacts(what), { waitMs: 400 });
    this.live = new Live(workspaces.liveUrl(workspaceId), {
      handlers: {
        message: ({ conversationId, messageId, change, direction }) => {
          this.#changed.add(conversationId);
          if (change !== "created") return;
          if (direction === "out") this.typing.stopped(conversationId);
          else {
            this.#arrivals.add(conversationId);
            this.#notices.written(conversationId, messageId);
          }
        },
        conversation: ({ conversationId }) => this.#changed.add(conversationId),
        note: ({ conversationId }) => this.#changed.add(conversationId),
        typing: ({ conversationId, userId, name }) => {
          if (userId !== user.id) this.typing.seen(conversationId, userId, name);
        },
        page: ({ pageId }) => {
          this.#facts.add("pages");
          // Whether an answer can be written hangs on the page, too.
          const { openId } = this.conversations;
          if (openId !== null && this.conversations.get(openId)?.page.id === pageId)
            this.#changed.add(openId);
        },
        contact: ({ contactId }) => this.#contactChanged(contactId),
        // Whether an answer can be written hangs on it, in every conversation.
        workspace: () => void Promise.allSettled([this.loadWorkspace(), this.reload()]),
        access: ({ userId }) => {
          if (userId === user.id) void Promise.allSettled([this.loadWorkspace(), this.reload()]);
        },
        campaign: (facts) => this.campaignNews.tell(facts),
        notification: ({ userId }) => {
          if (userId === user.id) void this.unread.hear().catch(() => null);
        },
        transfer: (facts) => {
          this.transferNews.tell(facts);
          // Labels, names and who is there at all may have changed, of any number of people.
          if (facts.status === "done" || facts.status === "undone") void this.conversations.reload();
        },
      },
      refetch: () => void this.reload(),
    });
  }

  readonly #notices = new Notices({
    userId: () => this.user.id,
    conversation: (id) => this.conversations.get(id),
    isShown: (id) => this.conversations.openId === id && document.visibilityState === "visible",
    open: (path) => void goto(this.href(path)),
  });

  readonly #arrivals = new Arrivals({
    nameOf: (id) => this.conversations.get(id)?.contact.name ?? null,
    say: (words) => (this.announcement = words),
  });

  can(permission: string): boolean {
    return this.workspace?.permissions.includes(permission) ?? false;
  }

  href(path: string): string {
    return `/w/${this.workspaceId}${path}`;
  }

  start(): () => void {
    const stop = this.live.start();
    void this.conversations.reload();
    void this.#refetchFacts(["counts", "members", "pages", "onboarding", "unread"]);
    return () => {
      stop();
      this.#changed.stop();
      this.#arrivals.stop();
      this.#facts.stop();
    };
  }

  /** Reloads the screen's data, because events may have been missed. */
  async reload(): Promise<void> {
    const openId = this.conversations.openId;
    this.campaignNews.tell(null);
    this.transferNews.tell(null);
    await Promise.all([
      this.conversations.reload(),
      this.#refetchFacts(["counts", "pages", "onboarding", "unread"]),
      openId === null ? null : this.#refetch([openId]),
    ]);
  }

  async loadWorkspace(): Promise<void> {
    account.put((await workspaces.get(this.workspaceId)).workspace);
  }

  async loadPages(): Promise<void> {
    try {
      this.pages = (await pages.list(this.workspaceId)).items;
      this.pagesProblem = null;
    } catch (error) {
      this.pagesProblem = describeError(error);
    }
  }

  putPage(page: Page): void {
    const known = this.pages?.some((one) => one.id === page.id) ?? false;
    const all = this.pages ?? [];
    this.pages = known ? all.map((one) => (one.id === page.id ? page : one)) : [...all, page];
  }

  /** Throws ApiError; one that is not there any more leaves the screens. */
  async loadContact(id: string): Promise<Contact> {
    try {
      const { contact } = await contacts.get(this.workspaceId, id);
      this.contacts.set(id, contact);
      return contact;
    } catch (error) {
      if (isGone(error)) this.contacts.delete(id);
      throw error;
    }
  }

  /** Everybody of the workspace, also when it was opened only now: a mention is found by its name. */
  async everybody(): Promise<Member[]> {
    if (this.members.length === 0) await this.#loadMembers();
    return this.members;
  }

  async loadOnboarding(): Promise<void> {
    if (this.onboarding?.steps.every((step) => step.done)) return;
    this.onboarding = await workspaces.onboarding(this.workspaceId);
  }

  /** Sends a reply: the timeline and the list show it at once, and the list's row is put right if it is refused. */
  async reply(conversation: Conversation, timeline: Timeline, reply: Outgoing): Promise<boolean> {
    const lastMessageAt = new Date().toISOString();
    this.conversations.put({
      ...conversation,
      preview: { text: reply.text, direction: "out", isFailed: false },
      lastMessageAt,
    });
    const accepted = await timeline.send(reply);
    await this.conversations
      .loadOne(conversation.id)
      .catch((error: unknown) => this.conversations.takeBack(conversation, error));
    return accepted;
  }

  async sendTyping(conversationId: string): Promise<void> {
    // Only a courtesy: a lost one is followed by the next within seconds.
    await conversations.typing(this.workspaceId, conversationId).catch(() => null);
  }

  async #refetch(ids: string[]): Promise<void> {
    this.#facts.add("counts");
    this.#facts.add("onboarding");
    // Threads that are not on the screen are loaded again when they are opened.
    const openId = this.conversations.openId;
    const open = openId !== null && ids.includes(openId) ? [this.timelines.open(openId)] : [];
    // A conversation has the id of its contact, whose consent and times change with it.
    const known = ids.filter((id) => this.contacts.has(id)).slice(0, MANY);
    const rows =
      ids.length > MANY ? [this.conversations.refresh(ids)] : ids.map((id) => this.conversations.loadOne(id));
    await Promise.allSettled([
      ...rows,
      ...open.map((timeline) => timeline.refresh()),
      ...known.map((id) => this.loadContact(id)),
    ]);
    this.#arrivals.announce();
    this.#notices.announce();
  }

  /** Contacts who were added or imported and never wrote have no conversation to load. */
  #contactChanged(id: string): void {
    const { openId } = this.conversations;
    if (openId === id || this.conversations.get(id)) this.#changed.add(id);
    else if (this.contacts.has(id)) void this.loadContact(id).catch(() => null);
  }

  async #refetchFacts(what: string[]): Promise<void> {
    await Promise.allSettled([
      what.includes("counts") ? this.conversations.loadCounts() : null,
      what.includes("pages") && this.can("pages:read") ? this.loadPages() : null,
      what.includes("onboarding") ? this.loadOnboarding() : null,
      what.includes("unread") ? this.unread.load() : null,
      what.includes("members") ? this.#loadMembers() : null,
    ]);
  }

  async #loadMembers(): Promise<void> {
    this.members = (await workspaces.members(this.workspaceId)).items;
  }
}

export const [getDesk, setDesk] = createContext<Desk>();
