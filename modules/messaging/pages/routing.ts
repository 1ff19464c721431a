import type { Sql } from "postgres";
import { GraphError, type PageAccess, readRouting } from "../graph/mod.ts";
import type { PageDeps } from "./deps.ts";

/** Whether Conversation Routing is on for the page; null when Meta does not say: nothing depends on it but a button. */
export async function askRouting(on: Pick<PageDeps, "graph">, access: PageAccess): Promise<boolean | null> {
  try {
    return await readRouting(on.graph, access);
  } catch (error) {
    if (error instanceof GraphError && error.class !== "token_dead") return null;
    throw error;
  }
}

/** Stores Meta's answer. True if it changed. */
export async function storeRouting(
  { sql }: { sql: Sql },
  { pageId, hasRouting }: { pageId: string; hasRouting: boolean },
): Promise<boolean> {
  const changed = await sql`update messaging.pages set has_routing = ${hasRouting}
    where id = ${pageId} and has_routing is distinct from ${hasRouting} returning id`;
  return changed.length > 0;
}
