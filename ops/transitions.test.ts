import { readFile } from "node:fs/promises";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import ts from "typescript";
import { expect, test } from "vitest";

/** Columns that only these files may write. Paths begin below modules/messaging. */
interface Guard {
  table: string;
  columns: readonly string[];
  /** May update them. */
  change: readonly string[];
  /** May insert rows that name them. */
  create: readonly string[];
}

/** Inserts the invented history of the demo into any table; nothing of it is sent. */
const demo = "demo/insert_rows.ts";

const guards: Guard[] = [
  {
    table: "messaging.deliveries",
    columns: [
      "state",
      "reason",
      "error_code",
      "error_subcode",
      "error_text",
      "attempts",
      "unknowns",
      "attempt_id",
      "attempt_at",
      "lane_epoch",
      "due_at",
      "settled_at",
    ],
    change: ["delivery/transitions.ts", "delivery/attempt_transitions.ts"],
    create: [
      demo,
      "campaign_plan/plan_rows.ts",
      "campaign_draft/test_send.ts",
      "delivery/send_reply.ts",
      "sequences/advance.ts",
      "sequences/write_auto_messages.ts",
    ],
  },
  {
    table: "messaging.conversations",
    columns: [
      "status",
      "snoozed_until",
      "assignee_id",
      "unread_count",
      "control",
      "controlled_by_app",
      "controlled_at",
      "held_at",
    ],
    // The inbound statement writes contacts and messages at once, and stays whole.
    change: ["conversations/transitions.ts", "conversations/control.ts", "inbound/record_messages.ts"],
    create: [demo],
  },
  {
    table: "messaging.campaigns",
    columns: [
      "status",
      "status_reason",
      "status_at",
      "paused_from",
      "untold",
      "launched_at",
      "launched_by",
      "planned_at",
      "finished_at",
      "counts",
      "recent",
      "progress",
      "progress_at",
      "receipts_due_at",
      "results",
      "results_at",
    ],
    // The demo counts its inserted rows in the same transaction.
    change: [
      "demo/ledger.ts",
      "campaign_state/transitions.ts",
      "campaign_state/stops.ts",
      "campaign_state/sequence_transitions.ts",
      "campaign_state/counts.ts",
    ],
    create: ["campaign_draft/draft.ts", demo],
  },
  {
    table: "messaging.campaign_deltas",
    columns: ["campaign_id", "counts", "errors"],
    change: [],
    create: ["delivery/deltas.ts", demo],
  },
];

/** The tables and columns that a statement writes. */
interface Write {
  table: string;
  by: "update" | "insert";
  /** all: the text does not say which. */
  columns: string[] | "all";
  line: number;
}

/** Stands for a part of a text that is put in when the program runs. */
const hole = "$_";

/** Names of tables as SQL and in Drizzle. */
async function readTables(): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const exported: Record<string, unknown> = await import("../db/tables/messaging.ts");
  for (const [name, table] of Object.entries(exported))
    if (table instanceof PgTable) names.set(name, `messaging.${getTableConfig(table).name}`);
  return names;
}

/** The columns that a list of assignments names; it ends with its statement. */
function assigned(list: string): string[] | "all" {
  const parts = [""];
  let depth = 0;
  for (const token of list.match(/'[^']*'|\bdistinct\s+from\b|\w+|\$_|\s+|./gs) ?? []) {
    if (token === "(") depth += 1;
    if (token === ")") depth -= 1;
    if (depth < 0 || (depth === 0 && /^(from|where|returning|;)$/i.test(token))) break;
    if (depth === 0 && token === ",") parts.push("");
    else parts.push((parts.pop() ?? "") + token);
  }
  const names = parts.map((part) => /^\s*"?(\w+)"?\s*=/.exec(part)?.[1]);
  return names.every((name) => name !== undefined) ? names : "all";
}

const statement =
  /(?<!\b(?:for|do|key)\s)\b(update|insert\s+into|merge\s+into)\s+(?:only\s+)?("?[a-z]\w*"?\."?[a-z]\w*"?|\$_)/gi;

function writesOfText(text: string): Omit<Write, "line">[] {
  const plain = text.replaceAll(/--.*$/gm, "");
  return [...plain.matchAll(statement)].flatMap(({ 0: found, 1: verb = "", 2: name = "", index }) => {
    const table = name.replaceAll('"', "").toLowerCase();
    const rest = plain.slice(index + found.length);
    if (/^merge/i.test(verb)) return [{ table, by: "update" as const, columns: "all" as const }];
    if (/^update/i.test(verb)) {
      const set = /^\s+(?:as\s+)?(?:(?!set\b)\w+\s+)?set\b/i.exec(rest);
      return [
        {
          table,
          by: "update" as const,
          columns: set ? assigned(rest.slice(set[0].length)) : ("all" as const),
        },
      ];
    }
    const list = /^\s*(?:as\s+)?(?:\w+\s*)?\(([\w\s,"]*)\)/i.exec(rest)?.[1];
    const columns = list?.split(",").map((column) => column.trim().replaceAll('"', "")) ?? ("all" as const);
    const conflict = /\bdo\s+update\s+set\b/i.exec(rest.split(statement)[0] ?? "");
    const change = conflict ? assigned(rest.slice(conflict.index + conflict[0].length)) : [];
    return [
      { table, by: "insert" as const, columns },
      ...(conflict ? [{ table, by: "update" as const, columns: change }] : []),
    ];
  });
}

/** Every write of a source: in its texts, and by Drizzle's update() and insert(). */
function writesOf(source: string, tables: ReadonlyMap<string, string>): Write[] {
  const file = ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true);
  const found: Write[] = [];
  const tableOf = (node: ts.Node | undefined) =>
    node && ts.isIdentifier(node) ? tables.get(node.text) : undefined;
  const visit = (node: ts.Node): void => {
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    if (ts.isTemplateExpression(node)) {
      const parts = node.templateSpans.map((span) => (tableOf(span.expression) ?? hole) + span.literal.text);
      found.push(...writesOfText(node.head.text + parts.join("")).map((one) => ({ ...one, line })));
    } else if (ts.isStringLiteralLike(node)) {
      found.push(...writesOfText(node.text).map((one) => ({ ...one, line })));
    } else if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const table = tableOf(node.arguments[0]);
      const by = node.expression.name.text;
      if (table !== undefined && (by === "update" || by === "insert"))
        found.push({ table, by, columns: "all", line });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The columns of a guard that a write changes. */
function touched({ table, columns }: Guard, write: Write): string[] {
  if (write.table !== table && write.table !== hole) return [];
  const { columns: written } = write;
  return columns.filter((column) => written === "all" || written.includes(column));
}

test("writesOf() finds the writes of a statement, however it is composed", async () => {
  const tables = await readTables();
  const found = (source: string) =>
    writesOf(source, tables).map(({ table, by, columns }) => [table, by, columns]);
  const table = "messaging.deliveries";

  expect(
    found("sql`with a as (update messaging.deliveries as d set state = 'x', mid = f(a, b) from a)`"),
  ).toEqual([[table, "update", ["state", "mid"]]]);
  expect(
    found("sql`update ${deliveries} set psid = a is distinct from b, state = ${one} where id = 1`"),
  ).toEqual([[table, "update", ["psid", "state"]]]);
  expect(found("const text = `update messaging.deliveries set ${list}`")).toEqual([[table, "update", "all"]]);
  expect(found("sql`update messaging.deliveries ${rest}`")).toEqual([[table, "update", "all"]]);
  expect(found("sql`update ${table} set state = 'x'`")).toEqual([[hole, "update", ["state"]]]);
  expect(found('"merge into messaging.deliveries using x"')).toEqual([[table, "update", "all"]]);
  expect(found("tx.update(deliveries).set(values)")).toEqual([[table, "update", "all"]]);
  expect(
    found(
      "`insert into messaging.deliveries as d (id, psid) values (1, 2) on conflict (id) do update set state = ''`",
    ),
  ).toEqual([
    [table, "insert", ["id", "psid"]],
    [table, "update", ["state"]],
  ]);
  expect(found("sql`select from messaging.deliveries order by id for no key update of d`")).toEqual([]);
});

test("states and counts change only where their transitions are", async () => {
  const tables = await readTables();
  const stray: string[] = [];
  const used = new Set<string>();
  const named = [...tables].flatMap(([name, table]) =>
    guards.some((guard) => guard.table === table) ? [name, table.replace("messaging.", "")] : [],
  );
  const mayWrite = new RegExp(`\\b(${named.join("|")})\\b|\\b(update|into)\\s+\\$\\{`, "i");
  for (const pattern of ["modules/**/*.ts", "db/*.ts", "apps/server/**/*.ts", "apps/simulator/**/*.ts"])
    for await (const path of new Bun.Glob(pattern).scan()) {
      if (/\.test\.ts$|\/testing(\.ts$|\/)/.test(path)) continue;
      const source = await readFile(path, "utf8");
      // To parse the others would take most of the time.
      if (!mayWrite.test(source)) continue;
      for (const write of writesOf(source, tables))
        for (const guard of guards) {
          const columns = touched(guard, write);
          if (columns.length === 0) continue;
          const allowed = write.by === "update" ? guard.change : [...guard.change, ...guard.create];
          const home = allowed.find((file) => path === `modules/messaging/${file}`);
          if (home === undefined)
            stray.push(`${path}:${write.line} ${write.by}s ${guard.table}: ${columns.join(", ")}`);
          else used.add(`${guard.table} ${home}`);
        }
    }

  expect(stray).toEqual([]);
  const listed = guards.flatMap(({ table, change, create }) =>
    [...change, ...create].map((file) => `${table} ${file}`),
  );
  expect(listed.filter((file) => !used.has(file))).toEqual([]);
});
