import type { GraphClient } from "./graph.ts";
import { GraphError, unreadableAnswer } from "./graph_error.ts";
import { fieldsList, fieldsOf, textList, textOf } from "./graph_fields.ts";
import { debugToken } from "./graph_pages.ts";

/** A page that the person granted, with what they may do on it. */
export interface GrantedPage {
  facebookId: string;
  name: string;
  pictureUrl: string | null;
  /** Null: the person has no role on the page that gives one. */
  token: string | null;
  /** Null: not stated. */
  tasks: string[] | null;
}

/** Trades the code for a user token that lives about 60 days: page tokens made from it do not expire. */
export async function exchangeCode(
  graph: GraphClient,
  { code, redirectUri }: { code: string; redirectUri: string },
): Promise<string> {
  const short = await askForToken(graph, { redirect_uri: redirectUri, code });
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
}> {
  const pages = await listAccounts(graph, userToken).catch((error: unknown): GrantedPage[] => {
    // Without pages_show_list there is no list, but there may be pages.
    if (error instanceof GraphError && error.class === "permission") return [];
    throw error;
  });
  const facts = await debugToken(graph, userToken);
  // Pages of a business portfolio are missing from the list unless business_management was granted.
  const known = new Set(pages.map((page) => page.facebookId));
  for (const facebookId of facts.pageIds.filter((id) => !known.has(id))) {
    const page = await readGrantedPage(graph, { facebookId, userToken });
    if (page) pages.push(page);
  }
  return { pages, scopes: facts.scopes, userId: facts.userId };
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

async function readGrantedPage(
  graph: GraphClient,
  { facebookId, userToken }: { facebookId: string; userToken: string },
): Promise<GrantedPage | null> {
  try {
    const { body } = await graph.call({
      method: "GET",
      path: `/${facebookId}`,
      token: userToken,
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
