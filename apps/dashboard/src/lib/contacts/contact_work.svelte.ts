import { m } from "#lib/paraglide/messages.js";
import { toast } from "#lib/ui/toast.ts";
import type { Contact, ListedContact } from "../api/types.ts";
import { Attempt } from "../ui/attempt.svelte.ts";
import type { Desk } from "../desk/desk.svelte.ts";
import { type ContactChange, contactChanges } from "../api/contacts.ts";

/** Changes of one contact; every screen shows the server's answer at once. */
export class ContactWork {
  readonly #desk: Desk;
  readonly #attempt = new Attempt();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  get isBusy(): boolean {
    return this.#attempt.isBusy;
  }

  /** True if saved. A refused change keeps the old value and shows the reason. */
  async change(contact: Contact, change: ContactChange, said?: string): Promise<boolean> {
    return await this.#attempt.run(async () => {
      const answer = await contactChanges.change(this.#desk.workspaceId, contact.id, change);
      this.#desk.contacts.set(contact.id, answer.contact);
      if (said !== undefined) toast.success(said);
    });
  }

  /** Says that another contact is the same person. */
  async merge(contact: Contact, other: ListedContact): Promise<boolean> {
    return await this.#attempt.run(async () => {
      await contactChanges.merge(this.#desk.workspaceId, contact.id, [other.id]);
      await this.#desk.loadContact(contact.id);
      toast.success(m.contacts_was_merged({ name: other.name, page: other.page.name }));
    });
  }

  /** Takes one of the contacts of a person out of it; `contact` is the one on the screen. */
  async separate(contact: Contact, other: ListedContact): Promise<void> {
    await this.#attempt.run(async () => {
      await contactChanges.separate(this.#desk.workspaceId, other.id);
      await this.#desk.loadContact(contact.id);
      toast.success(m.contacts_was_separated({ name: other.name, page: other.page.name }));
    });
  }

  async remove(contact: Contact): Promise<boolean> {
    return await this.#attempt.run(async () => {
      await contactChanges.remove(this.#desk.workspaceId, contact.id);
      this.#desk.contacts.delete(contact.id);
      toast.success(m.contacts_was_deleted({ name: contact.name }));
    });
  }
}
