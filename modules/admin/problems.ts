import { defineProblems, defineThings } from "#std";

defineThings(["failed-job", "mail"]);

export const problem = defineProblems({
  "process-stopping": [503, "Cannot serve requests: this process is stopping", "Send the request again"],
  "not-ready": [
    503,
    "Cannot serve requests: the database does not respond",
    "Check Postgres and DATABASE_URL",
  ],
  "test-message-without-simulator": [
    409,
    "Cannot write a test message: no simulator plays Meta here",
    "Write to the page in Messenger",
  ],
  "test-message-without-page": [409, "Cannot write a test message: no page is connected", "Connect a page"],
  "simulator-unreachable": [
    503,
    "Cannot write a test message: the simulator does not answer",
    "Start it, and try again",
  ],
  "webhooks-full": [
    503,
    "Cannot accept more webhooks: the queue is full, and Meta sends them again",
    "Check the load of the database",
  ],
});
