import { m } from "#lib/paraglide/messages.js";
import type { Content, ContentButton, ContentCard } from "../api/templates.ts";

export type ContentBody = "text" | "media" | "cards";

export interface ButtonDraft {
  type: ContentButton["type"];
  title: string;
  /** The address, the payload or the phone number. */
  value: string;
  isTracked: boolean;
}

export interface CardDraft {
  title: string;
  subtitle: string;
  imageUrl: string;
  mediaFileId: string | null;
  buttons: ButtonDraft[];
}

export interface UtilityDraft {
  name: string;
  language: string;
  /** Those that must be filled are always there, maybe empty; others only when they are filled. */
  parameters: Record<string, string>;
  /** Pages, by their id, on which another template says the same. */
  byPage: Record<string, { name: string; language: string }>;
}

/** A message while it is being written: every field is there, so that inputs can bind to it. */
export interface ContentDraft {
  body: ContentBody;
  text: string;
  buttons: ButtonDraft[];
  quickReplies: { title: string; payload: string }[];
  cards: CardDraft[];
  mediaFileId: string | null;
  utility: UtilityDraft | null;
}

/** Messenger's limits, as the server holds to them; said before something is refused. */
export const LIMITS = {
  text: 1999,
  textWithButtons: 640,
  buttons: 3,
  quickReplies: 13,
  title: 20,
  cards: 10,
  cardText: 80,
} as const;

/** The limit of a short text in the editor: with variables it is longer than the sent text. */
export const RAW_TITLE = 200;

/** The number of characters in Messenger for a contact without values: variables become their fallbacks. */
export function saidLength(text: string): number {
  return [
    ...text
      .trim()
      .replaceAll(/\{\{[^{}|]*(?:\|([^{}]*))?\}\}/g, (_, fallback = "") => String(fallback).trim()),
  ].length;
}

export function emptyContent(): ContentDraft {
  return {
    body: "text",
    text: "",
    buttons: [],
    quickReplies: [],
    cards: [],
    mediaFileId: null,
    utility: null,
  };
}

export function emptyUtility(): UtilityDraft {
  return { name: "", language: "", parameters: {}, byPage: {} };
}

export function newButton(type: ButtonDraft["type"] = "url"): ButtonDraft {
  return { type, title: "", value: "", isTracked: type === "url" };
}

export function newCard(): CardDraft {
  return { title: "", subtitle: "", imageUrl: "", mediaFileId: null, buttons: [] };
}

export function contentDraft(content: Content): ContentDraft {
  return {
    body: content.cards?.length ? "cards" : content.mediaFileId === undefined ? "text" : "media",
    text: content.text ?? "",
    buttons: (content.buttons ?? []).map(buttonDraft),
    quickReplies: (content.quickReplies ?? []).map(({ title, payload }) => ({
      title,
      payload: payload ?? "",
    })),
    cards: (content.cards ?? []).map((card) => ({
      title: card.title,
      subtitle: card.subtitle ?? "",
      imageUrl: card.imageUrl ?? "",
      mediaFileId: card.mediaFileId ?? null,
      buttons: (card.buttons ?? []).map(buttonDraft),
    })),
    mediaFileId: content.mediaFileId ?? null,
    utility: content.utility
      ? {
          name: content.utility.name,
          language: content.utility.language,
          parameters: { ...content.utility.parameters },
          byPage: { ...content.utility.byPage },
        }
      : null,
  };
}

function buttonDraft(button: ContentButton): ButtonDraft {
  const value = button.type === "url" ? button.url : button.type === "call" ? button.phone : button.payload;
  return {
    type: button.type,
    title: button.title,
    value,
    isTracked: button.type === "url" && button.isTracked === true,
  };
}

/** The stored and sent content: only the parts of the chosen kind, without empty fields. */
export function contentOf(draft: ContentDraft): Content {
  if (draft.utility !== null) return utilityOf(draft.utility);
  const quickReplies = draft.quickReplies
    .filter(({ title }) => title.trim() !== "")
    .map(({ title, payload }) => ({
      title: title.trim(),
      ...(payload.trim() === "" ? {} : { payload: payload.trim() }),
    }));
  const replies = quickReplies.length > 0 ? { quickReplies } : {};
  if (draft.body === "cards") return { cards: draft.cards.map(cardOf), ...replies };
  const buttons = draft.buttons.map(buttonOf);
  if (draft.body === "media") {
    return {
      ...(draft.mediaFileId === null ? {} : { mediaFileId: draft.mediaFileId }),
      ...(buttons.length > 0 ? { buttons } : {}),
      ...replies,
    };
  }
  return {
    ...(draft.text.trim() === "" ? {} : { text: draft.text.trim() }),
    ...(buttons.length > 0 ? { buttons } : {}),
    ...replies,
  };
}

function utilityOf({ name, language, parameters, byPage }: UtilityDraft): Content {
  if (name === "") return {};
  const filled = Object.entries(parameters).filter(([, value]) => value.trim() !== "");
  const others = Object.keys(byPage).length > 0 ? { byPage } : {};
  return { utility: { name, language, parameters: Object.fromEntries(filled), ...others } };
}

function cardOf(card: CardDraft): ContentCard {
  const buttons = card.buttons.map(buttonOf);
  return {
    title: card.title.trim(),
    ...(card.subtitle.trim() === "" ? {} : { subtitle: card.subtitle.trim() }),
    ...(card.mediaFileId === null ? {} : { mediaFileId: card.mediaFileId }),
    ...(card.mediaFileId !== null || card.imageUrl.trim() === "" ? {} : { imageUrl: card.imageUrl.trim() }),
    ...(buttons.length > 0 ? { buttons } : {}),
  };
}

/** The button as the API takes it. */
export function buttonOf({ type, title, value, isTracked }: ButtonDraft): ContentButton {
  const named = { title: title.trim() };
  if (type === "url") return { type, ...named, url: value.trim(), ...(isTracked ? { isTracked } : {}) };
  if (type === "call") return { type, ...named, phone: value.trim() };
  return { type, ...named, payload: value.trim() === "" ? named.title : value.trim() };
}

/** Problems that prevent sending, in the order of the form; the server decides finally. */
export function contentProblems(draft: ContentDraft): string[] {
  if (draft.utility !== null) return utilityProblems(draft.utility);
  const problems: string[] = [];
  if (draft.body === "text") {
    const limit = draft.buttons.length > 0 ? LIMITS.textWithButtons : LIMITS.text;
    if (draft.text.trim() === "") problems.push(m.templates_missing_text());
    if (saidLength(draft.text) > limit) {
      problems.push(
        draft.buttons.length > 0
          ? m.templates_too_long_with_buttons({ limit })
          : m.templates_too_long({ limit }),
      );
    }
    problems.push(...buttonProblems(draft.buttons));
  }
  if (draft.body === "media") {
    if (draft.mediaFileId === null) problems.push(m.templates_missing_file());
    problems.push(...buttonProblems(draft.buttons));
  }
  if (draft.body === "cards") {
    if (draft.cards.length === 0) problems.push(m.templates_missing_card());
    for (const [index, card] of draft.cards.entries()) {
      if (card.title.trim() === "") problems.push(m.templates_card_needs_title({ number: index + 1 }));
      for (const text of [card.title, card.subtitle])
        if (saidLength(text) > LIMITS.cardText)
          problems.push(m.templates_card_too_long({ number: index + 1, text, limit: LIMITS.cardText }));
      if (Object.keys(cardOf(card)).length === 1) {
        problems.push(m.templates_card_needs_more({ number: index + 1 }));
      }
      problems.push(...buttonProblems(card.buttons));
    }
  }
  if (draft.quickReplies.some(({ title }) => title.trim() === "")) {
    problems.push(m.templates_quick_reply_needs_text());
  }
  problems.push(...draft.quickReplies.flatMap(({ title }) => titleProblems(title)));
  return problems;
}

function titleProblems(title: string): string[] {
  return saidLength(title) > LIMITS.title ? [m.templates_title_too_long({ title, limit: LIMITS.title })] : [];
}

function buttonProblems(buttons: readonly ButtonDraft[]): string[] {
  return buttons.flatMap(({ type, title, value }) => {
    if (title.trim() === "") return [m.templates_button_needs_title()];
    if (titleProblems(title).length > 0) return titleProblems(title);
    if (type === "url" && !/^https?:\/\/\S+$/.test(value.trim())) {
      return [m.templates_button_needs_url({ title })];
    }
    if (type === "call" && !/^\+[0-9][0-9 ()-]{3,30}$/.test(value.trim())) {
      return [m.templates_button_needs_phone({ title })];
    }
    return [];
  });
}

function utilityProblems(utility: UtilityDraft): string[] {
  if (utility.name === "") return [m.templates_utility_missing()];
  const empty = Object.entries(utility.parameters).filter(([, value]) => value.trim() === "");
  return empty.map(([name]) => m.templates_utility_missing_value({ name }));
}
