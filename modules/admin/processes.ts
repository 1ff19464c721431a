import type { Database } from "#db";

/** A process of this installation, from its database connections. */
export interface Process {
  role: string;
  id: string;
  /** Its connections, and those of them that work now. */
  connections: number;
  busy: number;
  since: string;
}

/** The connection name of a process, which `listProcesses` reads. */
export function processName(role: string): string {
  return `messagesender ${role} ${crypto.randomUUID().slice(0, 8)}`;
}

/** The processes that are connected to the database now. */
export async function listProcesses({ sql }: Pick<Database, "sql">): Promise<Process[]> {
  return await sql<Process[]>`
    select split_part(application_name, ' ', 2) as role, split_part(application_name, ' ', 3) as id,
           count(*)::int4 as connections, count(*) filter (where state <> 'idle')::int4 as busy,
           to_char(min(backend_start), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since
    from pg_stat_activity
    where datname = current_database() and application_name ~ '^messagesender [a-z]+ [0-9a-f]{8}$'
    group by 1, 2 order by 1, 5`;
}
