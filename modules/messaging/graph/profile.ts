import type { GraphClient } from "./client.ts";
import { fieldsList, fieldsOf, textOf } from "./fields.ts";

/** Meta's profile of a person; withheld values stay empty. */
export interface UserProfile {
  name: string | null;
  firstName: string | null;
  lastName: string | null;
  pictureUrl: string | null;
  locale: string | null;
  /** Hours from UTC. */
  timezone: string | null;
}

interface OfContact {
  token: string;
  psid: string;
}

/** The User Profile API. Readable only after the person has written. */
export async function readUserProfile(
  graph: GraphClient,
  { token, psid, scopes }: OfContact & { scopes: readonly string[] },
): Promise<UserProfile> {
  // Each of these needs a permission of its own, which few apps have.
  const more = ["locale", "timezone"].filter((field) => scopes.includes(`pages_user_${field}`));
  const { body } = await graph.call({
    method: "GET",
    path: `/${psid}`,
    token,
    query: { fields: ["first_name,last_name,name,profile_pic", ...more].join(",") },
    timeoutMs: 10_000,
  });
  const firstName = textOf(body.first_name);
  const lastName = textOf(body.last_name);
  const both = [firstName, lastName].filter((part) => part !== null).join(" ");
  return {
    name: textOf(body.name) ?? (both === "" ? null : both),
    firstName,
    lastName,
    pictureUrl: textOf(body.profile_pic),
    locale: textOf(body.locale),
    timezone: typeof body.timezone === "number" ? String(body.timezone) : null,
  };
}

/** The name by which the person takes part in the conversation: known also where the profile is withheld. */
export async function readParticipantName(
  graph: GraphClient,
  { pageFacebookId, token, psid }: OfContact & { pageFacebookId: string },
): Promise<string | null> {
  const { body } = await graph.call({
    method: "GET",
    path: `/${pageFacebookId}/conversations`,
    token,
    query: { platform: "messenger", user_id: psid, fields: "participants" },
    timeoutMs: 10_000,
  });
  const contacts = fieldsList(body.data).flatMap((conversation) =>
    fieldsList(fieldsOf(conversation.participants)?.data),
  );
  return textOf(contacts.find((contact) => textOf(contact.id) === psid)?.name);
}
