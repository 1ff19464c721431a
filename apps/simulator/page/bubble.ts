import { get, list, type MessageView, type Part, run, text, type ThreadView } from "./api.ts";
import { drawAttachment, drawCard, type Taps } from "./attachment.ts";
import { button, type Child, h, icon, icons } from "./dom.ts";

/** Requests of a bubble to its phone. */
export interface BubbleActions {
  reply(message: MessageView): void;
  edit(message: MessageView): void;
}

const inboxAppId = "263902037430900";
const reactions: [name: string, face: string][] = [
  ["love", "❤️"],
  ["smile", "😆"],
  ["wow", "😮"],
  ["sad", "😢"],
  ["angry", "😠"],
  ["like", "👍"],
];

/** A short description of a message, for quotes and for names of controls. */
export function summary(message: MessageView): string {
  const { content } = message;
  const words = text(content, "text") || text(get(content, "rendered"), "body");
  if (words !== "") return words.length > 60 ? `${words.slice(0, 57)}…` : words;
  const [attachment] = shownAttachments(content);
  return text(attachment, "type") || "message";
}

function shownAttachments(content: Part): Part[] {
  const attachments = list(content, "attachments");
  const single = get(content, "attachment");
  if (Object.keys(single).length > 0) attachments.push(single);
  if (content.sticker_id !== undefined) {
    attachments.push({ type: "sticker", payload: { sticker_id: String(content.sticker_id), url: "" } });
  }
  return attachments;
}

/** Draws one message of a thread with its reactions, its state and its menu. */
export function drawBubble(
  message: MessageView,
  thread: ThreadView,
  personas: Map<string, string>,
  actions: BubbleActions,
): HTMLElement {
  const isOwn = message.from === "person";
  const psid = thread.person.psid;
  const taps: Taps = {
    postback(title, payload) {
      run("POST", `persons/${psid}/tap`, { title, payload });
    },
    rate() {
      run("POST", `persons/${psid}/feedback`, {});
    },
    optIn(payload, title) {
      const token = `token-${message.mid.slice(2, 14)}`;
      const rest = { payload, title, notification_messages_token: token, user_token_status: "NOT_REFRESHED" };
      run("POST", `persons/${psid}/optin`, { type: "notification_messages", ...rest });
    },
  };
  return h(
    "div",
    {
      class: isOwn ? "message own" : "message",
      role: "article",
      "aria-label": isOwn ? `${thread.person.name} wrote` : "The page wrote",
    },
    senderLine(message, personas),
    quote(message, thread),
    h(
      "div",
      { class: "row" },
      drawContent(message, taps),
      message.isDeleted !== true && menu(message, psid, actions),
    ),
    reactionLine(message),
    stateLine(message, thread),
  );
}

function senderLine(message: MessageView, personas: Map<string, string>): Child {
  if (message.from === "person") return null;
  if (message.appId === inboxAppId || message.appId === "")
    return h("span", { class: "meta" }, "Typed in Business Suite");
  const persona = personas.get(message.personaId ?? "");
  if (persona !== undefined) return h("span", { class: "meta" }, persona);
  return message.tag === undefined ? null : h("span", { class: "meta" }, message.tag);
}

function quote(message: MessageView, thread: ThreadView): Child {
  const mid = text(get(message.content, "reply_to"), "mid");
  if (mid === "") return null;
  const original = thread.messages.find((known) => known.mid === mid);
  return h("span", { class: "quote" }, original === undefined ? "A message" : summary(original));
}

function drawContent(message: MessageView, taps: Taps): HTMLElement {
  const { content } = message;
  if (message.isDeleted === true) return h("div", { class: "bubble gone" }, "Message unsent");
  const rendered = get(content, "rendered");
  if (Object.keys(rendered).length > 0) {
    const header = text(rendered, "header");
    const body = text(rendered, "body");
    const card = { title: header || body, subtitle: header === "" ? "" : body, buttons: rendered.buttons };
    return drawCard(card, taps);
  }
  const words = text(content, "text");
  const attachments = shownAttachments(content);
  if (attachments.length === 0) return h("div", { class: "bubble" }, words);
  return h(
    "div",
    { class: "stack" },
    words !== "" && h("div", { class: "bubble" }, words),
    ...attachments.map((attachment) => drawAttachment(attachment, taps)),
  );
}

function reactionLine(message: MessageView): Child {
  const faces = [message.reactions?.person, message.reactions?.page].filter((name) => name !== undefined);
  if (faces.length === 0) return null;
  const shown = faces.map((name) => reactions.find(([known]) => known === name)?.[1] ?? name).join(" ");
  return h(
    "span",
    { class: "reactions", role: "img", "aria-label": `Reactions: ${faces.join(", ")}` },
    shown,
  );
}

function stateLine(message: MessageView, thread: ThreadView): Child {
  const { person, messages } = thread;
  const newest = messages.findLast((known) => known.from === message.from);
  const parts: string[] = [];
  if ((message.edits ?? 0) > 0) parts.push("edited");
  if (newest?.mid === message.mid) {
    parts.push(
      new Date(message.at).toLocaleString([], { weekday: "short", hour: "2-digit", minute: "2-digit" }),
    );
    if (message.from === "person")
      parts.push(person.seenUntil >= message.at ? "✓✓ Seen by the page" : "✓ Sent");
    else if (person.readUntil >= message.at) parts.push("✓✓ Read");
    else parts.push(person.deliveredUntil >= message.at ? "✓ Delivered" : "Waiting for the phone");
  }
  return parts.length === 0 ? null : h("span", { class: "meta" }, parts.join(" · "));
}

function menu(message: MessageView, psid: string, actions: BubbleActions): HTMLElement {
  const { mid } = message;
  const details = h("details", { class: "menu" });
  const close = (then: () => void) => () => {
    details.open = false;
    then();
  };
  const faces = reactions.map(([name, face]) => {
    const isSet = message.reactions?.person === name;
    const next = isSet ? null : name;
    const react = close(() => run("POST", `persons/${psid}/react`, { mid, reaction: next }));
    return button(`React with ${name}`, react, { face, pressed: isSet });
  });
  const own = [
    button(
      "Edit",
      close(() => actions.edit(message)),
    ),
    button(
      "Unsend",
      close(() => run("POST", `persons/${psid}/unsend`, { mid })),
    ),
  ];
  details.append(
    h("summary", { "aria-label": `Actions for “${summary(message)}”` }, icon(icons.more)),
    h(
      "div",
      { class: "sheet" },
      h("div", { class: "faces" }, ...faces),
      button(
        "Reply",
        close(() => actions.reply(message)),
      ),
      ...(message.from === "person" ? own : []),
    ),
  );
  return details;
}
