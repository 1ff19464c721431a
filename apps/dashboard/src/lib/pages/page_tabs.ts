import { m } from "#lib/paraglide/messages.js";
/** The screens of one page's settings. */
export function pageTabs(pageId: string): { name: string; path: string }[] {
  return [
    { name: m.pages_card_auto_replies(), path: `/pages/${pageId}` },
    { name: m.pages_card_messenger_profile(), path: `/pages/${pageId}/profile` },
  ];
}
