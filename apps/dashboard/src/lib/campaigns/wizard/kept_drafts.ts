import type { CampaignDraft } from "./draft.ts";

const PREFIX = "messagesender.campaign.";

/** What this browser keeps of a draft that is not complete enough for the server yet. */
export function keepDraft(key: string, draft: CampaignDraft): void {
  localStorage.setItem(PREFIX + key, JSON.stringify(draft));
}

export function dropDraft(key: string): void {
  localStorage.removeItem(PREFIX + key);
}

/** The kept draft over one that has every field, so that a draft of an older version still opens. */
export function keptDraft(key: string, empty: CampaignDraft): CampaignDraft | null {
  const stored = localStorage.getItem(PREFIX + key);
  if (stored === null) return null;
  try {
    const kept: Partial<CampaignDraft> = JSON.parse(stored);
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
