import { answer, api, LIST_LIMIT } from "./client.ts";

/** Filters of the log, as in the address of its screen. */
export interface ActivityQuery {
  workspaceId?: string;
  actorId?: string;
  actorKind?: "command-line" | "nobody";
  kind?: string;
  subjectId?: string;
  since?: string;
  until?: string;
  cursor?: string;
}

export const activity = {
  list: (query: ActivityQuery) => answer(api.activity.get({ query: { limit: LIST_LIMIT, ...query } })),
  people: () => answer(api.activity.people.get()),
};

/** Where the file of these rows is; the browser brings its session along. */
export function activityFile(query: ActivityQuery, format: "csv" | "jsonl"): string {
  return `/api/v1/activity/file?${new URLSearchParams({ ...query, format })}`;
}
