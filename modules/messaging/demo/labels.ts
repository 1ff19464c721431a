import type { TransactionSql } from "postgres";
import { insertRows, type Row } from "./insert_rows.ts";
import { type Customer, day, iso, shopTags, type Stage } from "./stage.ts";

export interface Labels {
  /** Ids by the tag's name. */
  tagIds: ReadonlyMap<string, string>;
  /** Ids by the field's key. */
  fieldIds: ReadonlyMap<string, string>;
  /** Ids by the segment's name. */
  segmentIds: ReadonlyMap<string, string>;
}

const fields = [
  {
    key: "favourite_roast",
    label: "Favourite roast",
    type: "dropdown",
    options: ["Light", "Medium", "Dark"],
  },
  { key: "orders", label: "Orders", type: "number", options: [] },
  { key: "last_order", label: "Last order", type: "date", options: [] },
  { key: "has_grinder", label: "Has a grinder", type: "checkbox", options: [] },
  { key: "company", label: "Company", type: "text", options: [] },
] as const;

const companies = [
  "Rye & Daughters Bakery",
  "Hotel Kestrel",
  "The Paper Mill Café",
  "Northlight Studios",
  "Oak Street School",
];

/** Writes tags, custom fields and segments. */
export async function writeLabels(tx: TransactionSql, stage: Stage): Promise<Labels> {
  const { dice, now, workspaceId } = stage;
  const madeAt = now - 149 * day;
  const tagIds = new Map(Object.keys(shopTags).map((name) => [name, dice.idAt(madeAt)]));
  const fieldIds = new Map<string, string>(fields.map(({ key }) => [key, dice.idAt(madeAt)]));
  const made = { workspace_id: workspaceId, created_at: iso(madeAt) };
  const tags = Object.entries(shopTags).map(([name, colour]) => ({
    ...made,
    id: tagIds.get(name),
    name,
    colour,
  }));
  await insertRows(tx, "tags", tags);
  await insertRows(
    tx,
    "custom_fields",
    fields.map((field) => ({ ...made, id: fieldIds.get(field.key), ...field })),
  );
  return { tagIds, fieldIds, segmentIds: await writeSegments(tx, stage, { tagIds, fieldIds }) };
}

/** Writes what customers have of the labels. */
export async function labelCustomers(
  tx: TransactionSql,
  stage: Stage,
  { customers, labels }: { customers: readonly Customer[]; labels: Labels },
): Promise<void> {
  const { workspaceId } = stage;
  const tagged: Row[] = [];
  const values: Row[] = [];
  const guests: Row[] = [];
  for (const customer of customers) {
    const of = { workspace_id: workspaceId, page_id: customer.pageId, contact_id: customer.id };
    for (const [tag, at] of customer.tags)
      tagged.push({ ...of, tag_id: labels.tagIds.get(tag), tagged_at: iso(at) });
    for (const { key, type, ...value } of valuesOf(stage, customer))
      values.push({
        ...of,
        field_id: labels.fieldIds.get(key),
        type,
        text_value: value.text ?? null,
        number_value: value.number ?? null,
        date_value: value.date ?? null,
        checked_value: value.checked ?? null,
        changed_at: iso(customer.createdAt),
      });
    if (customer.tags.has("Workshop")) guests.push({ ...of, segment_id: labels.segmentIds.get(guestList) });
  }
  await insertRows(tx, "contact_tags", tagged);
  await insertRows(tx, "contact_fields", values);
  await insertRows(tx, "segment_members", guests);
}

const guestList = "Cupping evening guests";

interface Value {
  key: string;
  type: string;
  text?: string;
  number?: number;
  date?: string;
  checked?: boolean;
}

function valuesOf({ dice, now }: Stage, { tags, createdAt }: Customer): Value[] {
  const isCustomer = tags.has("Customer") || tags.has("Subscriber");
  const values: Value[] = [];
  if (isCustomer && dice.isHit(0.7))
    values.push({
      key: "favourite_roast",
      type: "dropdown",
      text: dice.pick(["Light", "Medium", "Medium", "Dark"]),
    });
  if (isCustomer) {
    values.push({ key: "orders", type: "number", number: 1 + Math.floor(11 * dice.number() ** 2.2) });
    const at = createdAt + (now - createdAt) * dice.number();
    values.push({ key: "last_order", type: "date", date: iso(at).slice(0, 10) });
  }
  if (isCustomer && dice.isHit(0.5))
    values.push({ key: "has_grinder", type: "checkbox", checked: dice.isHit(0.6) });
  if (tags.has("Wholesale")) values.push({ key: "company", type: "text", text: dice.pick(companies) });
  return values;
}

async function writeSegments(
  tx: TransactionSql,
  { dice, now, workspaceId, ownerId }: Stage,
  { tagIds, fieldIds }: Pick<Labels, "tagIds" | "fieldIds">,
): Promise<Map<string, string>> {
  const all = (...conditions: object[]) => ({ match: "all", conditions });
  const tag = (name: string) => ({ field: "tags", op: "any", tagIds: [tagIds.get(name)] });
  const segments: [string, object | null][] = [
    ["Subscribers", all(tag("Subscriber"))],
    [
      "Customers",
      all({ field: "tags", op: "any", tagIds: [tagIds.get("Customer"), tagIds.get("Subscriber")] }),
    ],
    [
      "Quiet for two months",
      all({ field: "lastInteraction", op: "notWithin", days: 60 }, { field: "consent", op: "subscribed" }),
    ],
    [
      "Frequent buyers",
      all({ field: "numberField", op: "above", fieldId: fieldIds.get("orders"), value: 5 }),
    ],
    ["Reads Spanish", all({ field: "locale", op: "any", values: ["es_ES"] })],
    [
      "Came from an ad this month",
      all(
        { field: "source", op: "any", values: ["ad"] },
        { field: "firstInteraction", op: "within", days: 30 },
      ),
    ],
    [guestList, null],
  ];
  const rows = segments.map(([name, conditions], place) => {
    const at = now - (120 - 14 * place) * day;
    const time = iso(at);
    return {
      id: dice.idAt(at),
      workspace_id: workspaceId,
      name,
      kind: conditions ? "dynamic" : "static",
      conditions,
      created_by: ownerId,
      created_at: time,
      updated_at: time,
    };
  });
  await insertRows(tx, "segments", rows);
  return new Map(rows.map(({ name, id }) => [name, id]));
}
