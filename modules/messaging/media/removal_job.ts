import { Type } from "@sinclair/typebox";
import type { JobHandler } from "#db";
import { parse } from "#std";
import { removeFile } from "./file_store.ts";

/** Removes a file whose row went in the transaction that asks for this: a disk knows no transactions. */
export const removalJob = "file.remove";

const Payload = Type.Object({ key: Type.String() });

export function removalHandler(on: { config: { dataDir: string } }): JobHandler {
  return {
    async run(payload) {
      const parsed = parse(Payload, payload);
      if (!parsed.ok) throw new Error("Cannot remove a file: the job does not name one");
      await removeFile(on.config.dataDir, parsed.value.key);
    },
  };
}
