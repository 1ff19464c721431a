import { deleteInChunks } from "#db";
import { notFound, Problem, randomToken, seal, sha256Hex, unseal, type Sentence, wordsOf } from "#std";
import { exchangeCode, type GrantedPage, listGrantedPages, metaProblem, lackedTasks } from "../graph/mod.ts";
import { connectPage, placesElsewhere } from "./connect.ts";
import type { PageDeps } from "./deps.ts";
import { explainPermissions } from "./permission_help.ts";
import { loginScopes, type PageFeature, permissions, requiredScopes, scopesOf } from "./permissions.ts";
import type { ConnectedPages, LoginPages } from "./schema.ts";
import { problem, say } from "./problems.ts";

const validMinutes = 10;
const context = (workspaceId: string) => `facebook-login:${workspaceId}`;

export interface LoginBy {
  workspaceId: string;
  userId: string;
}

const redirectUri = (on: PageDeps) => `${on.config.appUrl}/connect/facebook`;

export interface LoginWishes {
  /** Permissions that the app does not have, so that Meta would refuse the whole login. */
  without?: readonly string[];
  /** Features whose permissions are asked for as well. */
  features?: readonly PageFeature[];
}

/**
 * The address of Meta's dialog, with a state that counts once, for ten minutes, for this person in this workspace.
 * Throws Problem: login-needs-permission when a permission is left out that an inbox needs.
 */
export async function startLogin(
  on: PageDeps,
  { workspaceId, userId }: LoginBy,
  wishes: LoginWishes = {},
): Promise<{ url: string }> {
  const asked = await scopesToAsk(on, workspaceId, wishes);
  const state = `${workspaceId}.${randomToken()}`;
  await on.sql`insert into messaging.facebook_logins (state_hash, workspace_id, user_id, asked, expires_at)
    values (${sha256Hex(state)}, ${workspaceId}, ${userId}, ${asked}::text[],
      now() + make_interval(mins => ${validMinutes}))`;
  const url = new URL(`${on.config.dialogUrl}/${on.graph.version}/dialog/oauth`);
  url.searchParams.set("client_id", on.graph.appId);
  url.searchParams.set("redirect_uri", redirectUri(on));
  url.searchParams.set("state", state);
  url.searchParams.set("response_type", "code");
  if (on.config.loginConfigId === null) {
    url.searchParams.set("scope", asked.join(","));
    // Requests declined permissions again, and always shows the choice of pages.
    url.searchParams.set("auth_type", "rerequest");
  } else {
    url.searchParams.set("config_id", on.config.loginConfigId);
    url.searchParams.set("override_default_response_type", "true");
  }
  return { url: url.href };
}

/** A later grant replaces the earlier one, so permissions that a page of the workspace uses are requested again. */
async function scopesToAsk(
  on: PageDeps,
  workspaceId: string,
  { without = [], features = [] }: LoginWishes,
): Promise<string[]> {
  const needed = requiredScopes.filter((scope) => without.includes(scope));
  if (needed.length > 0) {
    throw problem("login-needs-permission", { permissions: needed.join(", ") });
  }
  const [used] = await on.sql<{ scopes: string[] }[]>`
    select coalesce(array_agg(distinct scope), '{}') as scopes
    from messaging.pages p cross join lateral unnest(p.scopes) scope
    where p.workspace_id = ${workspaceId} and p.status <> 'disconnected'`;
  const optional = permissions.flatMap(({ name, feature }) =>
    feature !== null && used?.scopes.includes(name) ? [name] : [],
  );
  const all = new Set([...loginScopes, ...scopesOf(features), ...optional]);
  return [...all].filter((scope) => !without.includes(scope));
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
  const [login] = await on.sql<{ id: string; asked: string[] }[]>`
    update messaging.facebook_logins
    set used_at = now(), expires_at = now() + make_interval(mins => ${validMinutes})
    where state_hash = ${sha256Hex(state)} and workspace_id = ${workspaceId} and user_id = ${userId}
      and used_at is null and expires_at > now() returning id, asked`;
  if (!login) throw expired();
  const granted = await readGrant(on, code);
  await on.sql`update messaging.facebook_logins
    set token_sealed = ${seal(on.keyring, granted.userToken, context(workspaceId))}, asid = ${granted.userId},
        scopes = ${granted.scopes}::text[]
    where id = ${login.id}`;
  const connected = await connectedIds(on, workspaceId);
  const missingScopes = login.asked.filter((scope) => !granted.scopes.includes(scope));
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
      const problem = problemOf(page) ?? (where === undefined ? null : connectedElsewhere(where));
      const caution = problem === null ? cautionOf(page) : null;
      return {
        pageId,
        name,
        pictureUrl,
        canMessage: problem === null,
        problem: problem && problem.text,
        problemWords: problem && wordsOf(problem),
        caution: caution && caution.text,
        cautionWords: caution && wordsOf(caution),
        connected: connected.has(pageId),
      };
    }),
    missingScopes,
    missing: explainPermissions(on, missingScopes),
  };
}

async function readGrant(on: PageDeps, code: string) {
  try {
    const userToken = await exchangeCode(on.graph, { code, redirectUri: redirectUri(on) });
    return { userToken, ...(await listGrantedPages(on.graph, userToken)) };
  } catch (error) {
    throw metaProblem(error, "finish-login");
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

const expired = () => problem("login-expired");

function connectedElsewhere(workspace: string | null): Sentence {
  return workspace === null ? say("page-is-elsewhere") : say("page-is-in", { workspace });
}

function problemOf({ token }: GrantedPage): Sentence | null {
  return token === null ? say("page-without-role") : null;
}

/** The names of tasks change; the token that Meta gave decides. */
function cautionOf({ tasks }: GrantedPage): Sentence | null {
  const lacked = lackedTasks(tasks);
  if (lacked.length === 0) return null;
  return say("page-role-small", { tasks: lacked.join(", ") });
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
  const { pages: granted, holder } = await listAgain(
    on,
    unseal(on.keyring, login.token_sealed, context(workspaceId)),
  );
  const items: ConnectedPages["items"] = [];
  for (const pageId of pageIds) {
    const page = granted.find((one) => one.facebookId === pageId);
    const problem = page ? problemOf(page) : say("page-not-granted");
    if (!page?.token || problem !== null) {
      items.push({
        pageId,
        page: null,
        problem: problem && problem.text,
        problemWords: problem && wordsOf(problem),
      });
      continue;
    }
    try {
      const { token: accessToken, name, pictureUrl, tasks } = page;
      const fromLogin = { name, pictureUrl, tasks, holder };
      const connected = await connectPage(on, { workspaceId, userId, pageId, accessToken, fromLogin });
      items.push({ pageId, page: connected, problem: null, problemWords: null });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      items.push({ pageId, page: null, problem: error.message, problemWords: wordsOf(error) });
    }
  }
  return { items };
}

async function listAgain(on: PageDeps, userToken: string) {
  try {
    return await listGrantedPages(on.graph, userToken);
  } catch (error) {
    throw metaProblem(error, "read-login-pages");
  }
}
