import { permissions } from "./fields.ts";
import { newSecret, numericId } from "./ids.ts";
import { newUser } from "./seed.ts";
import type { Sim } from "./sim.ts";
import type { FacebookUser } from "./state.ts";

const codeLifeMs = 10 * 60_000;

interface Asked {
  redirectUri: string;
  state: string | null;
  scopes: string[];
}

/** `/dialog/oauth`: the consent page (GET), and the actions of its buttons (POST). */
export async function oauthDialog(sim: Sim, request: Request, url: URL): Promise<Response> {
  const asked = readAsked(sim, url.searchParams);
  if (typeof asked === "string") return refuse(asked);
  const invalid = invalidScopes(sim, asked);
  if (invalid.length > 0) return refuseScopes(sim, asked, invalid);
  if (request.method !== "POST") return consentPage(sim, asked);
  const form = await request.formData();
  if (form.get("choice") !== "continue") return cancel(asked);
  const user = sim.state.users.get(String(form.get("user")));
  if (user === undefined) return refuse("This account does not exist.");
  return grant(sim, asked, user, {
    pageIds: form.getAll("page").map(String),
    scopes: form.getAll("scope").map(String),
  });
}

/** Permissions that do not exist, or that were not added to the app. */
function invalidScopes({ switches }: Sim, { scopes }: Asked): string[] {
  const lacked = switches.app.lackedPermissions;
  return scopes.filter((scope) => !permissions.includes(scope) || lacked.includes(scope));
}

function refuseScopes(sim: Sim, asked: Asked, invalid: string[]): Response {
  const message = `Invalid Scopes: ${invalid.join(", ")}. This message is only shown to developers. Users of your app will ignore these permissions if present. Please read the documentation for valid permissions at: https://developers.facebook.com/docs/facebook-login/permissions`;
  if (sim.switches.app.invalidScopes === "page") return refuse(message);
  return redirect(asked, { error_code: "100", error_message: message });
}

function readAsked(sim: Sim, query: URLSearchParams): Asked | string {
  const { app } = sim.state;
  if (query.get("client_id") !== app.id) {
    return `Invalid App ID: The provided app ID does not look like a valid app ID. This simulator's app is ${app.id}.`;
  }
  const redirectUri = query.get("redirect_uri") ?? "";
  const isAllowed = app.redirectUris.length === 0 || app.redirectUris.includes(redirectUri);
  if (!/^https?:\/\//.test(redirectUri) || !isAllowed) {
    return "URL Blocked: This redirect failed because the redirect URI is not white-listed in the app's client OAuth settings.";
  }
  const type = query.get("response_type");
  if (type !== null && type !== "code") return "Only response_type=code is supported.";
  const hasConfiguration = query.get("config_id") !== null;
  const scopes = (query.get("scope") ?? "").split(/[, ]+/).filter((scope) => scope !== "");
  if (sim.switches.loginForBusiness && !hasConfiguration) {
    return `Invalid Scopes: ${scopes.join(", ")}. This app uses Facebook Login for Business: send config_id.`;
  }
  const known = permissions.filter((scope) => !sim.switches.app.lackedPermissions.includes(scope));
  const wanted = hasConfiguration
    ? known.filter((scope) => scope !== "email")
    : ["public_profile", ...scopes];
  return { redirectUri, state: query.get("state"), scopes: [...new Set(wanted)] };
}

function refuse(reason: string): Response {
  return htmlPage(
    "Facebook Login",
    `<h1>Can’t load this page</h1><p role="alert">${escapeHtml(reason)}</p>`,
    400,
  );
}

function redirect(asked: Asked, answer: Record<string, string>): Response {
  const target = new URL(asked.redirectUri);
  for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value);
  if (asked.state !== null) target.searchParams.set("state", asked.state);
  // Facebook has put this fragment on its redirects since 2011.
  target.hash = "_=_";
  return new Response(null, { status: 302, headers: { Location: target.href } });
}

function cancel(asked: Asked): Response {
  return redirect(asked, {
    error: "access_denied",
    error_code: "200",
    error_description: "Permissions error",
    error_reason: "user_denied",
  });
}

function grant(
  sim: Sim,
  asked: Asked,
  user: FacebookUser,
  chosen: { pageIds: string[]; scopes: string[] },
): Response {
  const scopes = chosen.scopes.filter((scope) => asked.scopes.includes(scope));
  const pageIds = chosen.pageIds.filter((id) => sim.state.pages.get(id)?.roleIds.includes(user.id) === true);
  const isSystem = sim.switches.loginForBusiness && sim.switches.app.loginToken === "system_user";
  const holder = isSystem ? systemUser(sim, pageIds) : user;
  // A later grant replaces the earlier one: a page left out now loses its token.
  holder.grant = { scopes: [...new Set(["public_profile", ...scopes])], pageIds, grantedAt: Date.now() };
  const code = newSecret(60);
  const expiresAt = Date.now() + codeLifeMs;
  sim.state.codes.set(code, { code, userId: holder.id, redirectUri: asked.redirectUri, expiresAt });
  sim.touch();
  sim.live.all();
  return redirect(asked, { code });
}

/** The system user of the app in the business, with the pages that were chosen assigned to it. */
function systemUser(sim: Sim, pageIds: string[]): FacebookUser {
  const { state } = sim;
  const id = numericId("1000", Number(state.app.id.slice(-6)), 15);
  const user = state.users.get(id) ?? { ...newUser(id, `${state.app.name} System User`), isSystem: true };
  state.users.set(id, user);
  for (const pageId of pageIds) {
    const page = state.pages.get(pageId);
    if (page !== undefined && !page.roleIds.includes(id)) page.roleIds.push(id);
  }
  return user;
}

function consentPage(sim: Sim, asked: Asked): Response {
  const users = [...sim.state.users.values()].filter((user) => user.isSystem !== true);
  const options = users
    .map((user) => `<option value="${user.id}">${escapeHtml(user.name)}</option>`)
    .join("");
  const firstUser = users[0]?.id ?? "";
  const pages = [...sim.state.pages.values()]
    .filter((page) => page.roleIds.some((id) => sim.state.users.has(id)))
    .map((page) => choice("page", page.id, page.name, page.roleIds.includes(firstUser)))
    .join("");
  const scopes = asked.scopes.map((scope) => choice("scope", scope, scope, true)).join("");
  const body = `<h1>Log in with Facebook</h1>
<p><strong>${escapeHtml(sim.state.app.name)}</strong> asks for access to your pages. This is the simulator: no real account is touched.</p>
<form method="post">
<label>Continue as <select name="user">${options}</select></label>
<fieldset><legend>Pages</legend>${pages}</fieldset>
<fieldset><legend>Permissions</legend>${scopes}</fieldset>
<div class="row"><button name="choice" value="cancel" formnovalidate>Cancel</button>
<button class="main" name="choice" value="continue">Continue</button></div>
</form>`;
  return htmlPage("Log in with Facebook", body, 200);
}

function choice(name: string, value: string, label: string, isChecked: boolean): string {
  const checked = isChecked ? " checked" : "";
  return `<label class="choice"><input type="checkbox" name="${name}" value="${escapeHtml(value)}"${checked}> ${escapeHtml(label)}</label>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (unit) => `&#${unit.charCodeAt(0)};`);
}

const style = `:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;margin:0;background:light-dark(#f0f2f5,#18191a);color:light-dark(#1c1e21,#e4e6eb)}
main{max-width:420px;margin:6vh auto;padding:24px;border-radius:16px;background:light-dark(#fff,#242526);box-shadow:0 2px 16px #0002}
h1{font-size:20px;margin:0 0 8px}
fieldset{border:1px solid light-dark(#d8dade,#3e4042);border-radius:10px;margin:16px 0;padding:8px 14px}
legend{font-weight:600;padding:0 6px}
.choice{display:block;padding:4px 0}
select{font:inherit;padding:6px 8px;border-radius:8px;margin-left:6px}
.row{display:flex;gap:8px;justify-content:flex-end}
button{font:inherit;font-weight:600;padding:9px 18px;border:0;border-radius:9px;background:light-dark(#e4e6eb,#3a3b3c);color:inherit;cursor:pointer}
button.main{background:#0866ff;color:#fff}
:focus-visible{outline:3px solid #0866ff88;outline-offset:2px}`;

function htmlPage(title: string, body: string, status: number): Response {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${style}</style></head><body><main>${body}</main></body></html>`;
  return new Response(html, {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    },
  });
}
