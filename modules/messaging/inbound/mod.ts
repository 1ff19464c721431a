/**
 * Events from Meta, written into tables. The module webhooks imports this as `#messaging/inbound`, with the few words of
 * other rooms that it needs to read events.
 */
export { appName, metaAiApp } from "./app_name.ts";
export type {
  ConsentChange,
  ContactSource,
  InboundAttachment,
  InboundComment,
  InboundEdit,
  InboundEvent,
  InboundMessage,
  InboundNotice,
  InboundReaction,
  InboundReceipt,
  InboundUnsend,
  PageNews,
} from "./inbound_event.ts";
export { learnTableSizes, markPagesHeard, publishTouched } from "./inbound_live.ts";
export { sealOptInsHandler, sealOptInsJob } from "./opt_in_job.ts";
export {
  hideOptInTokens,
  openOptInTokens,
  resealOptInTokens,
  sealOptInTokens,
  withoutOptInTokens,
} from "./opt_in_tokens.ts";
export { type History, recordHistory } from "./record_history.ts";
export { recordInbound, type RecordOptions } from "./record_inbound.ts";
export type { CallersLog, TouchedConversation } from "./record_messages.ts";
export { consentWord, type OwnWords, ownWordsOf, readOwnConsentWords } from "../contacts/mod.ts";
export { readAttempt } from "../delivery/mod.ts";
export { readStanding } from "../graph/mod.ts";
