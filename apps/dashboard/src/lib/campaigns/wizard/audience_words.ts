import { m } from "#lib/paraglide/messages.js";
import { wholeNumber } from "../../ui/format.ts";
import type { AudienceDraft } from "./draft.ts";

export interface Names {
  pages: readonly { id: string; name: string }[] | null;
  segments: readonly { id: string; name: string }[] | null;
}

/** The audience of a campaign, as a title of its own. */
export function audienceWords(audience: AudienceDraft, { pages, segments }: Names): string {
  const { way, pageIds, segmentId, contactIds, file, commentPageId } = audience;
  const pageName = (id: string | null): string =>
    pages?.find((page) => page.id === id)?.name ?? m.campaigns_some_page();
  const segment = segments?.find(({ id }) => id === segmentId);
  switch (way) {
    case "all":
      return m.campaigns_to_all();
    case "pages":
      return pageIds.map(pageName).join(", ") || m.campaigns_to_no_page();
    case "segment":
      return segmentId === null
        ? m.campaigns_to_no_segment()
        : m.campaigns_to_segment({ name: segment?.name ?? "…" });
    case "file":
      return file === null ? m.campaigns_to_no_file() : m.campaigns_to_file({ file: file.fileName });
    case "contacts":
      return m.campaigns_selected_count({ count: contactIds.length, shown: wholeNumber(contactIds.length) });
    case "given":
      return m.campaigns_to_given();
    case "comments":
      return m.campaigns_to_commenters({ page: pageName(commentPageId) });
  }
}
