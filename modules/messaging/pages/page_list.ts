import { decodeIdCursor, pageOf } from "#std";
import type { PageDeps } from "./deps.ts";
import { readPages } from "./page_store.ts";
import { viewPage } from "./page_view.ts";
import type { Page } from "./schema.ts";

/** The pages of a workspace, oldest connection first. */
export async function listPages(
  on: PageDeps,
  workspaceId: string,
  { limit = 50, cursor }: { limit?: number; cursor?: string },
): Promise<{ items: Page[]; nextCursor: string | null }> {
  const rows = await readPages(on, { workspaceId, afterId: decodeIdCursor(cursor), limit: limit + 1 });
  const { items, nextCursor } = pageOf(rows, limit, (row) => [row.id]);
  return { items: items.map((row) => viewPage(row, on.clock())), nextCursor };
}
