import type { Locator } from "playwright-core";
import { onTestFinished } from "vitest";
import { sharedBrowser, openWindow, signIn, type VisitOptions, type Watched } from "./browser.ts";
import type { SentMessage } from "../../modules/messaging/testing/delivery_stage.ts";
import {
  apiClient,
  connectPage,
  type Login,
  owner,
  simulatorCall,
  startProduct,
  waitFor,
} from "./product.ts";

/** People of the simulator's seed. */
export const anna = "24266381753005180";
export const minh = "24266381753005181";
export const zoe = "24266381753005182";

/** The product with a connected page and a browser, and the actions of a screen test. */
export async function openBrowserStage() {
  const [product, browser] = await Promise.all([startProduct(), sharedBrowser()]);
  const connected = await connectPage(product);
  const { workspaceId, facebookPageId, accessToken } = connected;
  const { simulator } = product;
  const { sql } = product.database;

  /** The simulator's control API. */
  const control = <T = Record<string, unknown>>(method: string, path: string, body?: unknown) =>
    simulatorCall<T>(simulator, method, path, body);

  const api = apiClient(product.url, accessToken, `/workspaces/${workspaceId}`);

  /** A campaign that waits to be launched, in the window and to everybody unless told otherwise; its id. */
  async function draft(campaign: object): Promise<string> {
    const body = { kind: "window", audience: { all: true }, ...campaign };
    return (await api.post<{ campaign: { id: string } }>("/campaigns", body)).campaign.id;
  }

  /** A window until the test ends; its addresses are of the workspace. */
  async function open(options: VisitOptions = {}): Promise<Watched> {
    const baseURL = `${product.url}/w/${workspaceId}/`;
    const watched = await openWindow(browser, { baseURL, ...options });
    onTestFinished(() => watched.context.close());
    return watched;
  }

  return {
    ...connected,
    /** The workspace's own part of the API, and the whole of it. */
    api,
    everywhere: connected.api,
    product,
    browser,
    sql,
    control,
    open,

    /** A window of somebody who logged in, the owner unless another is named, at a screen of the workspace. */
    async visit(
      screen: string,
      { as = owner, ...options }: VisitOptions & { as?: Login } = {},
    ): Promise<Watched> {
      const watched = await open(options);
      await signIn(watched.context, product, as);
      await watched.page.goto(screen);
      return watched;
    },

    /** The phones of the page's people, in a window of their own. */
    async openPhones(): Promise<Watched & { device: Locator }> {
      const watched = await open();
      await watched.page.goto(simulator.url);
      return { ...watched, device: watched.page.getByRole("main", { name: "Phones" }) };
    },

    /** Somebody writes to the page. */
    write: (psid: string, text: string) => control("POST", `persons/${psid}/write`, { text }),

    /** So many people more have written to the page; their PSIDs. */
    async addWriters(count: number): Promise<string[]> {
      const { psids } = await control<{ psids: string[] }>("POST", "persons", {
        pageId: facebookPageId,
        count,
        text: "Hi",
      });
      const haveWritten = async () =>
        (
          await sql`select from messaging.contacts
            where psid = any(${psids}) and last_inbound_at is not null`
        ).length === count;
      await waitFor(haveWritten, 10_000, `${count} people to be here`);
      return psids;
    },

    draft,

    /** A campaign that goes out now, or at its time; its id. */
    async launch(campaign: object): Promise<string> {
      const id = await draft(campaign);
      await api.post(`/campaigns/${id}/launch`);
      return id;
    },

    /** What reached Meta, in order; of one person where one is named. */
    async sent(psid?: string): Promise<SentMessage[]> {
      const of = psid === undefined ? "" : `?psid=${psid}`;
      return (await control<{ messages: SentMessage[] }>("GET", `sent${of}`)).messages;
    },

    async close(): Promise<void> {
      await product.stop();
    },
  };
}

export type BrowserStage = Awaited<ReturnType<typeof openBrowserStage>>;
