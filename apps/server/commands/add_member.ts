import { parseArgs } from "node:util";
import { createMember, readUserByEmail, type Role } from "#auth";
import { parse, randomToken, Uuid } from "#std";
import { readConfig } from "../config.ts";
import { openSystem, type System } from "../system.ts";
import { UsageError } from "./usage.ts";

const usage = `Say --email, --name and --role viewer, operator or manager; --workspace <id> where there is more than one.`;

const roles: readonly Exclude<Role, "owner">[] = ["viewer", "operator", "manager"];

/**
 * Adds a person to a workspace and prints a first password for them. While the server runs with its own embedded
 * database, this uses the same one.
 */
export async function addMember(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      email: { type: "string" },
      name: { type: "string" },
      role: { type: "string" },
      workspace: { type: "string" },
    },
  });
  const role = roles.find((one) => one === values.role);
  const { email, name } = values;
  if (!email || !name || !role) throw new UsageError(usage);
  if (values.workspace !== undefined && !parse(Uuid, values.workspace).ok)
    throw new UsageError(
      `"${values.workspace}" is no id of a workspace: it is in the address of each of its screens, behind /w/`,
    );

  const system = await openSystem(readConfig(process.env));
  try {
    const workspaceId = values.workspace ?? (await onlyWorkspace(system));
    const isKnown = (await readUserByEmail(system.db, email)) !== null;
    // Fits the password rules whatever the dice say.
    const password = `Aa1-${randomToken(12)}`;
    await createMember(system, { workspaceId, email, name, role, password });
    process.stdout.write(
      isKnown
        ? `${email} is ${role} now and logs in as before\n`
        : `${email} is ${role} now. First password: ${password}\n`,
    );
  } finally {
    await system.close();
  }
}

async function onlyWorkspace({ sql }: Pick<System, "sql">): Promise<string> {
  const rows = await sql<{ id: string }[]>`select id from auth.workspaces limit 2`;
  const [only] = rows;
  if (rows.length !== 1 || !only)
    throw new UsageError("Say which workspace with --workspace <id>: there is not exactly one");
  return only.id;
}
