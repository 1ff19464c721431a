import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type JobRunner, startJobs } from "#db";
import { parseKeyring } from "#std";
import { openOutbox, type Outbox } from "../../apps/simulator/outbox.ts";
import { createTestDatabase, emptyTables, type TestDatabase } from "../../db/testing.ts";
import { mailHandlers } from "./mail_job.ts";
import type { MailServer } from "./mail_server.ts";
import { readMailState } from "./mail_store.ts";
import { mostPerHour, queueMail, resealMails } from "./queue_mail.ts";
import { htmlOf } from "./layout.ts";

let database: TestDatabase;
let outbox: Outbox;
let jobs: JobRunner | null = null;
let lines: string[];
beforeAll(async () => {
  database = await createTestDatabase();
  outbox = openOutbox(0, () => undefined);
});
afterAll(async () => {
  outbox.stop();
  await database.close();
});
beforeEach(async () => {
  await emptyTables(database.sql, "mail.mails", "jobs.jobs");
  outbox.mails.splice(0);
  outbox.faults.splice(0);
  lines = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(async () => {
  await jobs?.stop();
  jobs = null;
  vi.restoreAllMocks();
});

const keyring = parseKeyring("0123456789abcdef".repeat(4));
const plain = (port: number): MailServer => ({
  host: "127.0.0.1",
  port,
  security: "none",
  login: null,
  from: { name: "Luna Coffee", address: "team@luna.example" },
  authority: null,
});
const depsOf = (mailServer: MailServer | null = plain(outbox.port)) => ({
  sql: database.sql,
  keyring,
  config: { mailServer },
});
const link = "https://chat.example.com/invite#token=secret-token-of-the-link";
const invitation = {
  kind: "invitation",
  to: "ada@example.com",
  content: {
    language: "en" as const,
    subject: "Olivia invites you",
    paragraphs: ['Olivia <b>"Liv"</b> invites you.'],
    button: { label: "Accept", url: link },
    footer: "You get this mail because Olivia entered your address.",
  },
};
const queue = (mail: Parameters<typeof queueMail>[1] = invitation, on = depsOf()) =>
  database.sql.begin((tx) => queueMail({ ...on, sql: tx }, mail));
const work = (on = depsOf()) => (jobs = startJobs(database, mailHandlers(on), { pollMs: 20 }));
/** Attempts follow without their pause. */
const hurry = () => database.sql`update jobs.jobs set run_at = now() where leased_until is null`;
const until = (id: string, state: string) =>
  expect
    .poll(async () => (await hurry(), (await readMailState(database.sql, id))?.state), { timeout: 10_000 })
    .toBe(state);

test("queueMail() sends a mail exactly when its transaction commits, as text and HTML, without its values as markup", async () => {
  work();
  const undone = database.sql.begin(async (tx) => {
    await queueMail({ ...depsOf(), sql: tx }, { ...invitation, to: "nobody@example.com" });
    throw new Error("undone");
  });
  await expect(undone).rejects.toThrow("undone");

  const id = await queue();
  await until(id, "sent");

  expect(outbox.mails).toHaveLength(1);
  const [mail] = outbox.mails;
  expect(mail).toMatchObject({
    to: ["ada@example.com"],
    from: "team@luna.example",
    subject: "Olivia invites you",
    messageId: `<${id}@luna.example>`,
  });
  expect(mail?.text).toContain(link);
  expect(mail?.text).toContain('Olivia <b>"Liv"</b> invites you.');
  expect(mail?.html).toContain("Olivia &lt;b&gt;&quot;Liv&quot;&lt;/b&gt; invites you.");
  expect(mail?.html).toContain(`href="${link}"`);
});

test("a link is sealed while it waits, forgotten when it was sent, and never logged", async () => {
  const id = await queue();
  const rowsOf = async () =>
    JSON.stringify([
      await database.sql`select * from mail.mails`,
      await database.sql`select * from jobs.jobs`,
    ]);
  const waiting = await rowsOf();
  work();
  await until(id, "sent");

  for (const text of [waiting, await rowsOf(), lines.join("")]) expect(text).not.toContain("secret-token");
  expect(lines.join("")).toContain(id);
  expect(lines.join("")).not.toContain("ada@example.com");
  const [row] = await database.sql`select content_sealed from mail.mails`;
  expect(row).toEqual({ content_sealed: null });
});

test("a mail that its server puts off is sent again with the same Message-ID, and once", async () => {
  outbox.faults.push({ code: 451, count: 2 });
  const id = await queue();
  work();
  await until(id, "sent");

  expect(outbox.mails.map(({ messageId }) => messageId)).toEqual([`<${id}@luna.example>`]);
});

test("an answer that got lost makes a second copy with the same Message-ID, so that its reader sees one", async () => {
  outbox.faults.push({ code: 0, count: 1 });
  const id = await queue();
  work();
  await until(id, "sent");

  expect(new Set(outbox.mails.map(({ messageId }) => messageId))).toEqual(new Set([`<${id}@luna.example>`]));
});

test("a mail that its server refuses for good is not sent again, and says why", async () => {
  outbox.faults.push({ code: 550, count: 1 });
  const id = await queue();
  work();
  await until(id, "failed");

  expect(await readMailState(database.sql, id)).toMatchObject({
    failure: expect.stringContaining("550 The simulator refuses this mail"),
  });
  expect(await database.sql`select from jobs.jobs`).toEqual([]);
  expect(outbox.mails).toEqual([]);
});

test("one address gets ten mails an hour, also when many requests ask at once", async () => {
  const asked = await Promise.allSettled(
    Array.from({ length: 14 }, (_, n) =>
      queue({ ...invitation, to: n % 2 === 0 ? "ada@example.com" : "ADA@example.com" }),
    ),
  );

  expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(mostPerHour);
  const [refusal] = asked.filter((one) => one.status === "rejected");
  expect(refusal?.reason).toMatchObject({ code: "mail-limit", status: 429 });
  await expect(queue({ ...invitation, to: "ben@example.com" })).resolves.toBeTypeOf("string");
});

test("queueMail() without a mail server says so, and writes nothing", async () => {
  await expect(queue(invitation, depsOf(null))).rejects.toMatchObject({ code: "mail-off", status: 409 });

  expect(await database.sql`select from mail.mails`).toEqual([]);
});

test("resealMails() seals waiting mails with the new key, so the old one can be removed", async () => {
  const id = await queue();
  const next = parseKeyring(`${"fedcba9876543210".repeat(4)},${"0123456789abcdef".repeat(4)}`);
  expect(await resealMails(database, next)).toBe(1);
  const only = { keys: next.keys.slice(0, 1) };
  work({ ...depsOf(), keyring: only });

  await until(id, "sent");
});

test("a subject cannot begin another header", async () => {
  const subject = "Hello\r\nBcc: eve@example.com";
  const id = await queue({ ...invitation, content: { ...invitation.content, subject } });
  work();
  await until(id, "sent");

  expect(outbox.mails[0]?.headers.bcc).toBeUndefined();
  expect(outbox.mails[0]?.to).toEqual(["ada@example.com"]);
});

test("htmlOf() writes Arabic from right to left", () => {
  expect(htmlOf({ ...invitation.content, language: "ar" })).toContain('<html lang="ar" dir="rtl">');
});
