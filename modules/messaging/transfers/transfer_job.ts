import type postgres from "postgres";
import type { JobHandler } from "#db";
import { type LiveBus, log, parse, Problem } from "#std";
import { TransferPayload } from "./import_options.ts";
import { endTransfer, hasUndoneBy, readTransferRow, type TransferRow } from "./transfer_store.ts";
import type { LiveEvent } from "../live_event.ts";
import { problem, say, type TransferRemedy } from "./problems.ts";

interface TransferJobDeps {
  sql: postgres.Sql;
  live: LiveBus<LiveEvent>;
}

/** The work on one transfer, and the advice to its owner if it cannot be finished. */
interface TransferWork extends Pick<JobHandler, "maxAttempts"> {
  /** Ends the transfer, or throws: a Problem when no second attempt would change anything. */
  run(row: TransferRow): Promise<void>;
  /** A sentence. */
  remedy: TransferRemedy;
  /** Whether it takes back what another job did. */
  undoes?: boolean;
}

/**
 * The handler of a job that works on a transfer: one that cannot be finished ends as failed, with the reason in words,
 * and goes on when the job is run again from the health page.
 */
export function transferHandler(on: TransferJobDeps, work: TransferWork): JobHandler {
  const { run, remedy, undoes = false, ...limits } = work;

  return {
    ...limits,
    async run(payload) {
      const parsed = parse(TransferPayload, payload);
      if (!parsed.ok) throw new Error("Cannot work on a transfer: the job does not name one");
      const { workspaceId, transferId } = parsed.value;
      await on.sql`
        update messaging.contact_transfers set status = 'running', error = null, finished_at = null
        where workspace_id = ${workspaceId} and id = ${transferId} and status = 'failed'
          and (options ? 'undoneBy') = ${undoes}`;
      const row = await readTransferRow(on, workspaceId, transferId);
      if (row.status !== "running" || hasUndoneBy(row) !== undoes) return;
      try {
        await run(row);
      } catch (error) {
        const fault = faultOf(error);
        if (fault === null) throw error;
        log.warn("Work on contacts ended early", { error });
        await endTransfer(on, { workspaceId, id: transferId, status: "failed", error: fault });
      }
    },
    async givenUp(payload, failure) {
      const parsed = parse(TransferPayload, payload);
      if (!parsed.ok) return;
      const { workspaceId, transferId: id } = parsed.value;
      const error = say("transfer-given-up", { cause: causeOf(failure), remedy }).text;
      await endTransfer(on, { workspaceId, id, status: "failed", error });
    },
  };
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";

/**
 * In words what no second attempt would change: something named that is gone, a file that is no CSV, or not here any
 * more.
 */
function faultOf(error: unknown): string | null {
  if (codeOf(error) === "ENOENT") return say("transfer-file-gone").text;
  return error instanceof Problem ? error.message : null;
}

/** Postgres and the file system say what only an administrator understands: the health page and the log have it. */
function causeOf(failure: unknown): string {
  const code = codeOf(failure);
  if (code === "57014") return "slow";
  if (code === "ENOSPC" || code === "53100") return "disk";
  return "other";
}

/** Thrown if the record of a transfer cannot be read any more. */
export const outdated = (): Problem => problem("transfer-outdated");
