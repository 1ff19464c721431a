import type { GraphClient } from "./client.ts";
import { GraphError } from "./error.ts";
import { fieldsList, fieldsOf, textList, textOf } from "./fields.ts";

/** A page and a token to act on it. */
export interface PageAccess {
  facebookId: string;
  token: string;
}

export interface PageProfile {
  name: string;
  pictureUrl: string | null;
  followers: number | null;
}

/** Null: without `pages_read_engagement` Meta shows nothing of the page, though messages come and go. */
export async function readPageProfile(
  graph: GraphClient,
  { facebookId, token }: PageAccess,
): Promise<PageProfile | null> {
  try {
    const { body } = await graph.call({
      method: "GET",
      path: `/${facebookId}`,
      token,
      query: { fields: "name,picture,followers_count" },
    });
    return {
      name: textOf(body.name) ?? "Page without a name",
      pictureUrl: textOf(fieldsOf(fieldsOf(body.picture)?.data)?.url),
      followers: typeof body.followers_count === "number" ? body.followers_count : null,
    };
  } catch (error) {
    const isWithheld = error instanceof GraphError && (error.class === "permission" || error.code === 100);
    if (isWithheld) return null;
    throw error;
  }
}

/** Meta's data about a token. */
export interface TokenFacts {
  isValid: boolean;
  appId: string | null;
  type: string | null;
  /** The page of a page token. */
  profileId: string | null;
  userId: string | null;
  /** Null: it does not expire. */
  expiresAt: Date | null;
  scopes: string[];
  /** Pages that a scope was granted for; a scope without targets permits nothing in particular. */
  pageIds: string[];
  error: { code: number; subcode: number | null } | null;
}

export async function debugToken(graph: GraphClient, token: string): Promise<TokenFacts> {
  const { body } = await graph.call({
    method: "GET",
    path: "/debug_token",
    token: graph.appToken,
    query: { input_token: token },
  });
  const data = fieldsOf(body.data) ?? {};
  const expiresAt = typeof data.expires_at === "number" ? data.expires_at : 0;
  const error = fieldsOf(data.error);
  return {
    isValid: data.is_valid === true,
    appId: textOf(data.app_id),
    type: textOf(data.type),
    profileId: textOf(data.profile_id),
    userId: textOf(data.user_id),
    expiresAt: expiresAt > 0 ? new Date(expiresAt * 1000) : null,
    scopes: textList(data.scopes),
    pageIds: [
      ...new Set(
        fieldsList(data.granular_scopes)
          .filter((scope) => scope.scope === "pages_messaging" || scope.scope === "pages_show_list")
          .flatMap((scope) => textList(scope.target_ids)),
      ),
    ],
    error: error
      ? { code: Number(error.code), subcode: error.subcode === undefined ? null : Number(error.subcode) }
      : null,
  };
}

/** All that Meta holds against the page at the moment ("Page Integrity", July 2026). */
export async function readPageStatus(
  graph: GraphClient,
  { facebookId, token }: PageAccess,
): Promise<{ status: string | null; restrictions: unknown }> {
  const { body } = await graph.call({ method: "GET", path: `/${facebookId}/page_status`, token });
  return { status: textOf(body.status), restrictions: body.restrictions };
}
