import type { Notification } from "../api/notifications.ts";
import type { Conversation } from "../api/types.ts";
import { preferences } from "../ui/preferences.svelte.ts";

export interface NoticesOptions {
  userId: () => string;
  conversation: (id: string) => Conversation | null;
  /** Whether the conversation is on the screen right now. */
  isShown: (conversationId: string) => boolean;
  open: (path: string) => void;
}

/** Tells this person on the desktop, and by a sound, of messages to them and of notifications that name them. */
export class Notices {
  readonly #options: NoticesOptions;
  /** The newest message of each conversation that is still to be loaded. */
  readonly #written = new Map<string, string>();

  constructor(options: NoticesOptions) {
    this.#options = options;
  }

  get #isOn(): boolean {
    return preferences.desktopNotices || preferences.noticeSound;
  }

  written(conversationId: string, messageId: string): void {
    if (this.#isOn) this.#written.set(conversationId, messageId);
  }

  /** After loading changed conversations: notifies about this person's ones. */
  announce(): void {
    for (const [id, messageId] of this.#written) {
      const conversation = this.#options.conversation(id);
      if (conversation?.assignee?.id !== this.#options.userId() || conversation.status === "spam") continue;
      const { name } = conversation.contact;
      this.#show({ key: messageId, conversationId: id, title: name, text: conversation.preview.text });
    }
    this.#written.clear();
  }

  notified({ id, kind, conversation }: Notification, title: string): void {
    if (!this.#isOn || conversation === null || (kind !== "mention" && kind !== "assigned")) return;
    this.#show({ key: id, conversationId: conversation.id, title, text: "" });
  }

  #show(notice: { key: string; conversationId: string; title: string; text: string }): void {
    const { isShown, open } = this.#options;
    const { conversationId } = notice;
    // Most people never switch it on, so it is no part of the first load.
    void import("./show_notice.ts").then(({ showNotice }) =>
      showNotice(notice, {
        isShown: () => isShown(conversationId),
        open: () => open(`/inbox/${conversationId}`),
      }),
    );
  }
}
