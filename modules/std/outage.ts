import { defineProblems, type Problem } from "./problem.ts";

/** Of postgres.js and of sockets: no connection, or one that was lost. */
const awayCodes = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "ETIMEDOUT",
]);
/** Class 08, a shutdown, a start, too many connections, a standby: "PostgreSQL Error Codes", version 18. */
const awayStates = /^(?:08...|57P0[1-5]|53300|25006)$/;
const fullCodes = new Set(["ENOSPC", "EDQUOT", "53100"]);

const problem = defineProblems({
  "database-away": [503, "Cannot reach the database: it does not respond", "Try again in a few seconds"],
  "took-too-long": [
    503,
    "Cannot complete this action: the database took too long",
    "Request less at once, or try again later",
  ],
  "changed-at-once": [
    503,
    "Cannot complete this action: another change happened at the same time",
    "Try again",
  ],
  "disk-full": [
    507,
    "Cannot save this: a disk of this installation is full",
    "Ask its administrator to free space, then try again",
  ],
});

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return codeOf(error.cause);
}

/** The response when a part of the installation is unavailable; null for other errors. */
export function outageOf(error: unknown): Problem | null {
  const code = codeOf(error);
  if (awayCodes.has(code) || awayStates.test(code))
    return problem("database-away", {}, { cause: error, retryAfterSeconds: 5 });
  if (code === "57014") return problem("took-too-long", {}, { cause: error, retryAfterSeconds: 30 });
  if (code === "40P01" || code === "40001")
    return problem("changed-at-once", {}, { cause: error, retryAfterSeconds: 1 });
  if (fullCodes.has(code)) return problem("disk-full", {}, { cause: error });
  return null;
}
