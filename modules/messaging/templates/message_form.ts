import { type Fields, fieldsList, fieldsOf, textOf } from "../graph/mod.ts";
import type { Button, Content } from "./content.ts";
import { writeLibraryImage, writeTrackedLink } from "./fill_message.ts";
import { type UtilityDefinition, utilityMessage } from "./utility_form.ts";

/** A library file as a message needs it. */
export interface ContentFile {
  type: "image" | "video" | "audio" | "file";
  fileKey: string;
}

/** Things that content refers to, by their reference. */
export interface ContentParts {
  files: ReadonlyMap<string, ContentFile>;
  utility: (template: { name: string; language: string }) => UtilityDefinition | undefined;
}

export interface StoredMessage {
  /** The `message` object of the Send API, with variables, and without the attachment id of `mediaFileId`. */
  message: Fields;
  /** Targets of tracked links, in their order. */
  links: string[];
  /** The file that is the message, as opposed to images of its cards. */
  mediaFileId: string | null;
  imageFileIds: string[];
}

/** Content in the form of the Send API. `contentProblems` names missing and excess parts. */
export function buildMessage(content: Content, parts: ContentParts): StoredMessage {
  const built: StoredMessage = { message: {}, links: [], mediaFileId: null, imageFileIds: [] };
  const { text, cards, mediaFileId, utility } = content;
  const buttons = (list: readonly Button[] = []) => list.map((button) => buttonForm(button, built.links));
  const top = buttons(content.buttons);
  if (utility !== undefined) {
    const definition = parts.utility(utility);
    return { ...built, message: definition ? utilityMessage(definition, utility.parameters) : {} };
  }
  if (cards !== undefined) {
    const elements = cards.map((card) => {
      const image = cardImage(card, parts);
      if (card.mediaFileId !== undefined) built.imageFileIds.push(card.mediaFileId);
      return {
        title: card.title,
        ...(card.subtitle === undefined ? {} : { subtitle: card.subtitle }),
        ...(image === undefined ? {} : { image_url: image }),
        ...(card.buttons === undefined || card.buttons.length === 0
          ? {}
          : { buttons: buttons(card.buttons) }),
      };
    });
    built.message = template({ template_type: "generic", elements });
  } else if (mediaFileId !== undefined) {
    built.mediaFileId = mediaFileId;
    const type = parts.files.get(mediaFileId)?.type ?? "file";
    built.message =
      top.length > 0
        ? template({ template_type: "media", elements: [{ media_type: type, buttons: top }] })
        : { attachment: { type, payload: {} } };
  } else if (top.length > 0) {
    built.message = template({ template_type: "button", text: text ?? "", buttons: top });
  } else if (text !== undefined) {
    built.message = { text };
  }
  if (content.quickReplies !== undefined && content.quickReplies.length > 0) {
    built.message.quick_replies = content.quickReplies.map(({ title, payload }) => ({
      content_type: "text",
      title,
      payload: payload ?? title,
    }));
  }
  return built;
}

const template = (payload: Fields): Fields => ({ attachment: { type: "template", payload } });

function buttonForm(button: Button, links: string[]): Fields {
  const { title } = button;
  switch (button.type) {
    case "postback":
      return { type: "postback", title, payload: button.payload };
    case "call":
      return { type: "phone_number", title, payload: button.phone };
    case "url":
      if (!button.isTracked) return { type: "web_url", title, url: button.url };
      links.push(button.url);
      return { type: "web_url", title, url: writeTrackedLink(links.length - 1, button.url) };
  }
}

function cardImage(
  card: { imageUrl?: string; mediaFileId?: string },
  { files }: ContentParts,
): string | undefined {
  if (card.mediaFileId === undefined) return card.imageUrl;
  return writeLibraryImage(files.get(card.mediaFileId)?.fileKey ?? "");
}

/** The attachment id that a message carries; null when it carries none. */
export function attachedId(message: Fields): string | null {
  const payload = fieldsOf(fieldsOf(message.attachment)?.payload);
  return textOf(payload?.attachment_id) ?? textOf(fieldsList(payload?.elements)[0]?.attachment_id);
}

/** The message with the attachment id of its file on the page that sends it. */
export function attachFile(message: Fields, attachmentId: string): Fields {
  const attachment = fieldsOf(message.attachment) ?? {};
  const payload = fieldsOf(attachment.payload) ?? {};
  const attached =
    attachment.type === "template"
      ? {
          elements: fieldsList(payload.elements).map((element) => ({
            ...element,
            attachment_id: attachmentId,
          })),
        }
      : { attachment_id: attachmentId };
  return { ...message, attachment: { ...attachment, payload: { ...payload, ...attached } } };
}
