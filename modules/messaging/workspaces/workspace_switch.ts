import type { Sql } from "postgres";
import { listSwitches, openWorkspace, switchWorkspace, type Workspace, type WorkspaceSwitch } from "#auth";
import { wakeWorkspace } from "../delivery/mod.ts";
import { type MessagingDeps, workspaceChannel } from "../deps.ts";
import { problem } from "./problems.ts";

/** The effect of a disable or enable. */
export interface Automation {
  /** Campaigns that are under way. */
  running: number;
  /** Those that wait for their time. */
  scheduled: number;
  /** Of these, those whose time has come: they begin as soon as the workspace is on. */
  due: number;
  sequences: number;
}

type On = Pick<MessagingDeps, "sql" | "live" | "wakeDelivery">;

interface By {
  workspaceId: string;
  userId: string;
}

/** The status of a workspace, its author and affected automation. */
export async function readSwitch(
  on: Pick<On, "sql">,
  workspaceId: string,
): Promise<{ history: WorkspaceSwitch[]; automation: Automation }> {
  const [history, automation] = await Promise.all([
    listSwitches(on, workspaceId),
    readAutomation(on.sql, workspaceId),
  ]);
  return { history, automation };
}

async function readAutomation(sql: Sql, workspaceId: string): Promise<Automation> {
  const isScheduled = sql`kind <> 'sequence' and status = 'scheduled'`;
  const [counted] = await sql<Automation[]>`
    select count(*) filter (where kind <> 'sequence' and status in ('planning', 'running'))::int4 as running,
      count(*) filter (where ${isScheduled})::int4 as scheduled,
      count(*) filter (where ${isScheduled} and due_at <= clock_timestamp()
        and coalesce(approval, 'given') = 'given')::int4 as due,
      count(*) filter (where kind = 'sequence' and status = 'running')::int4 as sequences
    from messaging.campaigns where workspace_id = ${workspaceId} and status in ('scheduled', 'planning', 'running')`;
  if (!counted) throw new Error("Cannot count what a workspace sends: no row came back");
  return counted;
}

/** Turns a workspace off: workers see it with their next claim, and Meta's events are still stored. */
export async function disableWorkspace(on: On, { workspaceId, userId }: By): Promise<Workspace> {
  const isNew = await on.sql.begin((tx) => switchWorkspace(tx, { workspaceId, userId, isOn: false }));
  if (isNew) await announce(on, workspaceId);
  return await openWorkspace(on, { workspaceId, userId });
}

/** Turns it on again: waiting messages are sent at once if policy still allows them. Throws 409 workspace-demo. */
export async function enableWorkspace(on: On, { workspaceId, userId }: By): Promise<Workspace> {
  const workspace = await openWorkspace(on, { workspaceId, userId });
  if (workspace.disabledAt === null) return workspace;
  if (workspace.isDemo) {
    throw problem("workspace-demo", { name: workspace.name });
  }
  const isNew = await on.sql.begin(async (tx) => {
    // Events of the disabled time trigger no sequence and no reply, as after a pause.
    await tx`update messaging.triggers set seen_until = clock_timestamp() where workspace_id = ${workspaceId}`;
    await tx`update messaging.auto_replies set seen_until = clock_timestamp() where workspace_id = ${workspaceId}`;
    const isSwitched = await switchWorkspace(tx, { workspaceId, userId, isOn: true });
    await wakeWorkspace(tx, workspaceId);
    return isSwitched;
  });
  if (isNew) await announce(on, workspaceId);
  on.wakeDelivery();
  return await openWorkspace(on, { workspaceId, userId });
}

async function announce(on: On, workspaceId: string): Promise<void> {
  await on.live.publish(workspaceChannel(workspaceId), [{ name: "workspace", data: { workspaceId } }]);
}
