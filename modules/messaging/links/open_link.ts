import type { Sql, TransactionSql } from "postgres";
import { recordClick } from "../delivery/mod.ts";
import { isFields } from "../graph/mod.ts";
import { exitByClick } from "../sequences/mod.ts";
import { fillSpot, valueIn, valuesOf } from "../templates/mod.ts";

// Programs that open links of messages: Meta's own preview first of all, and programs that identify themselves.
const lookers =
  /facebookexternalhit|facebookcatalog|facebot|meta-external|(?<!cu)bot\b|crawler|spider|slurp|whatsapp|telegram|discord|headless|curl|wget|python|go-http|okhttp|axios/i;

/** Whether a person opened the link, as far as a request tells. */
export function isHuman(request: Request): boolean {
  const agent = request.headers.get("user-agent") ?? "";
  const purpose = request.headers.get("sec-purpose") ?? request.headers.get("purpose") ?? "";
  return (
    request.method === "GET" && agent !== "" && !lookers.test(agent) && !/prefetch|preview/i.test(purpose)
  );
}

/** The delivery and link of a code, `<delivery id as base64url>.<number>`; null when it is none of ours. */
export function readLinkCode(code: string): { deliveryId: string; link: number } | null {
  const [, id = "", number = ""] = /^([A-Za-z0-9_-]{22})\.(\d{1,2})$/.exec(code) ?? [];
  const hex = Buffer.from(id, "base64url").toString("hex");
  if (hex.length !== 32) return null;
  return {
    deliveryId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
    link: Number(number),
  };
}

interface Linked {
  target: string;
  fills: unknown;
  campaign_id: string | null;
  kind: string | null;
}

/**
 * Where a tracked link leads: only ever to what its content says. A person's click is counted, and the first of each
 * delivery counts for its campaign. Null: there is no such link.
 */
export async function openLink(
  { sql }: { sql: Sql },
  { code, isCounted }: { code: string; isCounted: boolean },
): Promise<string | null> {
  const named = readLinkCode(code);
  if (!named) return null;
  return await sql.begin(async (tx) => {
    const [row] = await tx<Linked[]>`
      select content.links[${named.link}::int4 + 1] as target, d.fills, d.campaign_id, k.kind
      from messaging.deliveries d left join messaging.campaigns k on k.workspace_id = d.workspace_id and k.id = d.campaign_id
      join messaging.contents content on content.workspace_id = d.workspace_id and content.id = d.content_id
      where d.id = ${named.deliveryId} and ${named.link}::int4 < cardinality(content.links)`;
    if (!row) return null;
    if (isCounted) await countClick(tx, { ...named, campaignId: row.campaign_id });
    if (isCounted && row.kind === "sequence") await exitByClick(tx, named.deliveryId);
    const values = valuesOf(isFields(row.fills) ? row.fills : {});
    const target = fillSpot(row.target, { form: "url" }, (name) => valueIn(values, name));
    // A header holds no other letters than those of addresses.
    return new URL(target).href;
  });
}

async function countClick(
  tx: TransactionSql,
  { deliveryId, link, campaignId }: { deliveryId: string; link: number; campaignId: string | null },
): Promise<void> {
  // Clicks of one delivery come one after the other, so that only one of them is the first. Never by a lock on the
  // ledger's row: sending and echoes lock it too, and a click must not wait for them in a circle.
  await tx`select pg_advisory_xact_lock(hashtextextended('click ' || ${deliveryId}::text, 0))`;
  await tx`
    with known as (
      select count(*) as clicks from messaging.clicks where delivery_id = ${deliveryId}),
    click as (
      insert into messaging.clicks as c (delivery_id, link) values (${deliveryId}, ${link})
      on conflict (delivery_id, link) do update set times = least(c.times, 1000000) + 1),
    clicked as (select ${campaignId}::uuid as campaign_id from known where known.clicks = 0)
    ${tx.unsafe(recordClick)}`;
}
