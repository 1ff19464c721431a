/** What members who see a part of a workspace see of its conversations, contacts and pages, in SQL. */
export { findUnseenIn, seenConversations } from "./find_unseen.ts";
export { seesContact, seesConversation, seesPage } from "./conditions.ts";
