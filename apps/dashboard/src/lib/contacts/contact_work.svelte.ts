import { toast } from "svelte-sonner";
import type { Contact, ListedContact } from "../api_types.ts";
import type { Desk } from "../desk.svelte.ts";
import { describeError } from "../request.ts";
import { type ContactChange, contactChanges } from "./contacts_api.ts";

/** Changes of one contact; what the server answers stands on every screen at once. */
export class ContactWork {
  readonly #desk: Desk;
  isBusy = $state(false);

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** True when it is saved. A refused change leaves what was, and says why. */
  async change(contact: Contact, change: ContactChange, said?: string): Promise<boolean> {
    this.isBusy = true;
    try {
      const answer = await contactChanges.change(this.#desk.workspaceId, contact.id, change);
      this.#desk.contacts.set(contact.id, answer.contact);
      if (said !== undefined) toast.success(said);
      return true;
    } catch (error) {
      toast.error(describeError(error));
      // Fields that were typed into show again what is stored.
      this.#desk.contacts.set(contact.id, { ...contact });
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  /** Says that another contact is the same person. */
  async merge(contact: Contact, other: ListedContact): Promise<boolean> {
    this.isBusy = true;
    try {
      await contactChanges.merge(this.#desk.workspaceId, contact.id, [other.id]);
      await this.#desk.loadContact(contact.id);
      toast.success(`${other.name} on ${other.page.name} is the same person`);
      return true;
    } catch (error) {
      toast.error(describeError(error));
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  /** Takes one of the contacts of a person out of it; `contact` is the one on the screen. */
  async separate(contact: Contact, other: ListedContact): Promise<void> {
    this.isBusy = true;
    try {
      await contactChanges.separate(this.#desk.workspaceId, other.id);
      await this.#desk.loadContact(contact.id);
      toast.success(`${other.name} on ${other.page.name} is a person apart`);
    } catch (error) {
      toast.error(describeError(error));
    } finally {
      this.isBusy = false;
    }
  }

  async remove(contact: Contact): Promise<boolean> {
    this.isBusy = true;
    try {
      await contactChanges.remove(this.#desk.workspaceId, contact.id);
      this.#desk.contacts.delete(contact.id);
      toast.success(`${contact.name} is deleted`);
      return true;
    } catch (error) {
      toast.error(describeError(error));
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}
