import { tick } from "svelte";
import { ownAccount } from "../api/account.ts";
import { auth, type SecondStep } from "../api/auth.ts";
import type { User, Workspace } from "../api/types.ts";
import { ApiError, describeError } from "../api/request.ts";
import { forgetLanguage, keepLanguage, languages } from "../ui/language.ts";
import { keepZone } from "../ui/zone.ts";
import { clearWritten } from "../ui/written.ts";

const LAST_WORKSPACE = "messagesender.workspace";

type AccountState = "unknown" | "signedIn" | "unsecured" | "signedOut" | "unreachable";

/** Who is signed in (`unsecured`: without the second factor that the installation requires), and the workspaces that this person may see. */
class Account {
  state = $state<AccountState>("unknown");
  user = $state.raw<User | null>(null);
  workspaces = $state.raw<Workspace[]>([]);
  problem = $state<string | null>(null);

  async load(): Promise<void> {
    try {
      const answer = await auth.me();
      this.user = answer.user;
      this.workspaces = answer.workspaces;
      this.#follow(answer.user);
      this.state = answer.mustAddSecondFactor ? "unsecured" : "signedIn";
      this.problem = null;
    } catch (error) {
      const known = error instanceof ApiError && (error.status === 401 || error.status === 403);
      if (known) this.forget();
      else {
        this.state = "unreachable";
        this.problem = describeError(error);
      }
    }
  }

  /** Shows the dashboard in the account's language and time zone, which another browser may have chosen. */
  #follow({ language, timeZone }: User): void {
    const hasLanguage = languages.some(({ tag }) => tag === language);
    const isOtherLanguage = language !== null && hasLanguage && keepLanguage(language);
    if (keepZone(timeZone) || isOtherLanguage) location.reload();
  }

  /** Saves own settings; the page loads again when it shows other words or times then. */
  async change(change: { name?: string; language?: string | null; timeZone?: string | null }): Promise<void> {
    const { user } = await ownAccount.change(change);
    this.user = user;
    // The form knows that it is saved, and lets the page go.
    await tick();
    if (change.language === null) {
      forgetLanguage();
      location.reload();
    }
    this.#follow(user);
  }

  /** Returns the second step of a person with a second factor; null: signed in. */
  async login(email: string, password: string, remember: boolean): Promise<SecondStep | null> {
    const answer = await auth.login({ email, password, remember });
    if ("challenge" in answer) return answer;
    await this.load();
    return null;
  }

  async signup(form: { email: string; password: string; name: string; setupToken: string }): Promise<void> {
    await auth.signup(form);
    await this.load();
  }

  async logout(): Promise<void> {
    await auth.logout();
    this.forget();
    // After the screens are closed, which store their drafts.
    await tick();
    clearWritten();
  }

  forget(): void {
    this.user = null;
    this.workspaces = [];
    this.state = "signedOut";
  }

  workspace(id: string): Workspace | null {
    return this.workspaces.find((workspace) => workspace.id === id) ?? null;
  }

  put(workspace: Workspace): void {
    const known = this.workspaces.some((one) => one.id === workspace.id);
    this.workspaces = known
      ? this.workspaces.map((one) => (one.id === workspace.id ? workspace : one))
      : [...this.workspaces, workspace];
  }

  /** The workspace that this browser showed last, or the first one. */
  lastWorkspace(): Workspace | null {
    const remembered = localStorage.getItem(LAST_WORKSPACE);
    return this.workspaces.find((one) => one.id === remembered) ?? this.workspaces[0] ?? null;
  }

  rememberWorkspace(id: string): void {
    localStorage.setItem(LAST_WORKSPACE, id);
  }
}

export const account = new Account();
