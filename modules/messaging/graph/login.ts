import type { GraphClient } from "./client.ts";
import { GraphError, unreadableAnswer } from "./error.ts";
import { fieldsList, fieldsOf, textList, textOf } from "./fields.ts";
import { debugToken } from "./pages.ts";

/** A page that the person granted, with their tasks on it. */
export interface GrantedPage {
  facebookId: string;
  name: string;
  pictureUrl: string | null;
  /** Null: the person has no role on the page that gives one. */
  token: string | null;
  /** Null: not stated. */
  tasks: string[] | null;
}

/** The source of a token: a person's login, or a business's system user by Facebook Login for Business. */
export type TokenHolder = "person" | "system_user";

/**
 * Trades the code for a user token that lives about 60 days: page tokens made from it do not expire. The token of a
 * system user is taken as it is: Meta does not exchange one that does not expire.
 */
export async function exchangeCode(
  graph: GraphClient,
  { code, redirectUri }: { code: string; redirectUri: string },
): Promise<string> {
  const short = await askForToken(graph, { redirect_uri: redirectUri, code });
  if ((await debugToken(graph, short)).type === "SYSTEM_USER") return short;
  return await askForToken(graph, { grant_type: "fb_exchange_token", fb_exchange_token: short });
}

async function askForToken(graph: GraphClient, query: Record<string, string>): Promise<string> {
  const { body } = await graph.call({
    method: "GET",
    path: "/oauth/access_token",
    token: null,
    query: { client_id: graph.appId, client_secret: graph.appSecret, ...query },
  });
  const token = textOf(body.access_token);
  if (token === null) throw unreadableAnswer(200, "it has no access_token");
  return token;
}

const accountFields = "id,name,access_token,tasks,picture";
const mostPages = 50;

/** All pages of a grant: those of /me/accounts, then those that only the granted scopes name. */
export async function listGrantedPages(
  graph: GraphClient,
  userToken: string,
): Promise<{
  pages: GrantedPage[];
  scopes: string[];
  userId: string | null;
  holder: TokenHolder;
}> {
  const pages = await listAccounts(graph, userToken).catch((error: unknown): GrantedPage[] => {
    // Without pages_show_list, or in an app that may not list, there may be pages.
    if (error instanceof GraphError && (error.class === "permission" || error.code === 3)) return [];
    throw error;
  });
  const facts = await debugToken(graph, userToken);
  // Pages of a business portfolio are missing from the list unless business_management was granted.
  const known = new Set(pages.map((page) => page.facebookId));
  for (const facebookId of facts.pageIds.filter((id) => !known.has(id))) {
    const page = await readGrantedPage(graph, { facebookId, token: userToken });
    if (page) pages.push(page);
  }
  const holder = facts.type === "SYSTEM_USER" ? "system_user" : "person";
  return { pages, scopes: facts.scopes, userId: facts.userId, holder };
}

/** Every result page of /me/accounts. */
async function listAccounts(graph: GraphClient, userToken: string): Promise<GrantedPage[]> {
  const pages: GrantedPage[] = [];
  let after: string | null = null;
  for (let round = 0; round < mostPages; round += 1) {
    const { body }: { body: Record<string, unknown> } = await graph.call({
      method: "GET",
      path: "/me/accounts",
      token: userToken,
      query: { fields: accountFields, limit: "100", ...(after === null ? {} : { after }) },
    });
    pages.push(...fieldsList(body.data).flatMap((item) => readPage(item) ?? []));
    const paging = fieldsOf(body.paging);
    // Meta's own `next` holds the token: the cursor is enough.
    after = paging?.next === undefined ? null : textOf(fieldsOf(paging.cursors)?.after);
    if (after === null) break;
  }
  return pages;
}

/** One page with its token, by the token of a person or a system user; null when Meta shows nothing of it. */
export async function readGrantedPage(
  graph: GraphClient,
  { facebookId, token }: { facebookId: string; token: string },
): Promise<GrantedPage | null> {
  try {
    const { body } = await graph.call({
      method: "GET",
      path: `/${facebookId}`,
      token,
      query: { fields: "id,name,access_token,picture" },
    });
    return readPage(body);
  } catch (error) {
    // One page that was deleted meanwhile must not hide the others.
    if (error instanceof GraphError && error.phase === "answered") return null;
    throw error;
  }
}

function readPage(item: Record<string, unknown>): GrantedPage | null {
  const facebookId = textOf(item.id);
  if (facebookId === null) return null;
  return {
    facebookId,
    name: textOf(item.name) ?? facebookId,
    pictureUrl: textOf(fieldsOf(fieldsOf(item.picture)?.data)?.url),
    token: textOf(item.access_token),
    tasks: Array.isArray(item.tasks) ? textList(item.tasks) : null,
  };
}
