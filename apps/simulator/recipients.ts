import { GraphError, invalidParameter, noMatchingUser } from "./graph_error.ts";
import { asText, type JsonRecord } from "./json.ts";
import type { Sim } from "./sim.ts";
import type { Comment, Page, Person } from "./state.ts";

/** Whom a send call means. */
export interface Recipient {
  person: Person;
  /** The comment that a private reply answers. */
  comment?: Comment;
  /** Named by a `user_ref`: the answer then carries no recipient_id. */
  isByReference: boolean;
}

const names = [
  "id",
  "user_ref",
  "comment_id",
  "post_id",
  "notification_messages_token",
  "one_time_notif_token",
];
const replyMs = 7 * 24 * 3_600_000;

/** Finds the person behind `recipient`. Throws Meta's errors for an unknown person, and for a second private reply. */
export function findRecipient(sim: Sim, page: Page, recipient: JsonRecord | undefined): Recipient {
  if (recipient === undefined) throw invalidParameter("The parameter recipient is required");
  const given = names.filter((name) => recipient[name] !== undefined);
  const [name] = given;
  if (name === undefined || given.length > 1) {
    throw invalidParameter(`Param recipient must have exactly one of {${names.join(", ")}}`);
  }
  const value = asText(recipient[name]) ?? "";
  switch (name) {
    case "id":
      return { person: findPerson(sim, page, value), isByReference: false };
    case "user_ref":
      return { person: findPerson(sim, page, sim.state.userRefs.get(value) ?? ""), isByReference: true };
    case "comment_id":
    case "post_id":
      return findCommenter(sim, page, value);
    default:
      throw invalidParameter("The token is invalid or has expired");
  }
}

/** The person with the PSID, if they belong to the page. */
export function findPerson(sim: Sim, page: Page, psid: string): Person {
  const person = sim.state.persons.get(psid);
  if (person === undefined || person.pageId !== page.id) throw noMatchingUser();
  return person;
}

function findCommenter(sim: Sim, page: Page, id: string): Recipient {
  const comment = sim.state.comments.get(id);
  const person = comment === undefined ? undefined : sim.state.persons.get(comment.psid);
  if (comment === undefined || person === undefined || comment.pageId !== page.id || comment.isDeleted) {
    throw invalidParameter("The comment is invalid for a private reply", 2534025);
  }
  if (comment.wasAnswered) {
    throw new GraphError(10900, "(#10900) Activity already replied to");
  }
  if (person.hasBlocked || person.isBlockedByPage)
    throw new GraphError(10903, "(#10903) This user cant reply to this activity", {});
  if (comment.at + replyMs < Date.now()) {
    throw invalidParameter("The comment is invalid for a private reply: it is older than 7 days", 2534025);
  }
  if (!sim.limiter.take(`private ${page.id}`, sim.switches.limits.privateRepliesPerHour, 3_600_000)) {
    throw new GraphError(613, "(#613) Calls to this api have exceeded the rate limit.", {});
  }
  return { person, comment, isByReference: false };
}

/** Remembers that the comment had its one private reply. */
export function noteAnswered(sim: Sim, comment: Comment): void {
  comment.wasAnswered = true;
  sim.touch();
}
