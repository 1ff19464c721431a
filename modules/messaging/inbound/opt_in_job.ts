import { type Database, JobDelayed, type JobHandler } from "#db";
import { type Keyring, log, Problem } from "#std";
import { resealOptInTokens } from "./opt_in_tokens.ts";

export const sealOptInsJob = "inbox.seal_opt_ins";

const daySeconds = 24 * 3_600;

/** At the start, and once a day: a process of an older version may have written opt-in tokens in the clear. */
export function sealOptInsHandler(on: Pick<Database, "sql"> & { keyring: Keyring }): JobHandler {
  return {
    async run() {
      try {
        const { resealed } = await resealOptInTokens(on, on.keyring);
        if (resealed > 0) log.info("Sealed opt-in tokens", { resealed });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        log.warn("Cannot seal every opt-in token", { error });
      }
      throw new JobDelayed(daySeconds, "Done; again tomorrow");
    },
  };
}
