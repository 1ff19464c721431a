import type { Viewer } from "#auth";
import { decodeIdCursor, pageOf } from "#std";
import type { PageDeps } from "./deps.ts";
import { readPages } from "./page_store.ts";
import { viewPage } from "./page_view.ts";
import type { Page } from "./schema.ts";

/** The pages of a workspace that the viewer sees, oldest connection first. */
export async function listPages(
  on: PageDeps,
  workspaceId: string,
  { limit = 50, cursor, viewer }: { limit?: number; cursor?: string; viewer?: Viewer },
): Promise<{ items: Page[]; nextCursor: string | null }> {
  const rows = await readPages(on, {
    workspaceId,
    afterId: decodeIdCursor(cursor),
    limit: limit + 1,
    viewer,
  });
  const { items, nextCursor } = pageOf(rows, limit, (row) => [row.id]);
  return { items: items.map((row) => viewPage(row, on.clock())), nextCursor };
}
