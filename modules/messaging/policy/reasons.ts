import { defineTerms } from "#std";

/** Reasons why a message is not sent, and their remedies. The codes find both in the reader's language. */
export interface ReasonText {
  title: string;
  remedy: string;
  titleCode: string;
  remedyCode: string;
}

/** Words for reasons by their names: title and remedy. */
export function defineReasons<Name extends string>(
  texts: Readonly<Record<Name, { title: string; remedy: string }>>,
): Readonly<Record<Name, ReasonText>>;
export function defineReasons(texts: Readonly<Record<string, { title: string; remedy: string }>>) {
  const rows = Object.entries(texts);
  defineTerms("reason", Object.fromEntries(rows.map(([name, { title }]) => [name, title])));
  defineTerms("remedy", Object.fromEntries(rows.map(([name, { remedy }]) => [name, remedy])));
  return Object.fromEntries(
    rows.map(([name, text]) => [
      name,
      { ...text, titleCode: `reason-${name}`, remedyCode: `remedy-${name}` },
    ]),
  );
}

/** Actions that can fail for an outside reason, such as Meta or a page without access: the words after "Cannot". */
const actions = {
  "block-on-facebook": "block this person on Facebook",
  "check-app-settings": "check the app's webhook settings",
  "check-page": "check this page",
  "check-page-token": "check the page's token",
  "connect-page": "connect this page",
  "delete-utility-template": "delete this utility template",
  "disconnect-page": "disconnect this page",
  "finish-login": "finish the login with Facebook",
  "launch-campaign": "launch this campaign",
  "move-to-spam": "move the conversation to spam on Facebook",
  "publish-profile": "publish this Messenger profile",
  react: "react to this message",
  "read-login-pages": "load the pages of this login",
  "read-profile": "load this page's Messenger profile",
  "release-thread": "release the conversation",
  "repair-page": "repair this page",
  "request-thread": "request control of the conversation",
  "search-library": "search Meta's template library",
  "send-reply": "send this reply",
  "send-test": "send a test to this person",
  "set-app-settings": "save the app's webhook settings",
  "start-sequence": "start this sequence",
  "subscribe-page": "subscribe this page again",
  "take-thread": "take over the conversation",
  "unblock-on-facebook": "unblock this person on Facebook",
} as const;

defineTerms("action", actions);

export type Action = keyof typeof actions;
