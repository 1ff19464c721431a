import { Type } from "@sinclair/typebox";
import { JobDelayed, type JobHandler } from "#db";
import { log, parse, storable, Uuid, readZone } from "#std";
import { takeLookup } from "../delivery/mod.ts";
import { workspaceChannel } from "../deps.ts";
import {
  GraphError,
  type UserProfile,
  readParticipantName,
  readUserProfile,
  openPageToken,
} from "../graph/mod.ts";
import {
  type MediaDeps,
  mostPictureBytes,
  openFile,
  removeFile,
  storeFile,
  safeFetch,
  UnsafeFetch,
  sniffType,
} from "../media/mod.ts";

export const profileJob = "contact.profile";

const Payload = Type.Object({ workspaceId: Uuid, contactId: Uuid });

interface Person {
  workspaceId: string;
  contactId: string;
  psid: string;
  age_seconds: number;
  picture_key: string | null;
  page_id: string;
  facebook_id: string;
  status: string;
  token_sealed: string | null;
  scopes: string[];
}

/**
 * Reads a person's profile at Meta and copies the picture. Missing values stay empty: a name is never invented.
 * A person who clicked an ad without writing has no profile yet; the job comes back for an hour.
 */
export function profileHandler(on: MediaDeps): JobHandler {
  return {
    async run(payload) {
      const parsed = parse(Payload, payload);
      if (!parsed.ok) throw new Error("Cannot read a profile: the job does not name a contact");
      const contact = await readProfile(on, parsed.value);
      if (!contact || contact.token_sealed === null) return;
      if (contact.status === "token_dead") throw new JobDelayed(3_600, "The page's token is dead");
      const token = openPageToken(on.keyring, contact.facebook_id, contact.token_sealed);
      const profile = await askMeta(on, contact, token);
      await storeNames(on, contact, profile);
      await announce(on, contact);
      if (profile?.pictureUrl && (await copyPicture(on, contact, profile.pictureUrl)))
        await announce(on, contact);
    },
  };
}

async function readProfile(
  on: MediaDeps,
  { workspaceId, contactId }: { workspaceId: string; contactId: string },
): Promise<Person | undefined> {
  const [contact] = await on.sql<Person[]>`
    select c.workspace_id as "workspaceId", c.id as "contactId", c.psid, c.picture_key, p.id as page_id, p.facebook_id,
           p.status, p.token_sealed, p.scopes, extract(epoch from clock_timestamp() - c.created_at)::float8 as age_seconds
    from messaging.contacts c join messaging.pages p on p.workspace_id = c.workspace_id and p.id = c.page_id
    where c.workspace_id = ${workspaceId} and c.id = ${contactId}`;
  return contact;
}

// No profile for this kind of account, and no permission to read profiles: asking again soon changes nothing.
const withheldSubcodes = new Set([2018218, 2018247]);

/** Null: Meta withholds everything. */
async function askMeta(on: MediaDeps, contact: Person, token: string): Promise<UserProfile | null> {
  try {
    const profile = await readUserProfile(on.graph, { token, psid: contact.psid, scopes: contact.scopes });
    if (profile.name !== null) return profile;
    return { ...profile, name: await askConversation(on, contact, token) };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    if (error.class === "token_dead") throw new JobDelayed(3_600, "The page's token is dead");
    if (error.class === "throttled")
      throw new JobDelayed(error.retryAfterSeconds ?? 60, "Meta's rate limit is reached");
    if (error.phase !== "answered" || error.class === "transient" || error.class === "maybe_sent")
      throw error;
    const isWithheld = error.subcode !== null && withheldSubcodes.has(error.subcode);
    if (!isWithheld && contact.age_seconds < 3_600)
      throw new JobDelayed(300, "Meta does not show the profile yet");
    const name = await askConversation(on, contact, token);
    const nothing = { firstName: null, lastName: null, pictureUrl: null, locale: null, timezone: null };
    return name === null ? null : { ...nothing, name };
  }
}

/** The conversation names its people also where their profiles are withheld. */
async function askConversation(on: MediaDeps, contact: Person, token: string): Promise<string | null> {
  if (!(await takeLookup(on.sql, contact.page_id)))
    throw new JobDelayed(2, "Others ask about conversations now");
  try {
    return await readParticipantName(on.graph, {
      pageFacebookId: contact.facebook_id,
      token,
      psid: contact.psid,
    });
  } catch (error) {
    if (error instanceof GraphError && error.phase === "answered" && error.class !== "throttled") return null;
    throw error;
  }
}

/** A malformed value counts as absent. */
const localeOf = (profile: UserProfile | null) =>
  profile?.locale && /^[a-z]{2,3}(_[A-Z]{2})?$/.test(profile.locale) ? profile.locale : null;
const zoneOf = (profile: UserProfile | null) =>
  profile?.timezone && readZone(profile.timezone) !== null ? profile.timezone : null;

async function storeNames(on: MediaDeps, contact: Person, profile: UserProfile | null): Promise<void> {
  const clean = (text: string | null | undefined) => (text ? storable(text, 200) : null);
  // Values given by members take precedence over Meta's.
  const named = (column: "name" | "first_name" | "last_name", reported: string | null | undefined) =>
    on.sql`case when profile_state = 'given' then ${on.sql(column)}
      else coalesce(${clean(reported)}::text, ${on.sql(column)}) end`;
  await on.sql`
    update messaging.contacts
    set name = ${named("name", profile?.name)}, first_name = ${named("first_name", profile?.firstName)},
        last_name = ${named("last_name", profile?.lastName)},
        profile_state = case when profile_state = 'given' then 'given'
          when coalesce(${clean(profile?.name)}::text, name) is null then 'withheld' else 'known' end,
        locale = coalesce(locale, ${localeOf(profile)}), timezone = coalesce(timezone, ${zoneOf(profile)}),
        profile_at = clock_timestamp()
    where workspace_id = ${contact.workspaceId} and id = ${contact.contactId}`;
}

async function copyPicture(on: MediaDeps, contact: Person, url: string): Promise<boolean> {
  let bytes: Uint8Array;
  try {
    const answer = await safeFetch(url, {
      allowedHosts: on.config.allowedMediaHosts,
      mostBytes: mostPictureBytes,
    });
    if (answer.status >= 500)
      throw new Error(`Cannot copy a picture: its server answers with status ${answer.status}`);
    if (answer.status !== 200) return false;
    bytes = answer.bytes;
  } catch (error) {
    if (!(error instanceof UnsafeFetch)) throw error;
    log.warn("Refused to copy a picture", { contactId: contact.contactId, error });
    return false;
  }
  const { mimeType, isInline } = sniffType(bytes);
  if (!isInline || !mimeType.startsWith("image/")) return false;
  if (await isStored(on, contact.picture_key, bytes)) return false;
  const key = await storeFile(on.config.dataDir, bytes);
  const [stored] = await on.sql<{ before: string | null }[]>`
    update messaging.contacts set picture_key = ${key}
    where workspace_id = ${contact.workspaceId} and id = ${contact.contactId} returning old.picture_key as before`;
  // Do not keep the image of a contact deleted meanwhile.
  const old = stored ? stored.before : key;
  if (old !== null) await removeFile(on.config.dataDir, old);
  return stored !== undefined;
}

/** The same picture keeps its key, and with it its place in browsers' caches. */
async function isStored(on: MediaDeps, key: string | null, bytes: Uint8Array): Promise<boolean> {
  if (key === null) return false;
  const file = openFile(on.config.dataDir, key);
  return (await file.exists()) && Buffer.from(await file.arrayBuffer()).equals(bytes);
}

async function announce(on: MediaDeps, { workspaceId, contactId }: Person): Promise<void> {
  await on.live.publish(workspaceChannel(workspaceId), [
    { name: "contact", data: { contactId } },
    { name: "conversation", data: { conversationId: contactId } },
  ]);
}
