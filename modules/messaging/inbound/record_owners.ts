import type postgres from "postgres";
import { plainArray, seconds, textArray } from "#db";
import { setOwners } from "../conversations/mod.ts";
import { metaAiApp } from "./app_name.ts";
import type { InboundMessage, InboundNotice } from "./inbound_event.ts";

/** Meta's event about the owner of a thread; `appId` null: another app, which Meta did not name. */
interface OwnerWord {
  pageFacebookId: string;
  psid: string;
  at: number;
  control: "ours" | "other" | "idle";
  appId: string | null;
}

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
  await setOwners(on, {
    pageFacebookIds: textArray(reported.map((row) => row.pageFacebookId)),
    psids: textArray(reported.map((row) => row.psid)),
    controls: textArray(reported.map((row) => row.control)),
    appIds: textArray(reported.map((row) => row.appId)),
    times: plainArray(reported.map((row) => seconds(row.at))),
  });
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
