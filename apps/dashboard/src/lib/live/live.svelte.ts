import { account } from "../auth/account.svelte.ts";
import type { CampaignNews } from "../api/campaigns.ts";
import type { LiveName, LiveNews, LiveState } from "./live_source.ts";
import { SharedStream } from "./shared_stream.ts";

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

type FactHandlers = { [Name in LiveName]: (facts: LiveFacts[Name]) => void };

export type LiveHandlers = FactHandlers & {
  /** Something may have been missed: what is on the screen is loaded again. */
  refetch: () => void;
};

/** What happens in a workspace, as it happens. */
export class Live {
  state = $state<LiveState>("connecting");
  readonly #stream: SharedStream;
  readonly #handlers: LiveHandlers;

  constructor(url: string, handlers: LiveHandlers) {
    this.#stream = new SharedStream(url, (news) => this.#take(news));
    this.#handlers = handlers;
  }

  start(): () => void {
    return this.#stream.start();
  }

  #take(news: LiveNews): void {
    switch (news.kind) {
      case "state":
        this.state = news.state;
        return;
      case "gap":
        return this.#handlers.refetch();
      case "ended":
        return account.forget();
      case "event":
        return this.#handle(news.name, news.data);
    }
  }

  #handle<Name extends LiveName>(name: Name, data: string): void {
    const facts: LiveFacts[Name] = JSON.parse(data);
    const handlers: FactHandlers = this.#handlers;
    handlers[name](facts);
  }
}
