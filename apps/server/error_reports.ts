import * as Sentry from "@sentry/bun";
import { redact, setErrorReporter } from "#std";

/** Sends logged errors to Sentry from now on: the error and its place, without personal data. */
export function startErrorReports(dsn: string, version: string): void {
  Sentry.init({
    dsn,
    release: version,
    maxBreadcrumbs: 0,
    integrations: (standard) => standard.filter(({ name }) => wanted.has(name)),
    beforeSend: scrub,
  });
  setErrorReporter((error) => Sentry.captureException(error));
}

/** The others read requests, the console, sessions, sources and variables. */
const wanted = new Set([
  "EventFilters",
  "LinkedErrors",
  "Dedupe",
  "OnUncaughtException",
  "OnUnhandledRejection",
]);

/** Sends only harmless data: types, redacted messages, stacks without variables. */
function scrub(event: Sentry.ErrorEvent): Sentry.ErrorEvent {
  return {
    type: undefined,
    event_id: event.event_id,
    timestamp: event.timestamp,
    platform: event.platform,
    level: event.level,
    release: event.release,
    environment: event.environment,
    sdk: event.sdk,
    exception: {
      values: (event.exception?.values ?? []).map(({ type, value, stacktrace }) => ({
        type,
        value: redact(value ?? ""),
        stacktrace: { frames: stacktrace?.frames?.map(placeOf) },
      })),
    },
  };
}

type Frame = { filename?: string; function?: string; lineno?: number; colno?: number };

/** Code locations without variables and source lines. */
const placeOf = ({ filename, function: name, lineno, colno }: Frame): Frame => ({
  filename,
  function: name,
  lineno,
  colno,
});
