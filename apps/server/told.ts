import { outageOf, Problem } from "#std";
import { UsageError } from "./commands/usage.ts";
import { ConfigError } from "./config.ts";

/** Of PostgreSQL: a name or password that it does not take, a database that is not there, a right that is missing. */
const closedStates = /^(?:28...|3D000|42501)$/;

/** A sentence without a stack for errors that the person at the terminal can fix; null for others. */
export function sentenceOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof Problem)
    return error.message;
  const outage = outageOf(error);
  if (outage) return `${outage.message} (${error.message})`;
  if ("code" in error && closedStates.test(String(error.code)))
    return `The database does not let this process in: ${error.message}. Look at DATABASE_URL, and at who owns that database`;
  return null;
}
