/** The Messenger profile: greeting, ice breakers, menu. */
export { newProfileJob, publishProfileJob, readProfileJob } from "./job_kinds.ts";
export { publishProfileHandler, readProfileHandler } from "./profile_jobs.ts";
export { messengerProfileRoutes } from "./routes_messenger_profile.ts";
export { emptyProfile } from "./schema.ts";
