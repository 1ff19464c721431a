/** The ledger of messages that go out, and the workers that send them at the pace Meta allows. */
export { type AppHold, readAppHold } from "./app_hold.ts";
export { type Attempt, readAttempt } from "./attempt.ts";
export { sentByEcho } from "./attempt_transitions.ts";
export { checkBreakers } from "./campaign_breakers.ts";
export { recordClick, recordCreated, recordOptOuts, recordSteps } from "./deltas.ts";
export { refreshEngaged } from "./engaged.ts";
export { lockFacts, type ReplyFacts } from "./facts.ts";
export {
  closeLanes,
  ensureLanes,
  type LaneSummary,
  mostPerSecond,
  resumeLanes,
  setPace,
  summarizeLanes,
  usualPerSecond,
  wakeCampaign,
  wakeLane,
  wakeLanes,
  wakeWorkspace,
} from "./lanes.ts";
export { takeLookup } from "./lookup.ts";
export { creditedUntil, outcomesSql, replyDays } from "./outcomes.ts";
export { canary } from "./canary.ts";
export { ratesOf, shareNow } from "./rates.ts";
export { personKey } from "./same_person.ts";
export { reasonText } from "./reason_texts.ts";
export { refusalProblem } from "./refusal_problem.ts";
export { retryReply, sendReply } from "./send_reply.ts";
export type { DeliverySettings } from "./settings.ts";
export {
  type DeliveryRow,
  deliveryStatesOf,
  type DeliveryStatus,
  leftAt,
  statusOfDelivery,
} from "./states.ts";
export { endWaiting, forgetRecipients, makeDue, replaceContents, requeueMissed } from "./transitions.ts";
export { type DeliveryWorker, startDelivery } from "./worker.ts";
