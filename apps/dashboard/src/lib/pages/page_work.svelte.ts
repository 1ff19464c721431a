import { m } from "#lib/paraglide/messages.js";
import { toast } from "#lib/ui/toast.ts";
import { type PageFeature, pages } from "../api/pages.ts";
import type { Page } from "../api/types.ts";
import type { Desk } from "../desk/desk.svelte.ts";
import { describeError } from "../api/request.ts";
import { markLogin } from "./login_mark.ts";

type Work = "check" | "repair" | "disconnect" | "turnOn" | "setPace";

/** The running action on one page. */
export class PageWork {
  readonly #desk: Desk;
  doing = $state<Work | null>(null);

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  check(page: Page): Promise<boolean> {
    return this.#run("check", m.pages_checked(), () => pages.check(this.#desk.workspaceId, page.id));
  }

  repair(page: Page): Promise<boolean> {
    return this.#run("repair", m.pages_repaired(), () => pages.repair(this.#desk.workspaceId, page.id));
  }

  disconnect(page: Page): Promise<boolean> {
    const said = m.pages_disconnected({ page: page.name });
    return this.#run("disconnect", said, () => pages.disconnect(this.#desk.workspaceId, page.id));
  }

  setPace(page: Page, pacePerSecond: number): Promise<boolean> {
    const said = m.pages_pace_saved({ page: page.name, rate: pacePerSecond });
    return this.#run("setPace", said, () => pages.change(this.#desk.workspaceId, page.id, { pacePerSecond }));
  }

  /** Asks Facebook for the permissions of a feature; the page is chosen there again. */
  async turnOn(feature: PageFeature): Promise<void> {
    this.doing = "turnOn";
    try {
      const { url } = await pages.startLogin(this.#desk.workspaceId, { features: [feature] });
      markLogin();
      location.assign(url);
    } catch (error) {
      toast.error(describeError(error));
      this.doing = null;
    }
  }

  async #run(work: Work, said: string, call: () => Promise<{ page: Page }>): Promise<boolean> {
    this.doing = work;
    try {
      const { page } = await call();
      this.#desk.putPage(page);
      toast.success(said);
      return true;
    } catch (error) {
      toast.error(describeError(error));
      return false;
    } finally {
      this.doing = null;
    }
  }
}
