import { ControlError } from "./control_request.ts";
import { asRecord, asText, type JsonRecord } from "./json.ts";
import { commentAsPerson, publishComment, tapButton, typeInBusinessSuite } from "./person_actions.ts";
import { noteAnswered } from "./recipients.ts";
import type { Sim } from "./sim.ts";
import type { Comment, Message, Person } from "./state.ts";
import { acceptPageMessage, deliver, fromPerson, publishToThread, read } from "./threads.ts";
import { askForThread, giveThread, passThread, takeThread } from "./thread_control.ts";
import { inboxAppId, ownerOf } from "./thread_owner.ts";
import { newMid } from "./ids.ts";

/** The rarer things that happen around a person; control_persons.ts lists them. */
export function handleEvent(sim: Sim, person: Person, action: string, body: JsonRecord): unknown {
  const at = Date.now();
  switch (action) {
    case "tap":
      return tap(sim, person, body);
    case "start":
      return start(sim, person, body);
    case "deliver":
      return deliver(sim, person, [], person.messages.at(-1)?.at ?? at);
    case "read":
      return read(sim, person, person.messages.findLast((message) => message.from === "page")?.at ?? at);
    case "business_suite": {
      const isRouted = sim.state.pages.get(person.pageId)?.hasRouting === true;
      if (isRouted && ownerOf(person) !== inboxAppId) takeThread(sim, person, inboxAppId, undefined);
      const message = typeInBusinessSuite(sim, person, asText(body.text) ?? "", body.withAppId !== false);
      return { mid: message.mid };
    }
    case "comment": {
      const postId = asText(body.postId);
      const albumId = asText(body.albumId);
      const comment = commentAsPerson(sim, person, {
        text: asText(body.text) ?? "",
        ...(postId === undefined ? {} : { postId }),
        ...(albumId === undefined ? {} : { albumId }),
        ...(typeof body.at === "number" ? { at: body.at } : {}),
        isAnonymous: body.isAnonymous === true,
      });
      return { commentId: comment.id, postId: comment.postId };
    }
    case "answer_comment":
      return noteAnswered(sim, commentOf(sim, person, body));
    case "edit_comment":
    case "remove_comment":
      return changeComment(sim, person, action, body);
    case "referral":
      return refer(sim, person, body);
    case "optin":
      return optIn(sim, person, body);
    case "account_link":
      return linkAccount(sim, person, body);
    case "feedback": {
      const screens = {
        feedback_screens: [{ screen_id: 0, questions: { q_csat: { type: "csat", payload: "4" } } }],
      };
      const feedback = body.feedback_screens === undefined ? screens : body;
      return publishToThread(
        sim,
        person,
        "messaging_feedback",
        fromPerson(person, at, { messaging_feedback: feedback }),
      );
    }
    case "response_feedback": {
      const feedback = { feedback: asText(body.feedback) ?? "Good response", mid: asText(body.mid) };
      return publishToThread(
        sim,
        person,
        "response_feedback",
        fromPerson(person, at, { response_feedback: feedback }),
      );
    }
    case "owner": {
      const appId = body.isOurs === true ? sim.state.app.id : asText(body.appId);
      if (appId === undefined) return giveThread(sim, person, null);
      if (appId === inboxAppId) return takeThread(sim, person, appId, undefined);
      return passThread(sim, person, appId, asText(body.metadata));
    }
    case "ask_for_thread":
      return askForThread(sim, person, asText(body.appId) ?? inboxAppId, asText(body.metadata));
    case "meta_ai": {
      person.isHeldByMetaAi = body.isHolding !== false;
      sim.live.person(person.psid);
      sim.touch();
      const text = asText(body.text);
      return text === undefined ? undefined : { mid: answerAsMetaAi(sim, person, text).mid };
    }
    default:
      throw new ControlError(404, `Cannot do "${action}" as a person. See control_persons.ts`);
  }
}

/** Meta's AI answers: only the echo tells that, and its metadata. */
function answerAsMetaAi(sim: Sim, person: Person, text: string): Message {
  return acceptPageMessage(sim, person, {
    content: { text },
    appId: inboxAppId,
    metadata: '{"source":"axon"}',
    echoText: text,
    isAiGenerated: true,
  });
}

function tap(sim: Sim, person: Person, body: JsonRecord): void {
  const referral = asRecord(body.referral);
  tapButton(sim, person, {
    title: asText(body.title) ?? "",
    payload: asText(body.payload) ?? "",
    mid: newMid(),
    ...(referral === undefined ? {} : { referral }),
  });
}

function start(sim: Sim, person: Person, body: JsonRecord): void {
  const set = asText(asRecord(sim.state.pages.get(person.pageId)?.profile.get_started)?.payload);
  const ref = asText(body.ref);
  tapButton(sim, person, {
    title: "Get Started",
    payload: asText(body.payload) ?? set ?? "GET_STARTED",
    ...(ref === undefined ? {} : { referral: { ref, source: "SHORTLINK", type: "OPEN_THREAD" } }),
  });
}

function commentOf(sim: Sim, person: Person, body: JsonRecord): Comment {
  const comment = sim.state.comments.get(asText(body.commentId) ?? "");
  if (comment === undefined || comment.psid !== person.psid) {
    throw new ControlError(404, "Cannot find the comment: give the commentId of a comment by this person");
  }
  return comment;
}

function changeComment(sim: Sim, person: Person, action: string, body: JsonRecord): void {
  const comment = commentOf(sim, person, body);
  if (action === "remove_comment") comment.isDeleted = true;
  else comment.text = asText(body.text) ?? comment.text;
  publishComment(sim, person, comment, action === "remove_comment" ? "remove" : "edited");
  sim.touch();
}

/** An m.me link or an ad into an existing thread: the link opens the window, the ad only with a message after it. */
function refer(sim: Sim, person: Person, body: JsonRecord): void {
  const at = Date.now();
  const adId = asText(body.adId);
  const referral: JsonRecord = {
    ref: asText(body.ref) ?? "",
    source: asText(body.source) ?? (adId === undefined ? "SHORTLINK" : "ADS"),
    type: "OPEN_THREAD",
  };
  if (adId !== undefined) Object.assign(referral, { ad_id: adId, ads_context_data: { ad_title: "Ad" } });
  if (referral.source !== "ADS") person.lastActionAt = at;
  publishToThread(sim, person, "messaging_referrals", fromPerson(person, at, { referral }));
  sim.live.person(person.psid);
  sim.touch();
}

/** An opt-in does not open the window. A `user_ref` comes without a sender. */
function optIn(sim: Sim, person: Person, body: JsonRecord): void {
  const userRef = asText(body.user_ref);
  const item = fromPerson(person, Date.now(), { optin: body });
  if (userRef !== undefined) {
    sim.state.userRefs.set(userRef, person.psid);
    delete item.sender;
    sim.touch();
  }
  publishToThread(sim, person, "messaging_optins", item);
}

function linkAccount(sim: Sim, person: Person, body: JsonRecord): void {
  const isLinked = body.status !== "unlinked";
  person.isLinked = isLinked;
  const linking: JsonRecord = isLinked
    ? { status: "linked", authorization_code: asText(body.code) ?? "PASS_THROUGH_CODE" }
    : { status: "unlinked" };
  publishToThread(
    sim,
    person,
    "messaging_account_linking",
    fromPerson(person, Date.now(), { account_linking: linking }),
  );
  sim.touch();
}
