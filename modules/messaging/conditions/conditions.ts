import { type Static, type TProperties, type TSchema, Type } from "@sinclair/typebox";
import { contacts, conversations } from "#db/messaging";
import { type FieldError, oneOf, parse, Uuid, fieldError, type Sentence } from "#std";
import { problem, say } from "./problems.ts";

const mostConditions = 20;
const deepestLevel = 5;

const someOf = <T extends TSchema>(item: T, maxItems = 100) =>
  Type.Array(item, { minItems: 1, maxItems, uniqueItems: true });

const condition = <F extends string, O extends string, P extends TProperties>(
  field: F,
  ops: readonly O[],
  properties: P,
) =>
  Type.Object({ field: Type.Literal(field), op: oneOf(ops), ...properties }, { additionalProperties: false });

const Day = Type.String({ pattern: "^[12]\\d{3}-\\d\\d-\\d\\d$", maxLength: 10, examples: ["2026-11-24"] });
const Moment = Type.String({
  pattern: "^[12]\\d{3}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,6})?)?(Z|[+-]\\d\\d:\\d\\d)$",
  maxLength: 40,
  examples: ["2026-11-24T10:00:00.000Z"],
});
const Days = Type.Number({ multipleOf: 1, minimum: 1, maximum: 3_650 });
// NUL cannot be stored, so that nothing equals a text with one.
const Value = Type.String({ minLength: 1, maxLength: 500 });
const Amount = Type.Number({ minimum: -1e15, maximum: 1e15 });
const ofField = { fieldId: Uuid };

/** Every condition: its subject, operator and values. */
const conditionSchemas = [
  condition("page", ["any", "none"], { pageIds: someOf(Uuid, 500) }),
  condition("firstInteraction", ["before", "after"], { at: Moment }),
  condition("firstInteraction", ["within", "notWithin"], { days: Days }),
  condition("lastInteraction", ["before", "after"], { at: Moment }),
  condition("lastInteraction", ["within", "notWithin"], { days: Days }),
  condition("lastInteraction", ["never"], {}),
  condition("tags", ["any", "all", "none"], { tagIds: someOf(Uuid, 20) }),
  condition("textField", ["is", "contains", "startsWith"], { ...ofField, value: Value }),
  condition("textField", ["empty", "filled"], ofField),
  condition("numberField", ["equals", "below", "above"], { ...ofField, value: Amount }),
  condition("numberField", ["between"], { ...ofField, from: Amount, to: Amount }),
  condition("numberField", ["empty", "filled"], ofField),
  condition("dateField", ["on", "before", "after"], { ...ofField, value: Day }),
  condition("dateField", ["between"], { ...ofField, from: Day, to: Day }),
  condition("dateField", ["empty", "filled"], ofField),
  condition("dropdownField", ["any", "none"], { ...ofField, values: someOf(Value, 50) }),
  condition("dropdownField", ["empty", "filled"], ofField),
  condition("checkboxField", ["checked", "unchecked"], ofField),
  condition("engagement", ["any", "none"], {
    values: someOf(oneOf(contacts.engagement.enumValues)),
  }),
  condition("window", ["open", "human", "closed"], {}),
  condition("window", ["closingWithin"], {
    hours: Type.Number({ multipleOf: 1, minimum: 1, maximum: 168 }),
  }),
  condition("consent", ["subscribed", "unsubscribed", "blocked", "unreachable", "suppressed"], {}),
  condition("optInToken", ["valid", "none"], {}),
  condition("source", ["any", "none"], {
    values: someOf(Type.String({ pattern: "^[a-z_]{1,40}$", maxLength: 40 })),
  }),
  condition("locale", ["any", "none"], {
    values: someOf(Type.String({ pattern: "^[a-z]{2,3}(_[A-Z]{2})?$", maxLength: 6 })),
  }),
  condition("campaign", ["received", "notReceived", "replied", "notReplied"], { campaignId: Uuid }),
  condition("conversation", ["any"], { statuses: someOf(oneOf(conversations.status.enumValues)) }),
  condition("conversation", ["none"], {}),
  condition("assigned", ["to"], { userIds: someOf(Uuid) }),
  condition("assigned", ["anybody", "nobody"], {}),
] as const;

export type Condition = Static<(typeof conditionSchemas)[number]>;

/** Conditions of which all or any must hold; `not` turns the whole group round. */
export interface Conditions {
  match: "all" | "any";
  not?: boolean;
  conditions: (Condition | Conditions)[];
}

/**
 * A tree of conditions as it travels. Loose on purpose: `checkConditions` names each problem and its place, which the
 * errors of a schema with so many alternatives do not.
 */
export const ConditionsSchema = Type.Unsafe<Conditions>(
  Type.Any({
    title: "Conditions",
    description: [
      'A group: `{ match: "all" | "any", not?: boolean, conditions: [ … ] }` of conditions `{ field, op, … }` and further',
      `groups, at most ${mostConditions} conditions in ${deepestLevel} levels. Conditions:`,
      ...conditionSchemas.map((schema) => {
        const { field, op: _, ...others } = schema.properties;
        const values = Object.keys(others).map((name) => ` ${name}`);
        return `- ${field.const}: ${opsOf(schema).join(" | ")}${values.length > 0 ? ` with${values.join(",")}` : ""}`;
      }),
    ].join("\n"),
    examples: [
      {
        match: "all",
        conditions: [
          { field: "window", op: "open" },
          { field: "lastInteraction", op: "within", days: 7 },
        ],
      },
    ],
  }),
);

export function isGroup(node: Condition | Conditions): node is Conditions {
  return "match" in node;
}

/** Reads a tree from outside. Throws 422 `conditions-invalid`, which names each mistake by its place. */
export function checkConditions(value: unknown): Conditions {
  const mistakes: FieldError[] = [];
  let count = 0;

  function group(node: object, path: string, level: number): Conditions | null {
    const parts: Record<string, unknown> = { ...node };
    const { match, not = false, conditions, ...others } = parts;
    if (level > deepestLevel) return refuse(path, say("group-too-deep", { most: deepestLevel }));
    if (match !== "all" && match !== "any") return refuse(`${path}/match`, say("group-match"));
    if (typeof not !== "boolean") return refuse(`${path}/not`, say("group-not"));
    const [stranger] = Object.keys(others);
    if (stranger !== undefined) return refuse(`${path}/${stranger}`, say("group-property-unknown"));
    if (!Array.isArray(conditions) || conditions.length === 0)
      return refuse(`${path}/conditions`, say("group-empty"));
    if (conditions.length > mostConditions) return tooMany(path);
    const read = conditions.map((one: unknown, at) => child(one, `${path}/conditions/${at}`, level));
    return { match, ...(not ? { not } : {}), conditions: read.filter((one) => one !== null) };
  }

  function child(node: unknown, path: string, level: number): Condition | Conditions | null {
    if (typeof node !== "object" || node === null) return refuse(path, say("condition-expected"));
    if ("match" in node) return group(node, path, level + 1);
    count += 1;
    if (count > mostConditions) return tooMany(path);
    return leaf({ ...node }, path);
  }

  function leaf(node: Record<string, unknown>, path: string): Condition | null {
    const known = conditionSchemas.filter((schema) => schema.properties.field.const === node.field);
    if (known.length === 0)
      return refuse(`${path}/field`, say("condition-unknown", { known: fields.join(", ") }));
    const schema = known.find((one) => opsOf(one).includes(String(node.op)));
    if (!schema)
      return refuse(`${path}/op`, say("comparison-unknown", { known: known.flatMap(opsOf).join(", ") }));
    const read = parse(schema, node);
    if (read.ok) {
      const wrong = Object.entries(read.value).find(([, part]) => isNoDay(part));
      return wrong ? refuse(`${path}/${wrong[0]}`, say("day-invalid")) : read.value;
    }
    mistakes.push(...read.errors.map((error) => ({ ...error, path: `${path}${error.path}` })));
    return null;
  }

  function refuse(path: string, mistake: Sentence): null {
    mistakes.push(fieldError(path, mistake));
    return null;
  }

  function tooMany(path: string): null {
    return refuse(path, say("too-many-conditions", { most: mostConditions }));
  }

  const tree =
    typeof value === "object" && value !== null
      ? group(value, "", 1)
      : refuse("", say("conditions-expected"));
  const [first] = mistakes;
  if (tree && !first) return tree;
  throw problem("conditions-invalid", { mistake: first?.message ?? "" }, { errors: mistakes.slice(0, 20) });
}

const written = /^\d{4}-\d\d-\d\d(?=T|$)/;

/** Looks like a day or a time and is none, such as 31 February: Postgres would refuse the whole query. */
function isNoDay(value: unknown): boolean {
  const day = typeof value === "string" ? written.exec(value)?.[0] : undefined;
  if (day === undefined || typeof value !== "string") return false;
  const start = new Date(`${day}T00:00:00Z`);
  return (
    Number.isNaN(Date.parse(value)) || Number.isNaN(start.getTime()) || !start.toISOString().startsWith(day)
  );
}

const fields = [...new Set(conditionSchemas.map((schema) => schema.properties.field.const))];

function opsOf(schema: (typeof conditionSchemas)[number]): string[] {
  // A union of one is that one.
  const alternatives: { const?: string }[] = [schema.properties.op].flatMap((op) =>
    "anyOf" in op && Array.isArray(op.anyOf) ? op.anyOf : [op],
  );
  return alternatives.flatMap((one) => one.const ?? []);
}
