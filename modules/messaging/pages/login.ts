import { deleteInChunks } from "#db";
import { notFound, Problem, randomToken, seal, sha256Hex, unseal } from "#std";
import { exchangeCode, type GrantedPage, listGrantedPages } from "../graph_login.ts";
import { connectPage, placesElsewhere } from "./connect.ts";
import type { PageDeps } from "./deps.ts";
import { loginScopes } from "./fields.ts";
import { metaProblem } from "./meta_problem.ts";
import type { ConnectedPages, LoginPages } from "./schema.ts";

const validMinutes = 10;
const context = (workspaceId: string) => `facebook-login:${workspaceId}`;

export interface LoginBy {
  workspaceId: string;
  userId: string;
}

const redirectUri = (on: PageDeps) => `${on.config.appUrl}/connect/facebook`;

/** The address of Meta's dialog, with a state that counts once, for ten minutes, for this person in this workspace. */
export async function startLogin(on: PageDeps, { workspaceId, userId }: LoginBy): Promise<{ url: string }> {
  const state = `${workspaceId}.${randomToken()}`;
  await on.sql`insert into messaging.facebook_logins (state_hash, workspace_id, user_id, expires_at)
    values (${sha256Hex(state)}, ${workspaceId}, ${userId}, now() + make_interval(mins => ${validMinutes}))`;
  const url = new URL(`${on.config.dialogUrl}/${on.graph.version}/dialog/oauth`);
  url.searchParams.set("client_id", on.graph.appId);
  url.searchParams.set("redirect_uri", redirectUri(on));
  url.searchParams.set("state", state);
  url.searchParams.set("response_type", "code");
  if (on.config.loginConfigId === null) {
    url.searchParams.set("scope", loginScopes.join(","));
    // Asks again for what was declined before, and always shows the choice of pages.
    url.searchParams.set("auth_type", "rerequest");
  } else {
    url.searchParams.set("config_id", on.config.loginConfigId);
    url.searchParams.set("override_default_response_type", "true");
  }
  return { url: url.href };
}

/**
 * Takes the code that the dialog brought back and lists the pages that it grants.
 * Throws Problem: login-expired when the state is not a fresh one of this person, meta-refused, meta-unreachable.
 */
export async function finishLogin(
  on: PageDeps,
  { workspaceId, userId }: LoginBy,
  { code, state }: { code: string; state: string },
): Promise<LoginPages> {
  const [login] = await on.sql<{ id: string }[]>`
    update messaging.facebook_logins
    set used_at = now(), expires_at = now() + make_interval(mins => ${validMinutes})
    where state_hash = ${sha256Hex(state)} and workspace_id = ${workspaceId} and user_id = ${userId}
      and used_at is null and expires_at > now() returning id`;
  if (!login) throw expired();
  const granted = await readGrant(on, code);
  await on.sql`update messaging.facebook_logins
    set token_sealed = ${seal(on.keyring, granted.userToken, context(workspaceId))}, asid = ${granted.userId},
        scopes = ${granted.scopes}::text[]
    where id = ${login.id}`;
  const connected = await connectedIds(on, workspaceId);
  const elsewhere = await placesElsewhere(
    on,
    { workspaceId, userId },
    granted.pages.map(({ facebookId }) => facebookId),
  );
  return {
    loginId: login.id,
    pages: granted.pages.map((page) => {
      const { facebookId: pageId, name, pictureUrl } = page;
      const where = elsewhere.get(pageId);
      const problem =
        problemOf(page) ??
        (where === undefined ? null : `It is connected ${where}: disconnect it there first`);
      return {
        pageId,
        name,
        pictureUrl,
        canMessage: problem === null,
        problem,
        connected: connected.has(pageId),
      };
    }),
    missingScopes: loginScopes.filter((scope) => !granted.scopes.includes(scope)),
  };
}

async function readGrant(on: PageDeps, code: string) {
  try {
    const userToken = await exchangeCode(on.graph, { code, redirectUri: redirectUri(on) });
    return { userToken, ...(await listGrantedPages(on.graph, userToken)) };
  } catch (error) {
    throw metaProblem(error, "finish the login with Facebook");
  }
}

/** Deletes logins that ran out, with the tokens in them. Returns how many. */
export async function pruneFacebookLogins({ sql }: Pick<PageDeps, "sql">): Promise<number> {
  return await deleteInChunks(
    (most) => sql`
      delete from messaging.facebook_logins where state_hash = any(array(
        select state_hash from messaging.facebook_logins where expires_at < now() limit ${most}))`,
  );
}

const expired = () =>
  new Problem(
    "login-expired",
    409,
    "Cannot finish this login: it is too old or was used before. Start it again",
  );

function problemOf({ token, tasks }: GrantedPage): string | null {
  if (token === null) return "You have no role on this page that allows this: ask its owner for full access";
  const missing = tasks === null ? [] : ["MESSAGING", "MODERATE"].filter((task) => !tasks.includes(task));
  if (missing.length === 0) return null;
  return `Your role on this page lacks ${missing.map((task) => task.toLowerCase()).join(" and ")}: ask its owner`;
}

/** A page whose token died wants this login: it is chosen like a new one. */
async function connectedIds(on: PageDeps, workspaceId: string): Promise<Set<string>> {
  const rows = await on.sql<{ facebook_id: string }[]>`select facebook_id from messaging.pages
    where workspace_id = ${workspaceId} and status in ('connected', 'restricted')`;
  return new Set(rows.map((row) => row.facebook_id));
}

/** Connects the chosen pages of a finished login; one that fails does not stop the others. */
export async function connectFromLogin(
  on: PageDeps,
  { workspaceId, userId }: LoginBy,
  { loginId, pageIds }: { loginId: string; pageIds: string[] },
): Promise<ConnectedPages> {
  const [login] = await on.sql<{ token_sealed: string }[]>`select token_sealed from messaging.facebook_logins
    where id = ${loginId} and workspace_id = ${workspaceId} and user_id = ${userId} and token_sealed is not null
      and expires_at > now()`;
  if (!login) throw notFound("login");
  const granted = await listAgain(on, unseal(on.keyring, login.token_sealed, context(workspaceId)));
  const items: ConnectedPages["items"] = [];
  for (const pageId of pageIds) {
    const page = granted.find((one) => one.facebookId === pageId);
    const problem = page ? problemOf(page) : "This login does not grant the page: log in again and choose it";
    if (!page?.token || problem !== null) {
      items.push({ pageId, page: null, problem });
      continue;
    }
    try {
      const { token: accessToken, name, pictureUrl } = page;
      const told = { name, pictureUrl };
      const connected = await connectPage(on, { workspaceId, userId, pageId, accessToken, told });
      items.push({ pageId, page: connected, problem: null });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      items.push({ pageId, page: null, problem: error.message });
    }
  }
  return { items };
}

async function listAgain(on: PageDeps, userToken: string): Promise<GrantedPage[]> {
  try {
    return (await listGrantedPages(on.graph, userToken)).pages;
  } catch (error) {
    throw metaProblem(error, "read the pages of this login");
  }
}
