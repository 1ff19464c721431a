import type { ListedContact } from "../api/types.ts";
import { contacts } from "../api/contacts.ts";
import { describeError } from "../api/request.ts";
import { begunProblems } from "./begun_problems.ts";
import { type Content, templates } from "../api/templates.ts";
import { type MessageView, viewMessage, viewUtility } from "./message_view.ts";

const WAIT_MS = 150;

/** The recipient and the page of the message. */
type SeenBy = Pick<ListedContact, "id" | "name" | "page">;

/** A message as one named contact would get it; the server fills it in, so that this is what will be sent. */
export class Preview {
  readonly #workspaceId: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked: AbortController | null = null;
  #pageId: string | null = null;
  #isChosen = false;
  #content: Content = {};

  contact = $state.raw<SeenBy | null>(null);
  view = $state.raw<MessageView | null>(null);
  problems = $state.raw<string[]>([]);

  constructor(workspaceId: string) {
    this.#workspaceId = workspaceId;
  }

  /**
   * Seen as the newest contact, of this page when one is named, until another is chosen; where there is none the
   * fallbacks are seen.
   */
  async start(pageId: string | null): Promise<void> {
    this.#pageId = pageId;
    const { items } = await contacts.list(this.#workspaceId, {
      limit: 1,
      ...(pageId === null ? {} : { pageId }),
    });
    if (!this.#isChosen && this.#pageId === pageId) this.#see(items[0] ?? null);
  }

  choose(contact: SeenBy): void {
    this.#isChosen = true;
    this.#see(contact);
  }

  #see(contact: SeenBy | null): void {
    this.contact = contact;
    void this.#ask();
  }

  show(content: Content): void {
    this.#content = content;
    this.stop();
    if (Object.keys(content).length === 0) {
      this.view = null;
      this.problems = [];
      return;
    }
    this.#timer = setTimeout(() => void this.#ask(), WAIT_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
  }

  async #ask(): Promise<void> {
    if (Object.keys(this.#content).length === 0) return;
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    const about = this.contact === null ? {} : { contactId: this.contact.id };
    try {
      const answer = await templates.preview(
        this.#workspaceId,
        { content: this.#content, ...about },
        asked.signal,
      );
      // An invalid message has no preview: the last valid one stays, with the problems below it.
      if (answer.utility) this.view = viewUtility(answer.utility);
      else if (answer.message) this.view = viewMessage(answer.message);
      // The same may be wrong at several places.
      this.problems = [
        ...new Set(begunProblems(this.#content, answer.problems).map(({ message }) => message)),
      ];
    } catch (error) {
      if (asked.signal.aborted) return;
      this.problems = [describeError(error)];
    }
  }
}
