import type { CampaignNews } from "./campaigns/campaign_types.ts";
import { account } from "./account.svelte.ts";
import { auth } from "./api.ts";
import { ApiError } from "./request.ts";

const RETRY_MS = [1000, 2000, 5000, 10_000, 20_000];

export interface LiveFacts {
  message: {
    conversationId: string;
    messageId: string;
    change: "created" | "updated";
    direction: "in" | "out";
  };
  conversation: { conversationId: string };
  note: { conversationId: string; noteId: string };
  typing: { conversationId: string; userId: string; name: string };
  page: { pageId: string };
  contact: { contactId: string };
  campaign: CampaignNews;
  notification: { userId: string };
  workspace: { workspaceId: string };
  transfer: { transferId: string; status: string; counts: Record<string, number> };
}

export type LiveHandlers = { [Name in keyof LiveFacts]: (facts: LiveFacts[Name]) => void } & {
  /** Something may have been missed: what is on the screen is loaded again. */
  refetch: () => void;
};

/** The one event stream of a workspace. The browser resumes it by itself; a refused one is opened again here. */
export class Live {
  state = $state<"connecting" | "open" | "lost">("connecting");
  readonly #url: string;
  readonly #handlers: LiveHandlers;
  #source: EventSource | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #failures = 0;
  /** Something may have happened since what is on the screen was asked for. */
  #mayHaveMissed = false;

  constructor(url: string, handlers: LiveHandlers) {
    this.#url = url;
    this.#handlers = handlers;
  }

  start(): () => void {
    const onOnline = (): void => this.#reopen();
    window.addEventListener("online", onOnline);
    this.#open();
    return () => {
      window.removeEventListener("online", onOnline);
      this.#close();
    };
  }

  #open(): void {
    const source = new EventSource(this.#url);
    this.#source = source;
    source.addEventListener("open", () => this.#opened());
    source.addEventListener("error", () => this.#failed(source));
    source.addEventListener("refetch", () => this.#handlers.refetch());
    this.#listen(source, "message", this.#handlers.message);
    this.#listen(source, "conversation", this.#handlers.conversation);
    this.#listen(source, "note", this.#handlers.note);
    this.#listen(source, "typing", this.#handlers.typing);
    this.#listen(source, "page", this.#handlers.page);
    this.#listen(source, "contact", this.#handlers.contact);
    this.#listen(source, "campaign", this.#handlers.campaign);
    this.#listen(source, "notification", this.#handlers.notification);
    this.#listen(source, "workspace", this.#handlers.workspace);
    this.#listen(source, "transfer", this.#handlers.transfer);
  }

  #listen<Name extends keyof LiveFacts>(
    source: EventSource,
    name: Name,
    handle: (facts: LiveFacts[Name]) => void,
  ): void {
    source.addEventListener(name, (event) => {
      const facts: LiveFacts[Name] = JSON.parse(event.data);
      handle(facts);
    });
  }

  #opened(): void {
    this.state = "open";
    this.#failures = 0;
    if (this.#mayHaveMissed) this.#handlers.refetch();
    this.#mayHaveMissed = true;
  }

  #failed(source: EventSource): void {
    this.state = "lost";
    this.#mayHaveMissed = true;
    if (source.readyState !== EventSource.CLOSED || this.#retry) return;
    const wait = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)];
    this.#failures += 1;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.#reopenSignedIn();
    }, wait);
  }

  /** An event stream cannot say 401, so the access is refreshed by an ordinary call first. */
  async #reopenSignedIn(): Promise<void> {
    const lost = this.#source;
    try {
      await auth.me();
      // Whoever left the workspace meanwhile, or was opened anew, wants no second one.
      if (lost === this.#source) this.#reopen();
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return account.forget();
      if (lost !== null && lost === this.#source) this.#failed(lost);
    }
  }

  #reopen(): void {
    this.#close();
    this.#open();
  }

  #close(): void {
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = null;
    this.#source?.close();
    this.#source = null;
  }
}
