import { m } from "#lib/paraglide/messages.js";
import { account } from "../auth/account.svelte.ts";
import { pages } from "../api/pages.ts";
import type { ConnectedPage, PageLogin, PermissionHelp } from "../api/types.ts";
import { ApiError } from "../api/request.ts";
import { clearLoginMark, markLogin } from "./login_mark.ts";

type Step = "finishing" | "lacking" | "choosing" | "connecting" | "done" | "failed";

/** The return from Facebook's login dialog, up to the connected pages. */
export class FacebookLogin {
  readonly workspaceId: string;
  readonly #code: string | null;
  readonly #state: string;

  /** Facebook's words when it refused the login because the app lacks a permission. */
  readonly #invalidScopes: string | null;
  #isAutomatic = false;

  step = $state<Step>("finishing");
  /** Permissions that the app lacks, or that were not granted although no page connects without them. */
  lacked = $state.raw<PermissionHelp[]>([]);
  dashboardUrl = $state<string | null>(null);
  isAsking = $state(false);
  login = $state.raw<PageLogin | null>(null);
  results = $state.raw<ConnectedPage[]>([]);
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  problem = $state<{ text: string; remedy: string | null } | null>(null);

  constructor(query: URLSearchParams) {
    this.#code = query.get("code");
    this.#state = query.get("state") ?? "";
    this.workspaceId = this.#state.split(".")[0] ?? "";
    clearLoginMark();
    const refused = query.get("error_description") ?? query.get("error_message") ?? query.get("error");
    const isInvalid = refused !== null && /invalid scopes?/i.test(refused) && this.workspaceId !== "";
    this.#invalidScopes = isInvalid ? refused : null;
    if (isInvalid) return;
    if (query.get("error") === "access_denied")
      this.#fail(m.pages_login_cancelled(), m.pages_login_cancelled_remedy());
    else if (refused !== null)
      this.#fail(m.pages_login_refused({ reason: refused }), m.pages_login_refused_remedy());
    else if (this.#code === null || this.workspaceId === "") {
      this.#fail(m.pages_login_no_code(), m.pages_login_no_code_remedy());
    }
  }

  async finish(): Promise<void> {
    if (this.#invalidScopes !== null) return await this.#explain(this.#invalidScopes);
    if (this.#code === null || this.step === "failed") return;
    if (account.state !== "signedIn") await account.load();
    try {
      const login = await pages.finishLogin(this.workspaceId, { code: this.#code, state: this.#state });
      this.login = login;
      if (login.missing.some((permission) => permission.need === "required")) {
        this.lacked = login.missing;
        this.step = "lacking";
        return;
      }
      this.chosen = new Set(
        login.pages.filter((page) => page.canMessage && !page.connected).map((page) => page.pageId),
      );
      this.#isAutomatic = this.#isChosenAtFacebook(login);
      if (this.#isAutomatic) await this.connect();
      else this.step = "choosing";
    } catch (error) {
      this.#caught(error);
    }
  }

  /** The pages were chosen in Facebook's dialog, and nothing about them has to be decided here. */
  #isChosenAtFacebook({ pages, missing }: PageLogin): boolean {
    return (
      missing.length === 0 &&
      this.chosen.size > 0 &&
      pages.every(({ connected, caution }) => !connected && caution === null)
    );
  }

  /** Chosen there, and impossible to connect. */
  get impossible(): PageLogin["pages"] {
    return this.login?.pages.filter(({ canMessage }) => !canMessage) ?? [];
  }

  /** Connected without a further choice, and nothing failed: there is nothing to read. */
  get isWhole(): boolean {
    return this.step === "done" && this.#isAutomatic && this.results.every(({ page }) => page !== null);
  }

  /** Names the permissions in Facebook's refusal. */
  async #explain(refusal: string): Promise<void> {
    if (account.state !== "signedIn") await account.load();
    try {
      const { permissions, dashboardUrl } = await pages.permissions(this.workspaceId);
      const named = new Set(refusal.match(/[a-z_]+/g));
      this.lacked = permissions.filter((permission) => named.has(permission.name));
      this.dashboardUrl = dashboardUrl;
      if (this.lacked.length === 0)
        this.#fail(m.pages_login_refused({ reason: refusal }), m.pages_login_scopes_remedy());
      else this.step = "lacking";
    } catch (error) {
      this.#caught(error);
    }
  }

  /** Whether the app lacks the permissions, so that asking again does not help. */
  get isOfApp(): boolean {
    return this.#invalidScopes !== null;
  }

  get canDoWithout(): boolean {
    return this.isOfApp && this.lacked.every((permission) => permission.need !== "required");
  }

  /** Opens Facebook again: without permissions that the app lacks, or with all declined ones. */
  async askAgain(): Promise<void> {
    this.isAsking = true;
    try {
      const without = this.canDoWithout ? this.lacked.map(({ name }) => name) : [];
      const { url } = await pages.startLogin(this.workspaceId, { without });
      markLogin();
      location.assign(url);
    } catch (error) {
      this.#caught(error);
      this.isAsking = false;
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
    const text = error instanceof Error ? error.message : m.pages_login_browser_failed();
    this.#fail(text, error instanceof ApiError ? error.remedy : null);
  }

  #fail(text: string, remedy: string | null): void {
    this.problem = { text, remedy };
    this.step = "failed";
  }
}
