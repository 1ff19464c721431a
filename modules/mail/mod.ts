/** Mail: queued in the caller's transaction, sent by a job over SMTP. */
export type { MailDeps } from "./deps.ts";
export { mailHandlers } from "./mail_job.ts";
export type { MailContent } from "./mail_content.ts";
export type { MailServer } from "./mail_server.ts";
export { type MailState, pruneMails, readMailState, readMailStates } from "./mail_store.ts";
export { mostPerHour, type NewMail, queueMail, resealMails } from "./queue_mail.ts";
