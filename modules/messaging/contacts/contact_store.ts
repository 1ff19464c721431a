import type { Fragment, Sql } from "postgres";
import { relations, type Viewer } from "#auth";
import { isoTime, limitOf } from "#db";
import { type Clock, decodeIdCursor, encodeCursor, notFound, pageOf, recognize } from "#std";
import { windowOf, contactFactsOf, type ContactFactTexts } from "../policy/mod.ts";
import { hasName, namesWay, readSearch, type WordSearch, wordCount } from "../search/mod.ts";
import { seesContact } from "../sight/mod.ts";
import { displayName, pictureUrlOf } from "./faces.ts";
import { readFieldValues } from "./field_values.ts";
import { readSamePerson } from "./merge.ts";
import { type Contact, type ContactsQuery, usualContacts } from "./schema.ts";
import type { ContactProfile } from "./schema_changes.ts";

export interface ContactDeps {
  sql: Sql;
  clock: Clock;
}

/** Times are as Postgres writes them. */
interface ContactRow extends ContactFactTexts {
  id: string;
  psid: string;
  name: string | null;
  firstName: string | null;
  lastName: string | null;
  pictureKey: string | null;
  locale: string | null;
  timezone: string | null;
  source: string;
  subscriptionReason: string | null;
  subscriptionAt: string | null;
  unreachableReason: string | null;
  createdAt: string;
  firstSeenAt: string;
  conversationId: string | null;
  pageId: string;
  pageName: string;
  pagePictureUrl: string | null;
  engagement: Contact["engagement"];
  tagIds: string[];
}

/** A page of contacts, the newest first; searched by the words of their names or by a whole PSID. */
export async function listContacts(
  on: ContactDeps,
  workspaceId: string,
  query: Pick<ContactsQuery, "search" | "pageId" | "limit" | "cursor"> & { viewer?: Viewer | undefined },
): Promise<{ items: Contact[]; nextCursor: string | null }> {
  const limit = query.limit ?? usualContacts;
  const after = decodeIdCursor(query.cursor);
  const words = readSearch(query.search);
  if (words === "nothing") return { items: [], nextCursor: null };
  const { sql } = on;
  const ofPage = query.pageId === undefined ? sql`` : sql`and p.page_id = ${query.pageId}`;
  const older = after === null ? sql`` : sql`and p.id < ${after}`;
  const slice = {
    workspaceId,
    filter: sql`${ofPage} ${older} ${seesContact(sql, query.viewer, "p")}`,
    limit: limit + 1,
  };
  const { rows, until } =
    words === null
      ? { rows: await readRows(sql, workspaceId, idsOf(sql, slice)), until: null }
      : await searchRows(sql, slice, words);
  const page = pageOf(rows, limit, (row) => [row.id]);
  const further = until === null ? null : encodeCursor([until]);
  const now = new Date(on.clock());
  return {
    items: page.items.map((row) => view(workspaceId, row, now)),
    nextCursor: page.nextCursor ?? further,
  };
}

/** The contacts with these ids, in no order; those of another workspace are left out. */
export async function readContacts(
  on: ContactDeps,
  workspaceId: string,
  ids: readonly string[],
): Promise<Contact[]> {
  if (ids.length === 0) return [];
  const [first] = ids;
  // One by itself: how many an array holds is asked of the planner anew each time, which takes longer than the read.
  const keys =
    ids.length === 1
      ? on.sql`select ${first ?? null}::uuid as id`
      : on.sql`select unnest(${[...ids]}::uuid[]) as id`;
  const rows = await readRows(on.sql, workspaceId, keys);
  const now = new Date(on.clock());
  return rows.map((row) => view(workspaceId, row, now));
}

/** One contact with everything known; of the same person only contacts that the viewer sees. 404 when this workspace has none with this id. */
export async function readContact(
  on: ContactDeps,
  workspaceId: string,
  { id, viewer }: { id: string; viewer?: Viewer },
): Promise<ContactProfile> {
  const { sql } = on;
  const [[contact], own, suppressions, others, [block]] = await Promise.all([
    readContacts(on, workspaceId, [id]),
    readFieldValues(sql, workspaceId, [id]),
    sql`select 1 from messaging.suppressions as s join messaging.contacts as c on c.page_id = s.page_id and c.psid = s.psid
      where c.workspace_id = ${workspaceId} and c.id = ${id}`,
    readSamePerson(sql, workspaceId, { id, viewer }),
    sql<FacebookBlockRow[]>`
      select c.facebook_block as state, c.facebook_block_at as at, u.id as "userId", u.name as "userName",
        c.facebook_block_error as error
      from messaging.contacts c left join ${sql.unsafe(relations.users)} u on u.id = c.facebook_block_by
      where c.workspace_id = ${workspaceId} and c.id = ${id} and c.facebook_block is not null`,
  ]);
  if (!contact) throw notFound("contact");
  const samePerson = others.length === 0 ? [] : await readWithFields(on, workspaceId, others);
  const fields = own.get(id) ?? {};
  const facebookBlock = block ? facebookBlockOf(block) : null;
  return { ...contact, fields, samePerson, suppressed: suppressions.length > 0, facebookBlock };
}

interface FacebookBlockRow {
  state: NonNullable<ContactProfile["facebookBlock"]>["state"];
  at: string;
  userId: string | null;
  userName: string | null;
  error: string | null;
}

function facebookBlockOf({ state, at, userId, userName, error }: FacebookBlockRow) {
  const by = userId !== null && userName !== null ? { id: userId, name: userName } : null;
  return { state, at: isoTime(at), by, error, errorWords: recognize(error) };
}

async function readWithFields(on: ContactDeps, workspaceId: string, ids: readonly string[]) {
  const [contacts, values] = await Promise.all([
    readContacts(on, workspaceId, ids),
    readFieldValues(on.sql, workspaceId, ids),
  ]);
  return contacts.map((contact) => ({ ...contact, fields: values.get(contact.id) ?? {} }));
}

interface Slice {
  workspaceId: string;
  /** `and …` of contacts `p` in the list. */
  filter: Fragment;
  limit: number;
}

/** `select id, name …` of the newest contacts `p` that also meet `condition`. Ids are made of the time of creation. */
function idsOf(sql: Sql, { workspaceId, filter, limit }: Slice, condition: Fragment = sql``): Fragment {
  return sql`
    select p.id, p.name from messaging.contacts p where p.workspace_id = ${workspaceId} ${filter} ${condition}
    order by p.id desc limit ${limitOf(sql, limit)}`;
}

/** How many contacts one page of a search looks through. */
const looked = 256;

/**
 * Like conversations: rare names come from the index on words, and frequent ones are looked for among the newest.
 * `until`: the last that was looked at; null when nothing that is older can match.
 */
async function searchRows(
  sql: Sql,
  slice: Slice,
  words: WordSearch,
): Promise<{ rows: ContactRow[]; until: string | null }> {
  const { workspaceId, filter, limit } = slice;
  const { number } = words;
  if (number !== null) {
    const own = sql`select g.id from messaging.pages g where g.workspace_id = ${workspaceId}`;
    const hasPsid = sql`and p.page_id in (${own}) and p.psid = ${number}`;
    return { rows: await readRows(sql, workspaceId, idsOf(sql, slice, hasPsid)), until: null };
  }
  const way = namesWay(words, await wordCount(sql, "names"));
  const isNamed = hasName(sql, "p.name", { words, way });
  if (way.by !== "reading") {
    // Few have these words, and all are found before the newest are chosen: in one step the planner, which takes one in
    // two hundred for found, walks over everybody from the newest on and compares each.
    const ids = sql`
      select p.id from unnest(array(
        select p.id from messaging.contacts p where p.workspace_id = ${workspaceId} and ${isNamed} ${filter})) as p (id)
      order by p.id desc limit ${limitOf(sql, limit)}`;
    return { rows: await readRows(sql, workspaceId, ids), until: null };
  }
  const next = idsOf(sql, { ...slice, limit: looked });
  const [last] = await sql<{ id: string }[]>`
    select id from (${next}) as next offset ${limitOf(sql, looked - 1)}`;
  const until = last?.id ?? null;
  const within = until === null ? filter : sql`${filter} and p.id >= ${until}`;
  const ids = sql`
    select p.id from (${idsOf(sql, { ...slice, filter: within, limit: looked })}) as p
    where ${isNamed} order by p.id desc limit ${limitOf(sql, limit)}`;
  return { rows: await readRows(sql, workspaceId, ids), until };
}

/** The contacts whose ids `ids` selects, newest first. */
async function readRows(sql: Sql, workspaceId: string, ids: Fragment): Promise<ContactRow[]> {
  return await sql<ContactRow[]>`
    select p.id, p.psid, p.name, p.first_name as "firstName", p.last_name as "lastName",
      p.picture_key as "pictureKey", p.locale, p.timezone, p.source, p.subscription_reason as "subscriptionReason",
      p.subscription_at as "subscriptionAt", p.unreachable_reason as "unreachableReason",
      p.created_at as "createdAt", p.subscribed, p.blocked_at as "blockedAt", p.unreachable_at as "unreachableAt",
      p.last_inbound_at as "lastInboundAt",
      coalesce(p.first_inbound_at, least(p.created_at, p.last_inbound_at)) as "firstSeenAt", p.ad_window_until as "adWindowUntil",
      p.window_closed_at as "windowClosedAt", c.id as "conversationId",
      p.engagement, array(select t.tag_id from messaging.contact_tags t where t.contact_id = p.id) as "tagIds",
      g.id as "pageId", g.name as "pageName", g.picture_url as "pagePictureUrl"
    from (${ids}) as key
    join messaging.contacts p on p.workspace_id = ${workspaceId} and p.id = key.id
    join messaging.pages g on g.id = p.page_id
    left join messaging.conversations c on c.workspace_id = ${workspaceId} and c.id = key.id
    order by key.id desc`;
}

function view(workspaceId: string, row: ContactRow, now: Date): Contact {
  const timeOf = (text: string | null) => (text === null ? null : isoTime(text));
  return {
    id: row.id,
    page: { id: row.pageId, name: row.pageName, pictureUrl: row.pagePictureUrl },
    psid: row.psid,
    name: displayName(row),
    firstName: row.firstName,
    lastName: row.lastName,
    pictureUrl: pictureUrlOf(workspaceId, row),
    locale: row.locale,
    timezone: row.timezone,
    source: row.source,
    subscribed: row.subscribed,
    subscriptionReason: row.subscriptionReason,
    subscriptionReasonWords: recognize(row.subscriptionReason),
    subscriptionAt: timeOf(row.subscriptionAt),
    unreachableReason: row.unreachableReason,
    unreachableReasonWords: recognize(row.unreachableReason),
    blocked: row.blockedAt !== null,
    window: windowOf(contactFactsOf(row), now),
    firstSeenAt: timeOf(row.lastInboundAt === null && row.source === "import" ? null : row.firstSeenAt),
    lastInboundAt: timeOf(row.lastInboundAt),
    engagement: row.engagement,
    tagIds: row.tagIds,
    conversationId: row.conversationId,
    createdAt: isoTime(row.createdAt),
  };
}
