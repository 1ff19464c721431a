import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import {
  type ActivityAction,
  activityActions,
  activityKinds,
  actorKinds,
  guard,
  listActivity,
  listActors,
} from "#auth";
import { IsoTime, listOf, named, Nullable, oneOf, PageQuery, rawAnswer, Uuid } from "#std";
import { activityFile } from "./activity_file.ts";
import type { AdminDeps } from "./deps.ts";

const Values = Nullable(
  Type.Record(Type.String(), Type.Unknown(), {
    description:
      "Changed fields. Null for a value that is not recorded: texts of messages, and what is personal of a contact",
  }),
);

const ActivityEntry = named("ActivityEntry", {
  id: Uuid,
  at: IsoTime,
  workspace: Nullable(
    Type.Object(
      { id: Uuid, name: Nullable(Type.String({ description: "Null: deleted" })) },
      { description: "Null: about the installation" },
    ),
  ),
  actor: Type.Object({
    kind: oneOf(actorKinds),
    id: Nullable(Uuid),
    name: Type.String({ description: "At the time; empty for those without an account" }),
  }),
  address: Type.String({ description: "Of the client; empty for the command line" }),
  // Typed but not checked: during an update another release may write others.
  action: Type.Unsafe<ActivityAction>(Type.String({ examples: ["campaign.launched"] })),
  kind: Type.String({ description: "Of the subject: the action's part before the dot" }),
  subject: Type.Object({
    id: Nullable(Type.String()),
    name: Nullable(Type.String({ description: "At the time. Contacts and conversations have none" })),
  }),
  before: Values,
  after: Values,
  requestId: Nullable(Type.String({ description: "The trace-id of the request" })),
});

const Filter = Type.Object({
  workspaceId: Type.Optional(Uuid),
  actorId: Type.Optional(Uuid),
  actorKind: Type.Optional(oneOf(actorKinds)),
  action: Type.Optional(oneOf(activityActions)),
  kind: Type.Optional(oneOf(activityKinds)),
  subjectId: Type.Optional(Type.String({ minLength: 1, maxLength: 100, pattern: "^[0-9a-z-]*$" })),
  since: Type.Optional(IsoTime),
  /** Exclusive. */
  until: Type.Optional(IsoTime),
});

const tags = ["activity"];

/** The activity log, for the owner. */
export function activityRoutes(on: AdminDeps) {
  return new Elysia({ name: "admin.activity", prefix: "/activity" })
    .use(guard(on))
    .get(
      "",
      async function getActivity({ query }) {
        return await listActivity(on, query);
      },
      {
        can: "activity:read",
        query: Type.Composite([PageQuery, Filter]),
        response: listOf(ActivityEntry),
        detail: {
          operationId: "listActivity",
          summary: "List the activity log",
          description:
            "Every action of a person, of the command line, and refused logins and requests, newest first. Rows are never changed. Filters combine; `since` is inclusive, `until` exclusive.",
          tags,
        },
      },
    )
    .get(
      "/people",
      async function getActors() {
        return { items: await listActors(on) };
      },
      {
        can: "activity:read",
        response: Type.Object({ items: Type.Array(Type.Object({ id: Uuid, name: Type.String() })) }),
        detail: {
          operationId: "listActivityPeople",
          summary: "List people to filter the activity log by",
          tags,
        },
      },
    )
    .get(
      "/file",
      async function getActivityFile({ query }) {
        return await activityFile(on, { ...query, format: query.format ?? "csv" });
      },
      {
        can: "activity:read",
        query: Type.Composite([
          Filter,
          Type.Object({ format: Type.Optional(Type.Union([Type.Literal("csv"), Type.Literal("jsonl")])) }),
        ]),
        response: rawAnswer("text/csv", "A CSV file, or JSON lines"),
        detail: {
          operationId: "exportActivity",
          summary: "Export the activity log",
          description:
            "CSV (default), or one JSON object per line with `format=jsonl`. The export itself has a row.",
          tags,
        },
      },
    );
}
