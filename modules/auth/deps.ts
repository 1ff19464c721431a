import type { MailDeps } from "#mail";
import type { Sql } from "postgres";
import type { Clock, RateLimiter } from "#std";

export interface AuthConfig {
  /** Signs access tokens and the setup token. */
  jwtSecret: string;
  /** Signs refresh tokens. */
  jwtRefreshSecret: string;
  /** The public URL of this installation, for instance `https://chat.example.com`. */
  appUrl: string;
  /** Addresses or CIDR ranges whose X-Forwarded-For is trusted. */
  trustedProxies: readonly string[];
  /** Cost of password hashes, 12 by default; tests with thousands of passwords use cheaper ones. */
  passwordCost?: number;
}

/** The dependencies of auth. */
export interface AuthDeps {
  sql: Sql;
  clock: Clock;
  rateLimiter: RateLimiter;
  config: AuthConfig;
}

/** The dependencies of what mails links and notices to people. */
export type MailingDeps = Pick<AuthDeps, "sql"> &
  Pick<MailDeps, "keyring"> & { config: Pick<AuthDeps["config"], "appUrl"> & MailDeps["config"] };
