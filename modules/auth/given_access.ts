import type { GivenAccess } from "./page_access.ts";
import { problem } from "./problems.ts";

/** Throws 422 `member-pages-unknown` unless pages are chosen for access by page, and for no other. */
export function requireAccess({ kind, pageIds }: GivenAccess): void {
  if ((kind === "pages") !== pageIds.length > 0) throw problem("member-pages-unknown");
}

/** As the activity log has it: pages by their ids, and none where all are seen. */
export const accessInLog = ({ kind, pageIds }: GivenAccess) => ({
  access: kind,
  pageIds: kind === "pages" ? pageIds.toSorted() : null,
});

const pageKeys = new Set(["member_pages_page", "invitation_pages_page"]);

/** Throws the problem of a page that is not in the workspace, or the error. */
export function refuseUnknownPages(error: unknown): never {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error && "constraint_name" in cause && pageKeys.has(String(cause.constraint_name)))
    throw problem("member-pages-unknown");
  throw error;
}
