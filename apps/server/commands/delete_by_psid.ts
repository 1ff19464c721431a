import { readFileSync, statSync } from "node:fs";
import { recordActivity } from "#auth";
import { deletePersons } from "#messaging";
import { readConfig } from "../config.ts";
import { openSystem } from "../system.ts";
import { UsageError } from "./usage.ts";

/**
 * Deletes the people of Meta's list of deletion requests: its ids are PSIDs or ids of Facebook Login. Skips unknown
 * ids, which Meta's list contains too.
 */
export async function deleteByPsidCommand([file]: string[]): Promise<void> {
  if (file !== undefined && !statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new UsageError(`There is no file ${file}`);
  const ids = [...new Set(readFileSync(file ?? "/dev/stdin", "utf8").match(/[0-9]+/g))];
  if (ids.length === 0) throw new UsageError("There is no id in it: write one a line");
  const system = await openSystem(readConfig(process.env));
  try {
    const { contacts, pages } = await deletePersons(system, ids);
    await recordActivity(system.sql, { action: "people.deleted", after: { contacts, pages } });
    process.stdout.write(`Of ${ids.length} ids: ${contacts} contacts deleted, ${pages} pages disconnected\n`);
  } finally {
    await system.close();
  }
}
