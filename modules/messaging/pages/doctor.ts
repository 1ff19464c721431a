import type { Recall } from "#std";
import { GraphError, graphErrorRule, type AppSubscription } from "../graph/mod.ts";
import { callbackUrlOf, checkAppSettings, differencesOf } from "./app_settings.ts";
import type { PageDeps } from "./deps.ts";
import { type PageRow, readPages } from "./page_store.ts";
import { viewPage } from "./page_view.ts";
import { reachCheck } from "./reach.ts";
import type { DoctorCheck } from "./schema.ts";
import { versionCheck } from "./versions.ts";

/** For those who may not mend what the doctor finds. */
const viewersAgeMs = 60_000;

/** Results of Meta and our own URL, equal for all workspaces. */
export type DoctorsCalls = Recall<DoctorCheck[]>;

/**
 * Looks at everything that a connection with Meta needs, each with one sentence on what is wrong. Meta is asked for
 * those who manage pages; others share an answer that is up to a minute old.
 */
export async function runDoctor(
  on: PageDeps & { calls: DoctorsCalls },
  workspaceId: string,
  { mayMend }: { mayMend: boolean },
): Promise<{ checks: DoctorCheck[] }> {
  const callbackUrl = callbackUrlOf(on);
  const asked = await on.calls.get("app", mayMend ? 0 : viewersAgeMs, async () => {
    const [app, callback] = await Promise.all([checkApp(on, callbackUrl), checkCallback(on, callbackUrl)]);
    return [...app, callback];
  });
  return {
    checks: [...asked, ...(await checkPages(on, workspaceId)), versionCheck(on.graph.version, on.clock())],
  };
}

const check = (
  key: string,
  state: DoctorCheck["state"],
  text: string,
  remedy: string | null = null,
): DoctorCheck => ({ key, state, text, remedy, fix: null });

async function checkApp(on: PageDeps, callbackUrl: string): Promise<DoctorCheck[]> {
  try {
    const subscription = await checkAppSettings(on);
    const app = check("app", "ok", "Meta knows the app and its secret");
    return [app, checkSubscription(subscription, callbackUrl)];
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const unknown = check("subscription", "unknown", "The app's webhook subscription could not be read");
    if (error.phase !== "answered") {
      return [
        check("app", "unknown", "Meta does not answer", "Check that this server reaches the internet"),
        unknown,
      ];
    }
    return [appRefused(error), unknown];
  }
}

function appRefused({ code, subcode }: GraphError): DoctorCheck {
  const remedy = "Check FACEBOOK_APP_ID and FACEBOOK_APP_SECRET";
  // The caller is the app: the text of 190 is about a page's token.
  if (code === 190) return check("app", "failed", "Meta does not accept the app id with its secret", remedy);
  const why = code === null ? "its answer makes no sense" : graphErrorRule(code, subcode).title;
  return check("app", "failed", `Meta does not say whether it knows the app: ${why}`, remedy);
}

function checkSubscription(found: AppSubscription | null, callbackUrl: string): DoctorCheck {
  const differences = differencesOf(found, callbackUrl);
  if (differences.length === 0) return check("subscription", "ok", "The app gets all events of its pages");
  const isHeard = found !== null && found.isActive && found.callbackUrl === callbackUrl;
  const present = found?.callbackUrl ?? null;
  return {
    key: "subscription",
    state: isHeard ? "warning" : "failed",
    text: differences.join(". "),
    remedy: `Choose Fix at Meta. By hand: under Webhooks in the app's settings choose "Page", save ${callbackUrl} with the verify token, and subscribe the fields`,
    fix: { kind: "app-settings", replaces: present === callbackUrl ? null : present },
  };
}

/** Shakes hands with ourselves the way Meta does. Our own configured address, so no address of a stranger is called. */
async function checkCallback(on: PageDeps, callbackUrl: string): Promise<DoctorCheck> {
  const url = new URL(callbackUrl);
  const challenge = crypto.randomUUID();
  url.searchParams.set("hub.mode", "subscribe");
  url.searchParams.set("hub.challenge", challenge);
  url.searchParams.set("hub.verify_token", on.config.verifyToken);
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000), redirect: "error" });
    const text = await answer.text();
    if (answer.ok && text.trim() === challenge) return check("callback", "ok", `${callbackUrl} answers`);
    return check(
      "callback",
      "failed",
      `${callbackUrl} answers with status ${answer.status} and not as it should`,
      "Check that APP_URL leads to this server, through every proxy",
    );
  } catch {
    return check(
      "callback",
      "failed",
      `${callbackUrl} cannot be reached from this server`,
      "Check APP_URL, its certificate, and that it leads to this server",
    );
  }
}

async function checkPages(on: PageDeps, workspaceId: string): Promise<DoctorCheck[]> {
  const rows = (await readPages(on, { workspaceId })).filter((row) => row.status !== "disconnected");
  if (rows.length === 0)
    return [check("pages", "warning", "No page is connected", "Connect one under Pages")];
  return [
    ...rows.map((row) => {
      const { health, name, id } = viewPage(row, on.clock());
      const wrong = [health.token, health.scopes, health.subscription].find(
        ({ state }) => state === "failed",
      );
      if (wrong)
        return check(`page:${id}`, "failed", `${name}: ${wrong.text}`, "Open the page's health card");
      if (health.restriction !== null)
        return check(
          `page:${id}`,
          "warning",
          `${name}: ${health.restriction}`,
          "Look into the page's Support Inbox on Facebook",
        );
      if (health.problem !== null) return check(`page:${id}`, "warning", `${name}: ${health.problem}`);
      return check(`page:${id}`, "ok", `${name} is connected`);
    }),
    ...checkReach(rows, on.clock()),
  ];
}

/** Whether strangers are heard: each page that shows that they are not, else one line on how to find out. */
function checkReach(rows: PageRow[], now: number): DoctorCheck[] {
  const found = rows.map((row) => ({ row, ...reachCheck(row, now) }));
  const shown = found.filter(({ state }) => state !== "unknown");
  if (shown.length > 0)
    return shown.map(({ row, state, text }) => check(`reach:${row.id}`, state, `${row.name}: ${text}`));
  return found.slice(0, 1).map(({ state, text }) => check("reach", state, text));
}
