/** Steps that follow each other, and automatic replies. */
export { advanceSequences } from "./advance.ts";
export { confirmConsentHandler } from "./confirm_consent.ts";
export { sendAutoReplies } from "./send_auto_replies.ts";
export { exitByClick, exitSequences } from "./exit.ts";
export { autoRepliesRoutes } from "./routes_auto_replies.ts";
export { enrolmentRoutes } from "./routes_enrolments.ts";
export { sequencesRoutes } from "./routes_sequences.ts";
export { firstIdOf } from "./seen.ts";
export { runTriggers } from "./triggers.ts";
