import { join } from "node:path";
import {
  type Database,
  type EmbeddedPostgres,
  finishMigrating,
  migrate,
  openDatabase,
  startEmbeddedPostgres,
} from "#db";
import { processName } from "#admin";
import type { FindUnseen } from "#auth";
import { type LiveEvent, createGraph, findUnseenIn, type GraphClient } from "#messaging";
import {
  type Clock,
  createLocalLiveBus,
  createLocalRateLimiter,
  createRedisLiveBus,
  createRedisRateLimiter,
  type Keyring,
  type LiveBus,
  openRedis,
  type RateLimiter,
  systemClock,
} from "#std";
import type { Ingest } from "#webhooks";
import type { RedisClient } from "bun";
import type { Config } from "./config.ts";

/** Everything that outlives a request. Each module's deps are a slice of it. */
export interface System extends Pick<Database, "sql"> {
  config: Config;
  /** Connections of jobs and sending. Those of `sql` are for the API: no job delays a person. */
  work: Pick<Database, "sql">;
  /** One connection, only for claiming replies. */
  replySql: Database["sql"];
  /** Connections only for storing webhooks: no slow read delays Meta. */
  webhookSql: Database["sql"];
  /** Echoes of this app are ours. */
  ownAppId: string;
  databaseUrl: string;
  clock: Clock;
  keyring: Keyring;
  /** Asked by the guard for members who see a part of a workspace. */
  findUnseen: FindUnseen;
  graph: GraphClient;
  live: LiveBus<LiveEvent>;
  rateLimiter: RateLimiter;
  /** Null when this process serves itself. */
  redis: RedisClient | null;
  wakeDelivery(): void;
  /** Set by the role that delivers; until then others find the work by looking. */
  onWakeDelivery(listener: () => void): void;
  close(): Promise<void>;
}

/** The system of a process that serves HTTP. */
export interface ReadySystem extends System {
  ingest: Ingest;
  /** Aborted when the server stops, so open streams end. */
  stopping: AbortSignal;
}

/** Opens everything in the configuration, migrates the database, and closes all in order. */
export async function openSystem(config: Config): Promise<System> {
  let embedded: EmbeddedPostgres | null = null;
  if (config.databaseUrl === null) embedded = await startEmbeddedPostgres(join(config.dataDir, "postgres"));
  const databaseUrl = config.databaseUrl ?? embedded?.url ?? "";
  let isMigrated: boolean;
  try {
    isMigrated = await migrate(databaseUrl, { leavesIndexes: true });
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
  // A large index takes minutes; webhooks are stored during it.
  const indexes = isMigrated ? null : finishMigrating(databaseUrl);
  const applicationName = processName(config.role);
  // Few: queries of one process delay each other if more run at once than the database has processors.
  const database = openDatabase(databaseUrl, { max: 6, applicationName });
  const forWork = openDatabase(databaseUrl, { max: 16, applicationName });
  const forReplies = openDatabase(databaseUrl, { max: 1, applicationName });
  const forWebhooks = openDatabase(databaseUrl, { max: 3, applicationName });
  const redis = config.redisUrl === null ? null : openRedis(config.redisUrl);
  const live: LiveBus<LiveEvent> =
    redis && config.redisUrl !== null ? createRedisLiveBus(config.redisUrl, redis) : createLocalLiveBus();
  let wake: () => void = () => undefined;

  return {
    config,
    ownAppId: config.appId,
    databaseUrl,
    sql: database.sql,
    work: { sql: forWork.sql },
    replySql: forReplies.sql,
    webhookSql: forWebhooks.sql,
    clock: systemClock,
    keyring: config.keyring,
    graph: createGraph({
      baseUrl: config.graphUrl,
      version: config.graphVersion,
      appId: config.appId,
      appSecret: config.appSecrets[0] ?? "",
      clock: systemClock,
    }),
    live,
    rateLimiter: redis ? createRedisRateLimiter(redis, systemClock) : createLocalRateLimiter(systemClock),
    redis,
    findUnseen: findUnseenIn(database.sql),
    wakeDelivery: () => wake(),
    onWakeDelivery(listener) {
      wake = listener;
    },
    async close() {
      live.close();
      redis?.close();
      await indexes?.stop();
      await Promise.all([database, forWork, forReplies, forWebhooks].map((pool) => pool.close()));
      await embedded?.stop();
    },
  };
}
