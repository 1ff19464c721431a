import { m } from "#lib/paraglide/messages.js";
import {
  type ContentDraft,
  contentDraft,
  contentOf,
  contentProblems,
  emptyContent,
} from "../templates/content_draft.ts";
import { hoursProblem, usualHours } from "./hours.ts";
import type { AutoReplies, AutoRepliesChange, BusinessHours } from "../api/auto_replies.ts";

/** One automatic reply while it is written; switched off it is kept for the moment, and not stored. */
export interface ReplyDraft {
  isOn: boolean;
  content: ContentDraft;
}

export interface AutoRepliesDraft {
  welcome: ReplyDraft;
  away: ReplyDraft;
  hasHours: boolean;
  hours: BusinessHours;
}

export function autoRepliesDraft(
  { welcome, away, businessHours }: AutoReplies,
  timezone: string,
): AutoRepliesDraft {
  return {
    welcome: replyDraft(welcome),
    away: replyDraft(away),
    hasHours: businessHours !== null,
    hours: businessHours ?? usualHours(timezone),
  };
}

const replyDraft = (content: AutoReplies["welcome"]): ReplyDraft => ({
  isOn: content !== null,
  content: content ? contentDraft(content) : emptyContent(),
});

/** Without hours nobody is ever away, so an away message brings its hours; once set they stay. */
export function autoRepliesOf({ welcome, away, hasHours, hours }: AutoRepliesDraft): AutoRepliesChange {
  return {
    welcome: welcome.isOn ? contentOf(welcome.content) : null,
    away: away.isOn ? contentOf(away.content) : null,
    businessHours: away.isOn || hasHours ? hours : null,
  };
}

export function autoRepliesProblem({ welcome, away, hours }: AutoRepliesDraft): string | null {
  const inWelcome = welcome.isOn ? contentProblems(welcome.content)[0] : undefined;
  if (inWelcome !== undefined) return m.auto_replies_in_welcome({ problem: inWelcome });
  const inAway = away.isOn ? contentProblems(away.content)[0] : undefined;
  if (inAway !== undefined) return m.auto_replies_in_away({ problem: inAway });
  return away.isOn ? hoursProblem(hours) : null;
}
