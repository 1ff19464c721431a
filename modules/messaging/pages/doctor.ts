import { type Recall, type Sentence, wordsOf } from "#std";
import { GraphError, graphErrorRule, reasonOf, type AppSubscription } from "../graph/mod.ts";
import { callbackUrlOf, checkAppSettings, differencesOf } from "./app_settings.ts";
import type { PageDeps } from "./deps.ts";
import { type PageRow, readPages } from "./page_store.ts";
import { viewPage } from "./page_view.ts";
import { reachCheck } from "./reach.ts";
import type { DoctorCheck } from "./schema.ts";
import { versionCheck } from "./versions.ts";
import { say } from "./health_sentences.ts";

/** For members who may not fix the problems of the setup check. */
const viewersAgeMs = 60_000;

/** Results of Meta and our own URL, equal for all workspaces. */
export type DoctorsCalls = Recall<DoctorCheck[]>;

/**
 * Checks everything that a connection with Meta needs, each with one sentence about the problem. Meta is asked for
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

function check(
  key: string,
  state: DoctorCheck["state"],
  sentence: Sentence,
  remedy: Sentence | null = null,
): DoctorCheck {
  return {
    key,
    state,
    page: null,
    text: sentence.text,
    words: wordsOf(sentence),
    remedy: remedy && remedy.text,
    remedyWords: remedy && wordsOf(remedy),
    fix: null,
  };
}

async function checkApp(on: PageDeps, callbackUrl: string): Promise<DoctorCheck[]> {
  try {
    const subscription = await checkAppSettings(on);
    return [check("app", "ok", say("doctor-app")), checkSubscription(subscription, callbackUrl)];
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const unknown = check("subscription", "unknown", say("doctor-subscription-unread"));
    if (error.phase !== "answered")
      return [check("app", "unknown", say("doctor-meta-away"), say("doctor-meta-away-remedy")), unknown];
    return [appRefused(error), unknown];
  }
}

function appRefused({ code, subcode }: GraphError): DoctorCheck {
  const remedy = say("doctor-app-remedy");
  // The caller is the app: the text of 190 is about a page's token.
  if (code === 190) return check("app", "failed", say("doctor-app-refused"), remedy);
  if (code === null) return check("app", "failed", say("doctor-app-unreadable"), remedy);
  const reason = reasonOf(graphErrorRule(code, subcode));
  return check("app", "failed", say("doctor-app-unknown", { reason }), remedy);
}

function checkSubscription(found: AppSubscription | null, callbackUrl: string): DoctorCheck {
  const differences = differencesOf(found, callbackUrl);
  const [first] = differences;
  if (first === undefined) return check("subscription", "ok", say("doctor-subscription"));
  const isHeard = found !== null && found.isActive && found.callbackUrl === callbackUrl;
  const present = found?.callbackUrl ?? null;
  const sentence =
    differences.length === 1
      ? first
      : say("doctor-subscription-differs", { differences: differences.map(({ text }) => text).join(". ") });
  return {
    ...check(
      "subscription",
      isHeard ? "warning" : "failed",
      sentence,
      say("doctor-subscription-remedy", { url: callbackUrl }),
    ),
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
    if (answer.ok && text.trim() === challenge)
      return check("callback", "ok", say("doctor-callback", { url: callbackUrl }));
    const values = { url: callbackUrl, status: answer.status };
    return check(
      "callback",
      "failed",
      say("doctor-callback-wrong", values),
      say("doctor-callback-wrong-remedy"),
    );
  } catch {
    const sentence = say("doctor-callback-away", { url: callbackUrl });
    return check("callback", "failed", sentence, say("doctor-callback-away-remedy"));
  }
}

async function checkPages(on: PageDeps, workspaceId: string): Promise<DoctorCheck[]> {
  const rows = (await readPages(on, { workspaceId })).filter((row) => row.status !== "disconnected");
  if (rows.length === 0)
    return [check("pages", "warning", say("doctor-no-page"), say("doctor-no-page-remedy"))];
  return [
    ...rows.map((row) => {
      const { health, name, id } = viewPage(row, on.clock());
      const wrong = [health.token, health.scopes, health.subscription].find(
        ({ state }) => state === "failed",
      );
      const key = `page:${id}`;
      if (wrong)
        return onPage(
          check(key, "failed", say("doctor-page", { page: name }), say("doctor-page-remedy")),
          name,
          wrong,
        );
      if (health.restriction !== null) {
        const remedy = say("doctor-page-restricted-remedy");
        const told = { text: health.restriction, words: health.restrictionWords };
        return onPage(check(key, "warning", say("doctor-page", { page: name }), remedy), name, told);
      }
      if (health.problem !== null) {
        const told = { text: health.problem, words: health.problemWords };
        return onPage(check(key, "warning", say("doctor-page", { page: name })), name, told);
      }
      return check(key, "ok", say("doctor-page", { page: name }));
    }),
    ...checkReach(rows, on.clock()),
  ];
}

/** Whether strangers are heard: each page that shows that they are not, else one line on how to find out. */
function checkReach(rows: PageRow[], now: number): DoctorCheck[] {
  const found = rows.map((row) => ({ row, ...reachCheck(row, now) }));
  const shown = found.filter(({ state }) => state !== "unknown");
  const view = (key: string, reach: (typeof found)[number]): DoctorCheck => ({
    key,
    state: reach.state,
    page: null,
    text: reach.text,
    words: reach.words,
    remedy: null,
    remedyWords: null,
    fix: null,
  });
  if (shown.length > 0)
    return shown.map((reach) => onPage(view(`reach:${reach.row.id}`, reach), reach.row.name, reach));
  return found.slice(0, 1).map((reach) => view("reach", reach));
}

/** A check of one page: the text names it, and the words are about it. */
function onPage(
  one: DoctorCheck,
  page: string,
  { text, words }: Pick<DoctorCheck, "text" | "words">,
): DoctorCheck {
  return { ...one, page, text: `${page}: ${text}`, words };
}
