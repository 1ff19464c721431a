import { existsSync, readdirSync, readFileSync } from "node:fs";
import type postgres from "postgres";

/** One tick of the kernel's accounting, on every Linux that Bun runs on. */
const tickMs = 10;

interface Process {
  parent: number;
  ticks: number;
  /** Of its children that ended. */
  endedTicks: number;
}

function readProcess(pid: number | string): Process {
  const line = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name, in brackets, may contain spaces.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  return {
    parent: Number(fields[1]),
    ticks: Number(fields[11]) + Number(fields[12]),
    endedTicks: Number(fields[13]) + Number(fields[14]),
  };
}

/** Processor time in ms that a process of this machine has used. Null where there is no /proc. */
export function processCpuMs(pid: number): number | null {
  return existsSync(`/proc/${pid}/stat`) ? readProcess(pid).ticks * tickMs : null;
}

/**
 * Processor time in ms that the server behind `sql`, which must run on this machine, has used with all its
 * processes, those that ended included. Other work on the machine changes it far less than it changes rates. Null where there is no /proc.
 */
export async function postgresCpuMs(sql: postgres.Sql): Promise<number | null> {
  const [backend] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  if (!backend || !existsSync(`/proc/${backend.pid}/stat`)) return null;
  const { parent: postmaster } = readProcess(backend.pid);
  let ticks = readProcess(postmaster).endedTicks;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const process = readProcess(pid);
      if (process.parent === postmaster) ticks += process.ticks;
    } catch {
      // It ended between the listing and the look.
    }
  }
  return ticks * tickMs;
}
