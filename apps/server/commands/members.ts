import { parseArgs } from "node:util";
import { changeMemberRole, deactivateMember } from "#admin";
import {
  createMember,
  reactivateUser,
  readUserByEmail,
  readWorkspaceIds,
  resetPassword,
  resetSecondFactor,
  type Role,
} from "#auth";
import { parse, randomToken, Uuid } from "#std";
import { readConfig } from "../config.ts";
import { openSystem, type System } from "../system.ts";
import { UsageError } from "./usage.ts";

const roles: readonly Exclude<Role, "owner">[] = ["viewer", "operator", "manager"];

/** Adds a person to a workspace and prints a first password for them. */
export async function addMember(args: string[]): Promise<void> {
  const { email, name, role, workspace } = optionsOf(args);
  if (!email || !name || !role)
    throw new UsageError(
      "Say --email, --name and --role viewer, operator or manager; --workspace <id> where there is more than one.",
    );
  await withSystem(async (system) => {
    const workspaceId = workspace ?? (await onlyWorkspace(system));
    const isKnown = (await readUserByEmail(system.sql, email)) !== null;
    const password = newPassword();
    await createMember(system, { workspaceId, email, name, role, password });
    return isKnown
      ? `${email} is ${role} now and logs in as before`
      : `${email} is ${role} now. First password: ${password}`;
  });
}

/** Changes a member's role in a workspace. */
export async function changeRoleCommand(args: string[]): Promise<void> {
  const { email, role, workspace } = optionsOf(args);
  if (!email || !role)
    throw new UsageError(
      "Say --email and --role viewer, operator or manager; --workspace <id> where there is more than one.",
    );
  await withSystem(async (system) => {
    const workspaceId = workspace ?? (await onlyWorkspace(system));
    const userId = await idOf(system, email);
    await changeMemberRole(system, { workspaceId, userId, role });
    return `${email} is ${role} now and has to log in again`;
  });
}

/** Blocks a person from all workspaces; their messages keep their name. */
export async function deactivateCommand(args: string[]): Promise<void> {
  const { email } = optionsOf(args);
  if (!email) throw new UsageError("Say --email.");
  await withSystem(async (system) => {
    const count = await deactivateMember(system, await idOf(system, email));
    return `${email} is logged out and cannot log in any more. Conversations that nobody has now: ${count}`;
  });
}

/** Lets a person in again, with the roles and the password that they had. */
export async function reactivateCommand(args: string[]): Promise<void> {
  const { email } = optionsOf(args);
  if (!email) throw new UsageError("Say --email.");
  await withSystem(async (system) => {
    await reactivateUser(system, await idOf(system, email));
    return `${email} logs in as before`;
  });
}

/** Removes the second factors of a person, also of the owner. */
export async function removeSecondFactorCommand(args: string[]): Promise<void> {
  const { email } = optionsOf(args);
  if (!email) throw new UsageError("Say --email.");
  await withSystem(async (system) => {
    await resetSecondFactor(system, await idOf(system, email));
    return `${email} is logged out, and logs in with the password alone`;
  });
}

/** Sets a new password for a person, also for the owner, and prints it. */
export async function resetPasswordCommand(args: string[]): Promise<void> {
  const { email } = optionsOf(args);
  if (!email) throw new UsageError("Say --email.");
  await withSystem(async (system) => {
    const password = newPassword();
    await resetPassword(system, { userId: await idOf(system, email), password, isRandom: true });
    return `${email} is logged out. New password: ${password}`;
  });
}

// Meets the password rules for any random value.
const newPassword = () => `Aa1-${randomToken(12)}`;

function optionsOf(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      email: { type: "string" },
      name: { type: "string" },
      role: { type: "string" },
      workspace: { type: "string" },
    },
  });
  if (values.workspace !== undefined && !parse(Uuid, values.workspace).ok)
    throw new UsageError(
      `"${values.workspace}" is no id of a workspace: it is in the address of each of its screens, behind /w/`,
    );
  return { ...values, role: roles.find((one) => one === values.role) };
}

/** While the server runs with its own embedded database, this uses the same one. */
async function withSystem(work: (system: System) => Promise<string>): Promise<void> {
  const system = await openSystem(readConfig(process.env));
  try {
    process.stdout.write(`${await work(system)}\n`);
  } finally {
    await system.close();
  }
}

async function idOf({ sql: db }: Pick<System, "sql">, email: string): Promise<string> {
  const user = await readUserByEmail(db, email);
  if (!user) throw new UsageError(`Nobody here has the address ${email}`);
  return user.id;
}

async function onlyWorkspace({ sql: db }: Pick<System, "sql">): Promise<string> {
  const [only, another] = await readWorkspaceIds(db, 2);
  if (!only) throw new UsageError("There is no workspace yet: the owner makes one in the dashboard");
  if (another) throw new UsageError("Say which workspace with --workspace <id>: there are several");
  return only;
}
