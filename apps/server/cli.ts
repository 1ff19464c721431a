import { parseArgs } from "node:util";
import { createMember, readUserByEmail, type Role } from "#auth";
import { Problem, randomToken } from "#std";
import { ConfigError, readConfig } from "./config.ts";
import { openSystem } from "./system.ts";

const usage = `Adds a person to a workspace and prints a first password for them.

  bun run cli add-member --email anna@example.com --name "Anna" --role operator [--workspace <id>]

Roles: viewer, operator, manager. Without --workspace: the only workspace there is.
While the server runs with its own embedded database, this uses the same one.
`;

const roles: readonly Exclude<Role, "owner">[] = ["viewer", "operator", "manager"];

function giveUp(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    email: { type: "string" },
    name: { type: "string" },
    role: { type: "string" },
    workspace: { type: "string" },
  },
});
const role = roles.find((one) => one === values.role);
const { email, name } = values;
if (positionals[0] !== "add-member" || !email || !name || !role) giveUp(usage);

try {
  const system = await openSystem(readConfig(process.env));
  try {
    const workspaceId = values.workspace ?? (await onlyWorkspace());
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

  async function onlyWorkspace(): Promise<string> {
    const rows = await system.sql<{ id: string }[]>`select id from auth.workspaces limit 2`;
    const [only] = rows;
    if (rows.length !== 1 || !only)
      giveUp("Say which workspace with --workspace <id>: there is not exactly one");
    return only.id;
  }
} catch (error) {
  if (error instanceof ConfigError || error instanceof Problem) giveUp(error.message);
  throw error;
}
