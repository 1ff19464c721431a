import { defineProblems, defineSentences, defineThings } from "#std";

defineThings(["page", "login"]);

/** Of the pages that a login found. */
export const say = defineSentences({
  "page-without-role": "Your role on this page is not sufficient: ask its owner for full access",
  "page-role-small": "Your role may not be sufficient: it lacks {tasks}. Connect the page to find out",
  "page-not-granted": "This login does not grant the page: log in again and select it",
  "page-is-elsewhere": "Another workspace uses this page: disconnect it there first",
  "page-is-in": 'The workspace "{workspace}" uses this page: disconnect it there first',
});

const fresh = "Connect the page with Facebook, or paste a new page token";

export const problem = defineProblems({
  "callback-elsewhere": [
    409,
    "Cannot save the app's webhook settings: Meta sends the app's events to {url}",
    "Confirm that this address is replaced",
  ],
  "callback-unreachable": [
    422,
    "Cannot save the app's webhook settings: Meta cannot reach {url}",
    "Check APP_URL, its certificate and FACEBOOK_WEBHOOK_VERIFY_TOKEN",
  ],
  "page-token-closed": [
    409,
    'Cannot open the token of the page "{name}" with ENCRYPTION_KEY, which sealed {resealed} before it',
    "Append the key that was in use then, ENCRYPTION_KEY=new,old, and run this again. If that key is lost, reconnect the page in the dashboard first",
  ],
  "signed-request-wrong": [
    403,
    "Cannot accept this request: no configured app signed it",
    "Check FACEBOOK_APP_SECRET",
  ],
  "page-token-invalid": [422, "Cannot connect this page: Facebook does not accept its token", fresh],
  "page-token-other-app": [
    422,
    "Cannot connect this page: the token was made for another Meta app",
    "Create one for the app {appId}",
  ],
  "page-not-assigned": [
    422,
    "Cannot connect this page: it is not assigned to this system user",
    "Assign the page to the system user with full control in the business settings",
  ],
  "page-token-other-kind": [422, "Cannot connect this page: this is not a page token", fresh],
  "page-token-other-page": [422, "Cannot connect this page: the token belongs to another page", fresh],
  "page-permissions-missing": [
    422,
    "Cannot connect this page: the permission {permissions} is missing",
    "Connect it again and grant everything that Facebook asks for",
  ],
  "page-connected-elsewhere": [
    409,
    "Cannot connect this page: another workspace uses it",
    "Disconnect it there first",
  ],
  "page-connected-in": [
    409,
    'Cannot connect this page: the workspace "{workspace}" uses it',
    "Disconnect it there first",
  ],
  "login-needs-permission": [
    422,
    "Cannot start a login without {permissions}: no page can be connected",
    "Add it to the Meta app first",
  ],
  "login-expired": [409, "Cannot finish this login: it is too old or was already used", "Start it again"],
});
