import type { Handle } from "#db";
import type { Keyring } from "#std";
import type { MailServer } from "./mail_server.ts";

/** The dependencies of mail. `sql` may be the caller's open transaction. */
export interface MailDeps {
  sql: Handle;
  keyring: Keyring;
  config: {
    /** Null: no mail is set up. */
    mailServer: MailServer | null;
  };
}
