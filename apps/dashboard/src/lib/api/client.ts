import { treaty } from "@elysiajs/eden";
import type { App } from "../../../../server/app.ts";
import { ApiError, fetchSignedIn, readProblem } from "./request.ts";
import { loadServerWords, wordAnswer } from "./server_words.ts";

export const LIST_LIMIT = 50;

// Chat text may look like a date and must stay text, so nothing is turned into a Date.
const fetcher: typeof fetch = Object.assign(fetchSignedIn, { preconnect: () => {} });
export const api = treaty<App>(location.origin, { parseDate: false, fetcher }).api.v1;

/** All items of a list that comes in pages; for lists that the server keeps short, such as segments. */
export async function allItems<Item>(
  load: (page: { limit: number; cursor?: string }) => Promise<{ items: Item[]; nextCursor: string | null }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: Item[]; nextCursor: string | null } = await load({
      limit: 100,
      ...(cursor === null ? {} : { cursor }),
    });
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}

export function inWorkspace(workspaceId: string) {
  return api.workspaces({ workspaceId });
}

interface Reply<Data> {
  data: Data | null;
  error: { value: unknown } | null;
  response: Response | undefined;
  status: number;
}

/** The server's answer in the reader's language. Throws its problem as an ApiError. */
export async function answer<Data>(call: Promise<Reply<Data>>): Promise<NonNullable<Data>> {
  // Both at once: no screen is drawn before its words are there.
  const [{ data, error, response, status }] = await Promise.all([call, loadServerWords()]);
  if (data !== null && data !== undefined && response?.ok) return wordAnswer(data);
  const retryAfter = Number(response?.headers.get("retry-after"));
  throw new ApiError(status, readProblem(error?.value, status), retryAfter > 0 ? retryAfter : null);
}

/** The result of a call; Eden gives the server's own type. Times are ISO strings. */
export type Answer<Call extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<Call>>;

export interface List<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** Which page of a list is wanted; the first one has no cursor. */
export interface PageOf {
  cursor?: string;
}
