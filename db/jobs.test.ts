import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { enqueueJobs, JobDelayed, type JobRunner, listJobs, retryJob, startJobs, summarizeJobs } from "#db";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
const runners: JobRunner[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.stop()));
  await database.sql`delete from jobs.jobs`;
});
afterAll(() => database.close());

const start = (...args: Parameters<typeof startJobs> extends [unknown, ...infer Rest] ? Rest : never) => {
  const runner = startJobs(database, ...args);
  runners.push(runner);
  return runner;
};

test("enqueueJobs() creates a job only when its transaction commits", async () => {
  const ran: string[] = [];
  await database.sql
    .begin(async (tx) => {
      await enqueueJobs(tx, [{ kind: "k", key: "rolled-back" }]);
      throw new Error("no");
    })
    .catch(() => undefined);
  await enqueueJobs(database.sql, [{ kind: "k", key: "kept" }]);

  start({ k: { run: async (_, key) => void ran.push(key) } }, { pollMs: 50 });

  await vi.waitFor(async () => expect((await summarizeJobs(database)).pending).toBe(0));
  expect(ran).toEqual(["kept"]);
});

test("two runners share the jobs: each runs once, and one requested during its run runs once more", async () => {
  const ran: string[] = [];
  let release: () => void = () => undefined;
  const gate = new Promise<void>((done) => {
    release = done;
  });
  const handler = {
    run: async (_: unknown, key: string) => {
      ran.push(key);
      if (key === "slow" && ran.filter((one) => one === "slow").length === 1) await gate;
    },
  };
  const keys = Array.from({ length: 50 }, (_, n) => `job-${n}`);
  await enqueueJobs(
    database.sql,
    [...keys, "slow"].map((key) => ({ kind: "k", key })),
  );
  start({ k: handler }, { pollMs: 20 });
  start({ k: handler }, { pollMs: 20 });
  await vi.waitFor(() => expect(ran).toContain("slow"));

  await enqueueJobs(database.sql, [{ kind: "k", key: "slow" }]);
  release();

  await vi.waitFor(async () => expect((await summarizeJobs(database)).pending).toBe(0));
  expect(ran.filter((key) => key !== "slow").toSorted()).toEqual(keys.toSorted());
  expect(ran.filter((key) => key === "slow")).toHaveLength(2);
});

test("a failing job is retried, then marked as failed, and runs again on request", async () => {
  let isBroken = true;
  let attempts = 0;
  await enqueueJobs(database.sql, [{ kind: "k", key: "1" }]);
  const handler = {
    maxAttempts: 2,
    run: async () => {
      attempts += 1;
      if (isBroken) throw new Error("access_token=EAAGsecretsecret refused");
    },
  };
  start({ k: handler }, { pollMs: 20 });
  await vi.waitFor(() => expect(attempts).toBe(1));
  await database.sql`update jobs.jobs set run_at = now() where attempts = 1`;
  await vi.waitFor(async () => expect((await summarizeJobs(database)).failed).toBe(1));
  const [row] = await database.sql`select id::int4, last_error from jobs.jobs`;
  expect(row?.last_error).toBe("access_token=[redacted] refused");

  isBroken = false;
  expect(await retryJob(database, row?.id)).toBeTypeOf("string");

  await vi.waitFor(async () =>
    expect(await summarizeJobs(database)).toMatchObject({ pending: 0, failed: 0 }),
  );
});

test("a job fails finally with any content of its error", async () => {
  await enqueueJobs(database.sql, [{ kind: "k", key: "1" }]);

  start({ k: { maxAttempts: 1, run: () => Promise.reject(new Error("a\u0000b")) } }, { pollMs: 20 });

  await vi.waitFor(async () => expect((await summarizeJobs(database)).failed).toBe(1));
  const [row] = await database.sql`select last_error from jobs.jobs`;
  expect(row?.last_error).toBe("ab");
});

test("a final failure is reported once, and the job remains until the report succeeds", async () => {
  const told: unknown[] = [];
  let isAway = true;
  await enqueueJobs(database.sql, [{ kind: "k", key: "1", payload: { of: "Ann" } }]);
  const handler = {
    maxAttempts: 1,
    run: () => Promise.reject(new Error("No")),
    async givenUp(payload: unknown, failure: unknown) {
      if (isAway) throw new Error("The database is away");
      told.push([payload, String(failure)]);
    },
  };
  start({ k: handler }, { pollMs: 20, leaseSeconds: 0.1 });
  await vi.waitFor(async () => {
    const [row] = await database.sql`select attempts, failed_at from jobs.jobs`;
    expect(row).toMatchObject({ failed_at: null });
    expect(row?.attempts).toBeGreaterThan(1);
  });

  isAway = false;

  await vi.waitFor(async () => expect((await summarizeJobs(database)).failed).toBe(1));
  expect(told).toEqual([[{ of: "Ann" }, "Error: No"]]);
});

test("JobDelayed waits without counting as a failure; a dead process's job is taken over after its lease", async () => {
  let runs = 0;
  await enqueueJobs(database.sql, [{ kind: "k", key: "1" }]);
  await database.sql`update jobs.jobs set leased_until = now() + interval '300 milliseconds'`;
  const handler = {
    run: async () => {
      runs += 1;
      if (runs === 1) throw new JobDelayed(0.2, "Meta asks for patience");
    },
  };
  start({ k: handler }, { pollMs: 20 });

  await vi.waitFor(async () => {
    const [row] = await database.sql`select attempts, last_error from jobs.jobs`;
    expect(row).toMatchObject({ attempts: 0, last_error: "Meta asks for patience" });
  });
  await vi.waitFor(async () => expect((await summarizeJobs(database)).pending).toBe(0));
  expect(runs).toBe(2);
});

test("a job requested during its run runs again at once, despite its own delay", async () => {
  let runs = 0;
  const handler = {
    async run() {
      runs += 1;
      if (runs > 1) return;
      await enqueueJobs(database.sql, [{ kind: "k", key: "asked-again" }]);
      throw new JobDelayed(3_600, "Nothing to do for an hour");
    },
  };
  await enqueueJobs(database.sql, [{ kind: "k", key: "asked-again" }]);

  start({ k: handler }, { pollMs: 20 });

  await vi.waitFor(async () => expect((await summarizeJobs(database)).pending).toBe(0));
  expect(runs).toBe(2);
});

test("a job requested during its last attempt does not fail finally", async () => {
  const told: unknown[] = [];
  const handler = {
    maxAttempts: 1,
    async run() {
      await enqueueJobs(database.sql, [{ kind: "k", key: "1", payload: { of: "Ben" } }]);
      throw new Error("No");
    },
    givenUp: (payload: unknown) => Promise.resolve(void told.push(payload)),
  };
  await enqueueJobs(database.sql, [{ kind: "k", key: "1", payload: { of: "Ann" } }]);

  start({ k: handler }, { pollMs: 20 });

  await vi.waitFor(async () => {
    const [row] =
      await database.sql`select payload, attempts, last_error, failed_at, leased_until from jobs.jobs`;
    expect(row).toEqual({
      payload: { of: "Ben" },
      attempts: 0,
      last_error: "No",
      failed_at: null,
      leased_until: null,
    });
  });
  expect(told).toEqual([]);
});

test("jobs are taken and listed in constant time after many earlier ones", async () => {
  await database.sql`alter sequence jobs.jobs_id_seq restart with 3000000000`;
  await enqueueJobs(database.sql, [{ kind: "k", key: "1" }]);

  start({ k: { maxAttempts: 1, run: () => Promise.reject(new Error("No")) } }, { pollMs: 20 });

  await vi.waitFor(async () => expect((await summarizeJobs(database)).failed).toBe(1));
  const [job] = await listJobs(database, "failed", { limit: 1, beforeId: null });
  expect(job?.id).toBe(3_000_000_000);
  expect(await retryJob(database, 3_000_000_000)).toBeTypeOf("string");
});

test("a living process keeps a long job, and its result does not count after a takeover", async () => {
  const runs: string[] = [];
  let release: () => void = () => undefined;
  const gate = new Promise<void>((done) => (release = done));
  await enqueueJobs(database.sql, [{ kind: "k", key: "1" }]);
  const slow = { run: async () => void (runs.push("first"), await gate) };
  const quick = { run: async () => void (runs.push("second"), await gate) };
  start({ k: slow }, { pollMs: 20, leaseSeconds: 0.3 });
  await vi.waitFor(() => expect(runs).toEqual(["first"]));
  start({ k: quick }, { pollMs: 20, leaseSeconds: 0.3 });
  await Bun.sleep(900);
  expect(runs).toEqual(["first"]);

  // As if the first had hung for longer than its lease.
  await database.sql`update jobs.jobs set leased_until = now() + interval '1 hour', attempts = attempts + 1`;
  release();
  await Bun.sleep(200);

  expect(await database.sql`select key, attempts::int4 from jobs.jobs`).toEqual([{ key: "1", attempts: 2 }]);
});

test("a job that kills its process each time fails finally; a planned repeat resets the count", async () => {
  let runs = 0;
  await enqueueJobs(database.sql, [
    { kind: "deadly", key: "1" },
    { kind: "daily", key: "1" },
  ]);
  await database.sql`update jobs.jobs set attempts = 3`;
  const deadly = { maxAttempts: 3, run: async () => void (runs += 1) };
  const daily = { run: async () => Promise.reject(new JobDelayed(60, "Done; again tomorrow")) };
  start({ deadly, daily }, { pollMs: 20 });

  await vi.waitFor(async () => {
    expect(
      await database.sql`select kind, attempts::int4, last_error, failed_at is not null as "isGivenUp"
      from jobs.jobs order by kind`,
    ).toEqual([
      { kind: "daily", attempts: 0, last_error: "Done; again tomorrow", isGivenUp: false },
      { kind: "deadly", attempts: 4, last_error: "The process ended in each attempt", isGivenUp: true },
    ]);
  });
  expect(runs).toBe(0);
});
