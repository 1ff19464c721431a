import type postgres from "postgres";
import { plainArray, seconds, textArray } from "#db";
import { metaAiApp } from "./app_name.ts";
import type { InboundMessage, InboundNotice } from "./inbound_event.ts";

/** What Meta said of who holds a thread; `appId` null: another app, which it did not name. */
interface OwnerWord {
  pageFacebookId: string;
  psid: string;
  at: number;
  control: "ours" | "other" | "idle";
  appId: string | null;
}

// The newest word counts, in whatever order they arrive. That another app holds it leaves its name, which an older
// word may bring, and our request to that app: only another owner ends a request.
const updateOwners = `
with reported as (
  select c.workspace_id, c.id, c.page_id, i.control, i.app, to_timestamp(i.at) as at
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::float8[]) as i(page, psid, control, app, at)
  join messaging.pages as page on page.facebook_id = i.page and page.status <> 'disconnected'
  join messaging.contacts as c on c.page_id = page.id and c.psid = i.psid
)
update messaging.conversations as c
set control = case when reported.control = 'other' and c.control in ('other', 'requested')
      and (reported.app is null or c.controlled_by_app is null or c.controlled_by_app = reported.app) then c.control
    else reported.control end,
  controlled_by_app = case when reported.control = 'other' then coalesce(reported.app, c.controlled_by_app) end,
  controlled_at = greatest(c.controlled_at, reported.at)
from reported
where c.workspace_id = reported.workspace_id and c.id = reported.id and c.page_id = reported.page_id
  and (c.controlled_at is null or c.controlled_at <= reported.at
    or (c.control in ('other', 'requested') and c.controlled_by_app is null and reported.app is not null))`;

/**
 * Which app holds each thread: as a handover says or, since standby is for those who do not, some other. Of Meta's AI
 * there are only its answers.
 */
export async function recordOwners(
  on: postgres.TransactionSql,
  {
    notices,
    messages,
    standby,
    ownAppId,
  }: {
    notices: readonly InboundNotice[];
    messages: readonly InboundMessage[];
    standby: readonly InboundMessage[];
    ownAppId: string | null;
  },
): Promise<void> {
  const words = [
    ...notices.flatMap(({ pageFacebookId, psid, at, owner }): OwnerWord[] =>
      owner === null || psid === null
        ? []
        : [{ pageFacebookId, psid, at, ...controlOf(owner.appId, ownAppId) }],
    ),
    ...messages
      .filter((row) => row.appId === metaAiApp)
      .map(({ pageFacebookId, psid, at }): OwnerWord => ({
        pageFacebookId,
        psid,
        at,
        control: "other",
        appId: metaAiApp,
      })),
    ...standby.map(({ pageFacebookId, psid, at }): OwnerWord => ({
      pageFacebookId,
      psid,
      at,
      control: "other",
      appId: null,
    })),
  ];
  if (words.length === 0) return;
  const conversations = Map.groupBy(words, ({ pageFacebookId, psid }) => `${pageFacebookId} ${psid}`);
  const reported = [...conversations.values()].map(newestOf);
  await on.unsafe(
    updateOwners,
    [
      textArray(reported.map((row) => row.pageFacebookId)),
      textArray(reported.map((row) => row.psid)),
      textArray(reported.map((row) => row.control)),
      textArray(reported.map((row) => row.appId)),
      plainArray(reported.map((row) => seconds(row.at))),
    ],
    { prepare: true },
  );
}

function controlOf(appId: string | null, ownAppId: string | null): Pick<OwnerWord, "control" | "appId"> {
  if (appId === null) return { control: "idle", appId };
  return appId === ownAppId ? { control: "ours", appId: null } : { control: "other", appId };
}

const textOf = ({ control, appId }: OwnerWord) => `${control} ${appId ?? ""}`;

/** The last word of a batch about one thread, with the name that a word before it told. */
function newestOf(words: readonly OwnerWord[]): OwnerWord {
  return words
    .toSorted((a, b) => a.at - b.at || (textOf(a) < textOf(b) ? -1 : 1))
    .reduce((before, word) =>
      word.control === "other" && word.appId === null ? { ...word, appId: before.appId } : word,
    );
}
