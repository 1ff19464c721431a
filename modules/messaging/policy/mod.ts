/** When a message may go to a person, and why not: Meta's windows, tags and the person's consent. */
export { contactFacts, contactFactsOf, type ContactFactTexts } from "./contact_facts.ts";
export {
  type Allowed,
  type ContactFacts,
  type ContentFacts,
  decide,
  type Decision,
  type MessagingType,
  type PageFacts,
  type Route,
  type Tag,
} from "./policy.ts";
export { type QuietHours, quietUntil } from "./quiet_hours.ts";
export { type Action, defineReasons, type ReasonText } from "./reasons.ts";
export { type RefusalReason, refusalText, refusalTexts } from "./refusals.ts";
export { refusalSql } from "./sql.ts";
export { canReply, windowOf } from "./view.ts";
export { type Fragment, windowSql, type WindowSql } from "./window_sql.ts";
