import { account } from "../auth/account.svelte.ts";
import type { LiveEvent } from "../../../../server/app.ts";
import type { LiveName, LiveNews, LiveState } from "./live_source.ts";
import { SharedStream } from "./shared_stream.ts";

/** The data of each event, by its name. */
export type LiveFacts = { [Event in LiveEvent as Event["name"]]: Event["data"] };

/** One for each event of the server's union: a missing or misspelt name is a type error. */
export type LiveHandlers = { [Name in LiveName]: (facts: LiveFacts[Name]) => void };

/** Live events of a workspace. */
export class Live {
  state = $state<LiveState>("connecting");
  readonly #stream: SharedStream;
  readonly #handlers: LiveHandlers;
  readonly #refetch: () => void;

  /** `refetch`: events may have been missed, so the screen's data is loaded again. */
  constructor(url: string, { handlers, refetch }: { handlers: LiveHandlers; refetch: () => void }) {
    this.#stream = new SharedStream(url, { names: namesOf(handlers), tell: (news) => this.#take(news) });
    this.#handlers = handlers;
    this.#refetch = refetch;
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
        return this.#refetch();
      case "ended":
        return void account.load();
      case "event":
        return this.#handle(news.name, news.data);
    }
  }

  #handle<Name extends LiveName>(name: Name, data: string): void {
    const facts: LiveFacts[Name] = JSON.parse(data);
    const { [name]: handle } = this.#handlers;
    handle(facts);
  }
}

function namesOf<Handlers extends object>(handlers: Handlers): Extract<keyof Handlers, string>[] {
  const names: Extract<keyof Handlers, string>[] = [];
  for (const name in handlers) names.push(name);
  return names;
}
