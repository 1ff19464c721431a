import type { GraphClient } from "./client.ts";
import { GraphError } from "./error.ts";
import { fieldsList, textList, textOf } from "./fields.ts";
import type { PageAccess } from "./pages.ts";

/** A webhook field that Meta does not send. No permissions: Meta does not know the field. */
export interface RefusedField {
  field: string;
  /** One of these provides it. */
  permissions: string[];
}

export interface Subscription {
  fields: string[];
  refused: RefusedField[];
}

export interface WantedFields {
  fields: readonly string[];
  /** Without one of these the subscription fails. */
  essential: readonly string[];
}

/** Meta refuses a field that the subscription cannot do without. */
export class EssentialFieldRefused extends Error {
  readonly refused: RefusedField;

  constructor(refused: RefusedField, cause: unknown) {
    super(`Cannot subscribe to "${refused.field}": Meta refuses the field`, { cause });
    this.name = "EssentialFieldRefused";
    this.refused = refused;
  }
}

/** The fields that our app gets events of; empty when it is not subscribed to the page. */
export async function readSubscription(
  graph: GraphClient,
  { facebookId, token }: PageAccess,
): Promise<string[]> {
  const { body } = await graph.call({ method: "GET", path: `/${facebookId}/subscribed_apps`, token });
  const ours = fieldsList(body.data).find((app) => textOf(app.id) === graph.appId);
  return textList(ours?.subscribed_fields);
}

/**
 * Subscribes our app to the page's events. Meta takes all fields or none: the fields that an answer refuses are left
 * out, and the rest is asked for again. Throws EssentialFieldRefused, GraphError.
 */
export async function subscribePage(
  graph: GraphClient,
  { facebookId, token }: PageAccess,
  wanted: WantedFields,
): Promise<Subscription> {
  return await withoutRefused(wanted, (fields) =>
    graph.call({
      method: "POST",
      path: `/${facebookId}/subscribed_apps`,
      token,
      query: { subscribed_fields: fields.join(",") },
    }),
  );
}

export async function unsubscribePage(graph: GraphClient, { facebookId, token }: PageAccess): Promise<void> {
  await graph.call({ method: "DELETE", path: `/${facebookId}/subscribed_apps`, token });
}

/** Each answer takes at least one field away, so there are at most as many calls as fields. */
async function withoutRefused(
  { fields: all, essential }: WantedFields,
  ask: (fields: readonly string[]) => Promise<unknown>,
): Promise<Subscription> {
  const refused: RefusedField[] = [];
  let fields = [...all];
  for (;;) {
    try {
      await ask(fields);
      return { fields, refused };
    } catch (error) {
      const found = refusedFields(error, fields);
      if (found.length === 0) throw error;
      const blocking = found.find(({ field }) => essential.includes(field));
      if (blocking) throw new EssentialFieldRefused(blocking, error);
      refused.push(...found);
      fields = fields.filter((field) => !found.some((one) => one.field === field));
    }
  }
}

/**
 * The fields that an answer refuses: code 100 for a name that this version does not know, code 200 for
 * "To subscribe to the X field, one of these permissions is needed: P, Q", which may name several fields. Both come
 * without a subcode, so their text has to be read.
 */
export function refusedFields(error: unknown, asked: readonly string[]): RefusedField[] {
  if (!(error instanceof GraphError)) return [];
  if (error.code === 100) return unknownFields(error.message, asked);
  if (error.code !== 200) return [];
  const clauses = error.message.split(/to subscribe to/i).slice(1);
  return clauses.flatMap((clause) => {
    const [before = "", after = ""] = clause.split(/needed/i, 2);
    const named = wordsOf(before).filter((word) => asked.includes(word));
    return [...new Set(named)].map((field) => ({ field, permissions: permissionsIn(after) }));
  });
}

/** The permissions that an error names. */
export function permissionsIn(message: string): string[] {
  const names = wordsOf(message).filter((word) => /^(?:pages|leads|business|page|catalog)_/.test(word));
  return [...new Set(names)];
}

const wordsOf = (text: string): string[] => text.match(/[a-z_]+/g) ?? [];

/** `Param subscribed_fields[3] must be one of {…}`, or the name between quotes. */
function unknownFields(message: string, asked: readonly string[]): RefusedField[] {
  const known = /must be one of \{([a-z_, ]+)\}/.exec(message)?.[1]?.split(/[, ]+/);
  const position = /fields\[(\d+)\]/.exec(message)?.[1];
  const quoted = new Set([...message.matchAll(/["']([a-z_]+)["']/g)].map((match) => match[1]));
  const unknown = asked.filter(
    (field, index) =>
      quoted.has(field) || index === Number(position) || (known !== undefined && !known.includes(field)),
  );
  return unknown.map((field) => ({ field, permissions: [] }));
}

/** The app's own subscription to events of pages. */
export interface AppSubscription {
  callbackUrl: string | null;
  isActive: boolean;
  fields: string[];
}

/** Null: the app is not subscribed to events of pages. */
export async function readAppSubscription(graph: GraphClient): Promise<AppSubscription | null> {
  const { body } = await graph.call({
    method: "GET",
    path: `/${graph.appId}/subscriptions`,
    token: graph.appToken,
  });
  const found = fieldsList(body.data).find((item) => item.object === "page");
  if (!found) return null;
  return {
    callbackUrl: textOf(found.callback_url),
    isActive: found.active !== false,
    fields: fieldsList(found.fields).flatMap((field) => textOf(field.name) ?? []),
  };
}

/**
 * Saves the app's webhook settings for pages. Meta calls the callback before it answers, and is said to replace the
 * whole list of fields. Throws EssentialFieldRefused, GraphError.
 * https://developers.facebook.com/docs/graph-api/reference/app/subscriptions
 */
export async function writeAppSubscription(
  graph: GraphClient,
  given: { callbackUrl: string; verifyToken: string; wanted: WantedFields },
): Promise<Subscription> {
  return await withoutRefused(given.wanted, (fields) =>
    graph.call({
      method: "POST",
      path: `/${graph.appId}/subscriptions`,
      token: graph.appToken,
      body: {
        object: "page",
        callback_url: given.callbackUrl,
        verify_token: given.verifyToken,
        include_values: true,
        fields: fields.join(","),
      },
    }),
  );
}
