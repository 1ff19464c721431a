import { defineProblems, defineSentences, type Problem } from "#std";
import type { Action } from "../policy/mod.ts";

/** Why a page does not send, as it is stored with the page. */
export const say = defineSentences({
  "standing-suspended": "Meta suspended the page: see its Support Inbox on Facebook",
  "standing-messages": "Meta restricts the page from sending messages: see its Support Inbox on Facebook",
  "standing-restricted": "Meta restricts the page: see its Support Inbox on Facebook",
  "page-key-missing":
    "The key that sealed this page's token is missing. Add it to ENCRYPTION_KEY, or reconnect the page",
});

/** Problems of Meta, or of the connection to Meta. */
export const problem = defineProblems({
  "meta-unreachable": [503, "Cannot {action@action}: Meta does not respond", "Try again in a moment"],
  "meta-throttled": [503, "Cannot {action@action}: Meta's rate limit is reached", "Try again later"],
  "meta-answer-unreadable": [502, "Cannot {action@action}: Meta's answer is not readable", "Try again later"],
  "meta-refused": [422, "Cannot {action@action}: {reason@reason}", "{reason@remedy}"],
  "meta-token-refused": [422, "Cannot {action@action}: {reason@reason}", "{reason@remedy}"],
  "app-capability-missing": [
    422,
    "Cannot {action@action}: the Meta app lacks the capability for this call",
    "Add the Messenger use case to the app in the App Dashboard, then try again",
  ],
  "page-role-insufficient": [
    422,
    "Cannot {action@action}: your role on the page does not allow it",
    "Ask an admin of the page for full control, then connect it again",
  ],
  "page-tasks-missing": [
    422,
    "Cannot {action@action}: your role on the page lacks {tasks}",
    "Ask an admin of the page for full control, then connect it again",
  ],
  "meta-field-unknown": [
    422,
    'Cannot {action@action}: Meta does not know the field "{field}"',
    "Set GRAPH_API_VERSION to a version that has this field",
  ],
  "page-scopes-missing": [
    422,
    "Cannot {action@action}: the permission {permissions} is missing",
    "Add it to the Meta app, then connect the page again and allow it",
  ],
  "page-not-connected": [409, "Cannot {action@action}: the page is not connected", "Connect it under Pages"],
  "moderation-no-access": [
    409,
    "Cannot {action@action}: the page is not connected, or its token cannot be opened",
    "Reconnect the page",
  ],
  "moderation-refused": [
    422,
    "Cannot {action@action}: Facebook refused without a reason",
    "Try again, or use the page's inbox on Facebook",
  ],
  "moderation-failed": [422, "Cannot {action@action}: {error}"],
  "reply-empty": [422, "Cannot send this reply: it is empty", "Write a text first"],
  "invalid-text": [
    422,
    "Cannot send this reply: it has {length} characters, and Messenger accepts at most {most}",
    "Shorten or split it",
  ],
});

/** The page has no access token to ask Meta with. */
export const pageNotConnected = (action: Action): Problem => problem("page-not-connected", { action });
