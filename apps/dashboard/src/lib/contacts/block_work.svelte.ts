import { m } from "#lib/paraglide/messages.js";
import { toast } from "#lib/ui/toast.ts";
import type { Contact } from "../api/types.ts";
import { Attempt } from "../ui/attempt.svelte.ts";
import type { Desk } from "../desk/desk.svelte.ts";
import { contactChanges } from "../api/contacts.ts";

/** Blocks a contact here and, where it is wanted, on Facebook; says plainly when only one of both worked. */
export class BlockWork {
  readonly #desk: Desk;
  readonly #attempt = new Attempt();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  get isBusy(): boolean {
    return this.#attempt.isBusy;
  }

  /** True when the contact is blocked here. */
  async block(contact: Contact, alsoOnFacebook: boolean): Promise<boolean> {
    return await this.#change(contact, {
      blocked: true,
      ...(alsoOnFacebook ? { blockOnFacebook: true } : {}),
    });
  }

  /** Undoes the block here and, when there is one, on Facebook. */
  async unblock(contact: Contact): Promise<boolean> {
    return await this.#change(contact, { blocked: false });
  }

  /** Repeats the failed request to Facebook. */
  async tryAgain(contact: Contact): Promise<void> {
    // A contact that was blocked here anew meanwhile keeps that block.
    if (contact.blocked) await this.block(contact, true);
    else await this.unblock(contact);
  }

  async #change(contact: Contact, change: { blocked: boolean; blockOnFacebook?: true }): Promise<boolean> {
    return await this.#attempt.run(async () => {
      const { contact: now } = await contactChanges.change(this.#desk.workspaceId, contact.id, change);
      this.#desk.contacts.set(contact.id, now);
      const { name, blocked, facebookBlock: there } = now;
      if (there?.error)
        toast.warning(
          blocked
            ? m.contacts_was_blocked_here({ name, problem: there.error })
            : m.contacts_was_unblocked_here({ name, problem: there.error }),
        );
      else if (there?.state === "blocked") toast.success(m.contacts_was_blocked_on_facebook({ name }));
      else toast.success(blocked ? m.contacts_was_blocked({ name }) : m.contacts_was_unblocked({ name }));
    });
  }
}
