import { GraphError } from "../graph_error.ts";
import { graphErrorRule } from "../graph_errors.ts";
import { readAppSubscription } from "../graph_subscription.ts";
import type { PageDeps } from "./deps.ts";
import { neededFields } from "./fields.ts";
import { readPages } from "./page_store.ts";
import { viewPage } from "./page_view.ts";
import type { DoctorCheck } from "./schema.ts";
import { versionCheck } from "./versions.ts";

/** Looks at everything that a connection with Meta needs, each with one sentence on what is wrong. */
export async function runDoctor(on: PageDeps, workspaceId: string): Promise<{ checks: DoctorCheck[] }> {
  const callbackUrl = `${on.config.appUrl}/api/v1/webhooks/facebook`;
  const [app, callback] = await Promise.all([checkApp(on, callbackUrl), checkCallback(on, callbackUrl)]);
  return {
    checks: [
      ...app,
      callback,
      ...(await checkPages(on, workspaceId)),
      versionCheck(on.graph.version, on.clock()),
    ],
  };
}

const check = (
  key: string,
  state: DoctorCheck["state"],
  text: string,
  remedy: string | null = null,
): DoctorCheck => ({
  key,
  state,
  text,
  remedy,
});

async function checkApp(on: PageDeps, callbackUrl: string): Promise<DoctorCheck[]> {
  try {
    const subscription = await readAppSubscription(on.graph);
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
  // What asks is the app: the words for 190 are about the token of a page.
  if (code === 190) return check("app", "failed", "Meta does not accept the app id with its secret", remedy);
  const why = code === null ? "its answer makes no sense" : graphErrorRule(code, subcode).title;
  return check("app", "failed", `Meta does not say whether it knows the app: ${why}`, remedy);
}

function checkSubscription(
  found: Awaited<ReturnType<typeof readAppSubscription>>,
  callbackUrl: string,
): DoctorCheck {
  const how = `Under Webhooks in the app's settings choose "Page" and save ${callbackUrl} with the verify token`;
  if (!found) return check("subscription", "failed", "The app is not subscribed to events of pages", how);
  if (!found.isActive)
    return check("subscription", "failed", "The app's webhook subscription is switched off", how);
  if (found.callbackUrl !== callbackUrl) {
    return check("subscription", "failed", `Meta sends events to ${found.callbackUrl ?? "no address"}`, how);
  }
  const missing = neededFields.filter((field) => !found.fields.includes(field));
  if (missing.length > 0) {
    return check(
      "subscription",
      "warning",
      `The app does not get ${missing.join(", ")}`,
      "Subscribe these fields under Webhooks in the app's settings",
    );
  }
  return check("subscription", "ok", "The app gets all events of its pages");
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
  return rows.map((row) => {
    const { health, name, id } = viewPage(row, on.clock());
    const wrong = [health.token, health.scopes, health.subscription].find(({ state }) => state === "failed");
    if (wrong) return check(`page:${id}`, "failed", `${name}: ${wrong.text}`, "Open the page's health card");
    if (health.restriction !== null)
      return check(
        `page:${id}`,
        "warning",
        `${name}: ${health.restriction}`,
        "Look into the page's Support Inbox on Facebook",
      );
    return check(`page:${id}`, "ok", `${name} is connected`);
  });
}
