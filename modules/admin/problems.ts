import { defineProblems, defineThings } from "#std";

defineThings(["failed-job", "mail"]);

export const problem = defineProblems({
  "process-stopping": [503, "Cannot serve requests: this process is stopping", "Send the request again"],
  "not-ready": [
    503,
    "Cannot serve requests: the database does not respond",
    "Check Postgres and DATABASE_URL",
  ],
  "webhooks-full": [
    503,
    "Cannot accept more webhooks: the queue is full, and Meta sends them again",
    "Check the load of the database",
  ],
});
