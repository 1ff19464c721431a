import type { ActivityQuery } from "../api/activity.ts";

/** The filter as it is in the address of the screen. Days are the reader's. */
export interface ActivityFilter {
  workspace: string;
  /** A user's id, `command-line`, `nobody`; empty: everybody. */
  person: string;
  kind: string;
  subject: string;
  /** `YYYY-MM-DD`; the last one is inclusive. */
  since: string;
  until: string;
}

const NAMES = ["workspace", "person", "kind", "subject", "since", "until"] as const;

export function readFilter(search: Pick<URLSearchParams, "get">): ActivityFilter {
  const read = (name: (typeof NAMES)[number]) => search.get(name) ?? "";
  return {
    workspace: read("workspace"),
    person: read("person"),
    kind: read("kind"),
    subject: read("subject"),
    since: read("since"),
    until: read("until"),
  };
}

export function addressOf(filter: ActivityFilter): string {
  const given = NAMES.flatMap((name) => (filter[name] === "" ? [] : [[name, filter[name]]]));
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

export const isFiltered = (filter: ActivityFilter): boolean => addressOf(filter) !== "";

const DAY = /^\d{4}-\d\d-\d\d$/;

function startOf(day: string, plusDays = 0): string | undefined {
  if (!DAY.test(day)) return undefined;
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const time = new Date(year, month - 1, date + plusDays);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

/** The same as the server takes it. */
export function queryOf({ workspace, person, kind, subject, since, until }: ActivityFilter): ActivityQuery {
  const from = startOf(since);
  const to = startOf(until, 1);
  return {
    ...(workspace === "" ? {} : { workspaceId: workspace }),
    ...(person === "command-line" || person === "nobody"
      ? { actorKind: person }
      : person === ""
        ? {}
        : { actorId: person }),
    ...(kind === "" ? {} : { kind }),
    ...(subject === "" ? {} : { subjectId: subject }),
    ...(from === undefined ? {} : { since: from }),
    ...(to === undefined ? {} : { until: to }),
  };
}
