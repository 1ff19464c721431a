import type { Sql } from "postgres";
import type { Clock, RateLimiter } from "#std";

export interface AuthConfig {
  /** Signs access tokens and makes the set-up token. */
  jwtSecret: string;
  /** Signs refresh tokens. */
  jwtRefreshSecret: string;
  /** Where people reach this installation, for instance `https://chat.example.com`. */
  appUrl: string;
  /** Addresses or CIDR ranges whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  /** The cost of the hashes in the database, 12 unless told; tests that check thousands of passwords have cheaper ones. */
  passwordCost?: number;
}

/** What auth needs of the system. */
export interface AuthDeps {
  sql: Sql;
  clock: Clock;
  rateLimiter: RateLimiter;
  config: AuthConfig;
}
