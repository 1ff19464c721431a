import { m } from "#lib/paraglide/messages.js";
import { toast } from "#lib/ui/toast.ts";
import { type Notification, notifications } from "../api/notifications.ts";

/** The number of unread notifications, and the newest ones for toasts. */
export class UnreadNotifications {
  readonly #workspaceId: string;
  readonly #onopen: (path: string) => void;
  readonly #onnews: () => void;
  readonly #onannounced: (notification: Notification, title: string) => void;
  #newestId = "";
  count = $state(0);

  /** `onnews` is called when the list may have changed; `onopen` when the person opens a toast. */
  constructor(
    workspaceId: string,
    {
      onopen,
      onnews,
      onannounced,
    }: {
      onopen: (path: string) => void;
      onnews: () => void;
      onannounced: (notification: Notification, title: string) => void;
    },
  ) {
    this.#workspaceId = workspaceId;
    this.#onopen = onopen;
    this.#onnews = onnews;
    this.#onannounced = onannounced;
  }

  async load(): Promise<void> {
    this.count = (await notifications.unread(this.#workspaceId)).unread;
    this.#onnews();
  }

  /** Something was told, or read in another window. */
  async hear(): Promise<void> {
    const before = this.count;
    await this.load();
    if (this.count <= before) return;
    const [newest] = (await notifications.list(this.#workspaceId, {})).items;
    if (newest && !newest.isRead && newest.id > this.#newestId) await this.#announce(newest);
  }

  async #announce(newest: Notification): Promise<void> {
    this.#newestId = newest.id;
    // Not part of the first load of every screen.
    const { notificationPath, notificationTitle } = await import("./notification_words.ts");
    const title = notificationTitle(newest);
    this.#onannounced(newest, title);
    toast.message(title, {
      action: { label: m.ui_open(), onClick: () => this.#onopen(notificationPath(newest)) },
    });
  }

  async read(ids?: string[]): Promise<void> {
    this.count = (await notifications.read(this.#workspaceId, ids)).unread;
  }
}
