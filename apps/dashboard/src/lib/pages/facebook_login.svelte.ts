import { account } from "../account.svelte.ts";
import { pages } from "../api.ts";
import type { ConnectedPage, PageLogin } from "../api_types.ts";
import { ApiError } from "../request.ts";

type Step = "finishing" | "choosing" | "connecting" | "done" | "failed";

/** What Facebook's login dialog came back with, up to the connected pages. */
export class FacebookLogin {
  readonly workspaceId: string;
  readonly #code: string | null;
  readonly #state: string;

  step = $state<Step>("finishing");
  login = $state.raw<PageLogin | null>(null);
  results = $state.raw<ConnectedPage[]>([]);
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  problem = $state<{ text: string; remedy: string | null } | null>(null);

  constructor(query: URLSearchParams) {
    this.#code = query.get("code");
    this.#state = query.get("state") ?? "";
    this.workspaceId = this.#state.split(".")[0] ?? "";
    const refused = query.get("error_description") ?? query.get("error_message") ?? query.get("error");
    if (refused !== null)
      this.#fail(`Facebook said: ${refused}`, "Start again from Pages and allow what it asks for.");
    else if (this.#code === null || this.workspaceId === "") {
      this.#fail(
        "This address is only for coming back from Facebook.",
        "Start from Pages, with Connect a page.",
      );
    }
  }

  async finish(): Promise<void> {
    if (this.#code === null || this.step === "failed") return;
    if (account.state !== "signedIn") await account.load();
    try {
      const login = await pages.finishLogin(this.workspaceId, { code: this.#code, state: this.#state });
      this.login = login;
      this.chosen = new Set(
        login.pages.filter((page) => page.canMessage && !page.connected).map((page) => page.pageId),
      );
      this.step = "choosing";
    } catch (error) {
      this.#caught(error);
    }
  }

  toggle(pageId: string): void {
    const next = new Set(this.chosen);
    if (!next.delete(pageId)) next.add(pageId);
    this.chosen = next;
  }

  async connect(): Promise<void> {
    if (!this.login) return;
    this.step = "connecting";
    this.problem = null;
    try {
      const answer = await pages.connectFromLogin(this.workspaceId, this.login.loginId, [...this.chosen]);
      this.results = answer.items;
      this.step = "done";
    } catch (error) {
      this.#caught(error);
      this.step = "choosing";
    }
  }

  #caught(error: unknown): void {
    const text = error instanceof Error ? error.message : "Something failed in this browser";
    this.#fail(text, error instanceof ApiError ? error.remedy : null);
  }

  #fail(text: string, remedy: string | null): void {
    this.problem = { text, remedy };
    this.step = "failed";
  }
}
