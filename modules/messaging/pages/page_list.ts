import { decodeCursor, pageOf, parse, Problem, Uuid } from "#std";
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
  const rows = await readPages(on, { workspaceId, afterId: readAfter(cursor), limit: limit + 1 });
  const { items, nextCursor } = pageOf(rows, limit, (row) => [row.id]);
  return { items: items.map((row) => viewPage(row, on.clock())), nextCursor };
}

function readAfter(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const after = parse(Uuid, decodeCursor(cursor, 1)[0]);
  if (after.ok) return after.value;
  throw new Problem("invalid-cursor", 422, 'Cannot read this "cursor": pass nextCursor of the page before');
}
