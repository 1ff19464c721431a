import { type Static, Type } from "@sinclair/typebox";
import type { Fragment, Sql, TransactionSql } from "postgres";
import { Uuid } from "#std";
import { fieldIs } from "../contacts/mod.ts";
import { creditedUntil } from "../delivery/mod.ts";

const within = {
  /** Only what happens within so many days after the message counts for it. */
  withinDays: Type.Number({ multipleOf: 1, minimum: 1, maximum: 30 }),
};

/** A campaign's goal: an action of the contact after its message. */
export const GoalSchema = Type.Union([
  Type.Object({
    on: Type.Literal("clicked"),
    /** The target of a link as the content has it; any of its links when left out. */
    url: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 })),
    ...within,
  }),
  Type.Object({ on: Type.Literal("replied"), ...within }),
  Type.Object({ on: Type.Literal("tagged"), tagId: Uuid, ...within }),
  Type.Object({
    on: Type.Literal("field"),
    fieldId: Uuid,
    value: Type.Union([Type.String({ minLength: 1, maxLength: 1_000 }), Type.Number(), Type.Boolean()]),
    ...within,
  }),
]);
export type Goal = Static<typeof GoalSchema>;

/** Whether the person of a sent delivery `d` reached the goal; an answer is credited to the newest message before it. */
export function reachedSql(sql: Sql | TransactionSql, goal: Goal | undefined): Fragment {
  if (!goal) return sql`false`;
  const during = (at: Fragment) =>
    sql`${at} > d.settled_at and ${at} <= d.settled_at + make_interval(days => ${goal.withinDays})`;
  return sql`(d.state = 'sent' and exists (${happened(sql, goal, during)}))`;
}

function happened(sql: Sql | TransactionSql, goal: Goal, during: (at: Fragment) => Fragment): Fragment {
  switch (goal.on) {
    case "clicked": {
      const isWanted =
        goal.url === undefined
          ? sql`true`
          : sql`exists (select from messaging.contents content where content.workspace_id = d.workspace_id
              and content.id = d.content_id and content.links[k.link + 1] = ${goal.url})`;
      return sql`select from messaging.clicks k
        where k.delivery_id = d.id and ${during(sql`k.clicked_at`)} and ${isWanted}`;
    }
    case "replied":
      return sql`select from messaging.messages m
        where m.conversation_id = d.contact_id and m.direction = 'in' and m.sent_at > d.settled_at
          and m.sent_at <= ${creditedUntil(sql, goal.withinDays)}`;
    case "tagged":
      return sql`select from messaging.contact_tags t
        where t.contact_id = d.contact_id and t.tag_id = ${goal.tagId} and ${during(sql`t.tagged_at`)}`;
    case "field":
      return sql`select from messaging.contact_fields f
        where f.contact_id = d.contact_id and f.field_id = ${goal.fieldId} and ${during(sql`f.changed_at`)}
          and ${fieldIs(sql, goal.value)}`;
  }
}
