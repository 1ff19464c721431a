import { KEPT_DRAFTS } from "../../ui/written.ts";
import type { CampaignDraft } from "./draft.ts";

/**
 * The browser's copy of a draft that is not saved yet; `basedOn`: the server's version
 * when that was begun.
 */
export function keepDraft(key: string, draft: CampaignDraft, basedOn: string): void {
  try {
    localStorage.setItem(KEPT_DRAFTS + key, JSON.stringify({ ...draft, basedOn }));
  } catch {
    // A browser that has no room for it: the server gets it as soon as it is complete.
  }
}

export function dropDraft(key: string): void {
  localStorage.removeItem(KEPT_DRAFTS + key);
}

/**
 * The kept draft over one that has every field, so that a draft of an older version still opens. Null when there is none,
 * or when the server has something else by now: somebody else went on with it.
 */
export function keptDraft(key: string, empty: CampaignDraft, server: string): CampaignDraft | null {
  const stored = localStorage.getItem(KEPT_DRAFTS + key);
  if (stored === null) return null;
  try {
    const { basedOn = server, ...kept }: Partial<CampaignDraft> & { basedOn?: string } = JSON.parse(stored);
    if (basedOn !== server) return null;
    return {
      ...empty,
      ...kept,
      audience: { ...empty.audience, ...kept.audience },
      when: { ...empty.when, ...kept.when },
    };
  } catch {
    return null;
  }
}
