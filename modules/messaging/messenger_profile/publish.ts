import { isDeepStrictEqual } from "node:util";
import {
  type GraphClient,
  GraphError,
  graphErrorRule,
  deleteMetaProfile,
  readMetaProfile,
  setMetaProfile,
} from "../graph/mod.ts";
import { metaNames, partForMeta, profileFromMeta } from "./meta_form.ts";
import type { Publication } from "./profile_store.ts";
import type { MessengerProfile } from "./schema.ts";
import { say } from "./problems.ts";

const parts = ["greeting", "getStarted", "iceBreakers", "menu"] as const;

/** A page's live profile. Throws GraphError. */
export async function readShown(graph: GraphClient, token: string): Promise<MessengerProfile> {
  return profileFromMeta(await readMetaProfile(graph, token, Object.values(metaNames)));
}

/**
 * Publishes a profile to Meta, in two calls at most. If Meta's profile is neither the known nor the
 * wanted, nothing is done and `shown` returned. Doing it again after half of it was done is fine. Throws GraphError.
 */
export async function publishTo(
  graph: GraphClient,
  token: string,
  { profile, base }: Publication,
): Promise<{ isDone: true } | { isDone: false; shown: MessengerProfile }> {
  const shown = await readShown(graph, token);
  const open = parts.filter((part) => !isDeepStrictEqual(shown[part], profile[part]));
  if (open.some((part) => !isDeepStrictEqual(shown[part], base[part]))) return { isDone: false, shown };
  const wanted = open.map((part) => ({ name: metaNames[part], value: partForMeta(profile, part) }));
  const set = wanted.filter(({ value }) => value !== null);
  const gone = wanted.filter(({ value }) => value === null);
  // All of each kind in one call: Meta refuses a menu without Get Started, and taking Get Started from under a menu.
  if (set.length > 0)
    await setMetaProfile(graph, token, Object.fromEntries(set.map(({ name, value }) => [name, value])));
  if (gone.length > 0)
    await deleteMetaProfile(
      graph,
      token,
      gone.map(({ name }) => name),
    );
  return { isDone: true };
}

/** Why Meta refuses it, when asking again would end alike; null when it may not. */
export function refusalOf(error: unknown): { reason: string; remedy: string } | null {
  if (!(error instanceof GraphError) || error.phase !== "answered" || error.code === null) return null;
  if (["transient", "maybe_sent", "throttled"].includes(error.class)) return null;
  // Meta's own words say which part it does not take; the table of errors is about messages.
  if (error.class === "invalid")
    return {
      reason: say("profile-refused", { error: error.message }).text,
      remedy: say("profile-refused-remedy").text,
    };
  const { title, remedy } = graphErrorRule(error.code, error.subcode);
  return { reason: title, remedy };
}
