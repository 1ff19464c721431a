import { defineProblems, defineThings } from "#std";

defineThings(["webhook-event"]);

export const problem = defineProblems({
  "webhook-too-large": [
    413,
    "Cannot accept the webhook: it has more than {most} MB",
    "Send fewer events in one request",
  ],
  "too-many-bodies": [
    503,
    "Cannot read the webhook: the server reads too many bodies right now",
    "Send it again in 5 seconds",
  ],
  "body-too-slow": [408, "Cannot read the webhook: its body arrives too slowly", "Send it again"],
  "verify-token-wrong": [
    403,
    'Cannot verify the webhook: "hub.verify_token" differs from FACEBOOK_WEBHOOK_VERIFY_TOKEN',
    "Enter that token in the App Dashboard",
  ],
  "signature-missing": [
    401,
    'Cannot accept the webhook: the header "X-Hub-Signature-256" is missing',
    "Sign the request with the app secret",
  ],
  "signature-wrong": [
    403,
    "Cannot accept the webhook: the signature is not that of a configured app",
    "Check FACEBOOK_APP_SECRET",
  ],
  "webhook-secret-missing": [
    403,
    "Cannot accept the webhook: no app secret is configured, so the signature cannot be checked",
    "Set FACEBOOK_APP_SECRET",
  ],
  "webhook-not-stored": [503, "Cannot store the events: the database is not ready", "Send them again"],
});
