/** A message of the Send API as the phone preview draws it. */
export interface MessageView {
  /** Above the text, in bold; utility templates only. */
  header: string | null;
  text: string | null;
  media: { type: string; url: string | null } | null;
  buttons: string[];
  cards: { title: string; subtitle: string | null; imageUrl: string | null; buttons: string[] }[];
  quickReplies: string[];
}

type Fields = Record<string, unknown>;

/** Reads the `message` object for Meta. Unknown parts are not drawn. */
export function viewMessage(message: unknown): MessageView {
  const fields = fieldsOf(message);
  const attachment = fieldsOf(fields["attachment"]);
  const payload = fieldsOf(attachment["payload"]);
  const isTemplate = attachment["type"] === "template";
  const elements = listOf(payload["elements"]);
  const isCards = isTemplate && payload["template_type"] === "generic";
  const type = textOf(attachment["type"]);
  return {
    header: null,
    text: textOf(fields["text"]) ?? textOf(payload["text"]),
    media:
      isTemplate && payload["template_type"] === "media"
        ? { type: textOf(elements[0]?.["media_type"]) ?? "image", url: textOf(elements[0]?.["url"]) }
        : !isTemplate && type !== null
          ? { type, url: textOf(payload["url"]) }
          : null,
    buttons: [...titlesOf(payload["buttons"]), ...(isCards ? [] : titlesOf(elements[0]?.["buttons"]))],
    cards: isCards
      ? elements.map((card) => ({
          title: textOf(card["title"]) ?? "",
          subtitle: textOf(card["subtitle"]),
          imageUrl: textOf(card["image_url"]),
          buttons: titlesOf(card["buttons"]),
        }))
      : [],
    quickReplies: titlesOf(fields["quick_replies"]),
  };
}

/** A utility message, whose words Meta keeps. */
export function viewUtility(shown: { header: string | null; body: string; buttons: string[] }): MessageView {
  const { header, body, buttons } = shown;
  return { header, text: body, media: null, buttons, cards: [], quickReplies: [] };
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function titlesOf(value: unknown): string[] {
  return listOf(value).flatMap((one) => textOf(one["title"]) ?? []);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
