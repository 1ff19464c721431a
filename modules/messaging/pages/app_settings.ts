import { recordActivity } from "#auth";
import { type Problem, recognize, type Sentence } from "#std";
import {
  GraphError,
  type AppSubscription,
  readAppSubscription,
  writeAppSubscription,
  metaProblem,
} from "../graph/mod.ts";
import type { PageDeps } from "./deps.ts";
import { essentialFields, neededFields, subscribedFields } from "./fields.ts";
import type { AppSettings } from "./schema.ts";
import { versionCheck } from "./versions.ts";
import { problem } from "./problems.ts";
import { say } from "./health_sentences.ts";

/** Where Meta is to send events. */
export function callbackUrlOf({ config }: Pick<PageDeps, "config">): string {
  return `${config.appUrl}/api/v1/webhooks/facebook`;
}

/** Differences between the app's webhook settings at Meta and the needed ones, in words. */
export function differencesOf(found: AppSubscription | null, callbackUrl: string): Sentence[] {
  if (!found) return [say("doctor-subscription-none")];
  const differences: Sentence[] = [];
  if (!found.isActive) differences.push(say("doctor-subscription-off"));
  if (found.callbackUrl !== callbackUrl)
    differences.push(
      found.callbackUrl === null
        ? say("doctor-subscription-nowhere")
        : say("doctor-subscription-elsewhere", { url: found.callbackUrl }),
    );
  const missing = neededFields.filter((field) => !found.fields.includes(field));
  if (missing.length > 0) differences.push(say("doctor-subscription-fields", { fields: missing.join(", ") }));
  return differences;
}

/** Asks Meta for the app's webhook settings, and keeps what differs. Throws GraphError. */
export async function checkAppSettings(on: PageDeps): Promise<AppSubscription | null> {
  const found = await readAppSubscription(on.graph);
  await on.sql`
    insert into messaging.app_settings (is_only, callback_url, is_active, fields, differences, checked_at)
    values (true, ${found?.callbackUrl ?? null}, ${found?.isActive ?? false}, ${found?.fields ?? []}::text[],
      ${differencesOf(found, callbackUrlOf(on)).map(({ text }) => text)}::text[], clock_timestamp())
    on conflict (is_only) do update set callback_url = excluded.callback_url, is_active = excluded.is_active,
      fields = excluded.fields, differences = excluded.differences, checked_at = excluded.checked_at`;
  return found;
}

/** The app's settings as the last check found them, and whether the Graph version ends soon. */
export async function readAppSettings(on: PageDeps): Promise<AppSettings> {
  const [row] = await on.sql<{ callbackUrl: string | null; differences: string[]; checkedAt: Date }[]>`
    select callback_url as "callbackUrl", differences, checked_at as "checkedAt" from messaging.app_settings`;
  return {
    checkedAt: row ? new Date(row.checkedAt).toISOString() : null,
    callbackUrl: row?.callbackUrl ?? null,
    differences: row?.differences ?? [],
    differencesWords: (row?.differences ?? []).map(recognize),
    version: versionCheck(on.graph.version, on.clock()),
  };
}

/**
 * Sets the app's webhook address and fields at Meta. Fields that another tool set stay. An app has one address for
 * pages: another installation's is replaced only when `replaces` names it.
 * Throws Problem: callback-elsewhere, callback-unreachable, meta-refused, meta-unreachable.
 */
export async function fixAppSettings(
  on: PageDeps,
  { replaces = null }: { replaces?: string | null | undefined },
): Promise<AppSettings> {
  const callbackUrl = callbackUrlOf(on);
  try {
    const found = await readAppSubscription(on.graph);
    const present = found?.callbackUrl ?? null;
    if (present !== null && present !== callbackUrl && present !== replaces) throw callbackElsewhere(present);
    await writeAppSubscription(on.graph, {
      callbackUrl,
      verifyToken: on.config.verifyToken,
      wanted: {
        fields: [...new Set([...subscribedFields, ...(found?.fields ?? [])])],
        essential: essentialFields,
      },
    });
    // The change is Meta's: nothing here could roll it back.
    await recordActivity(on.sql, {
      action: "page.app-settings-changed",
      before: { callbackUrl: present },
      after: { callbackUrl },
    });
    await checkAppSettings(on);
  } catch (error) {
    throw error instanceof GraphError && error.code === 2200
      ? callbackUnreachable(callbackUrl, error)
      : metaProblem(error, "set-app-settings");
  }
  return await readAppSettings(on);
}

function callbackElsewhere(url: string): Problem {
  return problem("callback-elsewhere", { url });
}

function callbackUnreachable(url: string, cause: GraphError): Problem {
  return problem("callback-unreachable", { url }, { cause });
}
