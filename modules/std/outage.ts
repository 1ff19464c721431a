import { Problem } from "./problem.ts";

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

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return codeOf(error.cause);
}

/** What a caller is told when a part of the installation cannot serve right now; null for every other error. */
export function outageOf(error: unknown): Problem | null {
  const code = codeOf(error);
  if (awayCodes.has(code) || awayStates.test(code))
    return new Problem(
      "database-away",
      503,
      "Cannot reach the database right now: try again in some seconds",
      { cause: error, retryAfterSeconds: 5 },
    );
  if (code === "57014")
    return new Problem(
      "took-too-long",
      503,
      "Cannot finish this: the database took too long. Ask for less at once, or try again later",
      { cause: error, retryAfterSeconds: 30 },
    );
  if (code === "40P01" || code === "40001")
    return new Problem("changed-at-once", 503, "Cannot finish this: another change came first. Try again", {
      cause: error,
      retryAfterSeconds: 1,
    });
  if (fullCodes.has(code))
    return new Problem(
      "disk-full",
      507,
      "Cannot keep this: a disk of this installation is full. Whoever runs it has to make room; then try again",
      { cause: error },
    );
  return null;
}
