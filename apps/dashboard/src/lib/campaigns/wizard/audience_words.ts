import { plural } from "../../ui/format.ts";
import type { AudienceDraft } from "./draft.ts";

export interface Names {
  pages: readonly { id: string; name: string }[] | null;
  segments: readonly { id: string; name: string }[] | null;
}

/** Whom a campaign goes to, to be read after "goes to". */
export function audienceWords(audience: AudienceDraft, { pages, segments }: Names): string {
  const { way, pageIds, segmentId, contactIds, file, commentPageId } = audience;
  const pageName = (id: string | null): string => pages?.find((page) => page.id === id)?.name ?? "a page";
  const segment = segments?.find(({ id }) => id === segmentId);
  switch (way) {
    case "all":
      return "everyone on every page";
    case "pages":
      return pageIds.map(pageName).join(", ") || "no page yet";
    case "segment":
      return segmentId === null ? "no segment yet" : `the segment “${segment?.name ?? "…"}”`;
    case "file":
      return file === null ? "no file yet" : `the people of ${file.fileName}`;
    case "contacts":
      return plural(contactIds.length, "picked contact");
    case "given":
      return "people by the campaign's own conditions";
    case "comments":
      return `who commented on ${pageName(commentPageId)}`;
  }
}
