import { afterAll, beforeAll, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
let facebookId: string;
beforeAll(async () => {
  on = await openAppWithMeta();
  ({ facebookId } = await on.connectNewPage());
});
afterAll(() => on.close());

/** A contact with a message, and known name and image. */
async function addPerson(name: string): Promise<string> {
  const person = await on.control("POST", "/persons", { pageId: facebookId, name, text: "Hello" });
  const psid = String(person.psid);
  await until("the profile", async () => (await contactOf(psid)).picture_key);
  return psid;
}

async function contactOf(psid: string) {
  const [row] = await on.database.sql`select name, picture_key, profile_state as state,
    extract(epoch from now() - profile_at)::float8 / 86400 as days from messaging.contacts where psid = ${psid}`;
  return row ?? {};
}

/** A day passes: the check of old profiles runs, and so do its jobs. */
async function refresh(): Promise<void> {
  const { sql } = on.database;
  await sql`insert into jobs.jobs (kind, key, payload) values ('contacts.refresh_profiles', 'all', '{}')
    on conflict (kind, key) do update set run_at = now()`;
  await until("the profiles to be planned", async () => {
    const [row] = await sql`select 1 from jobs.jobs
      where kind = 'contacts.refresh_profiles' and run_at > now() + interval '23 h'`;
    return row;
  });
  await until("each profile to be read", async () => {
    const open = await sql`update jobs.jobs set run_at = now()
      where kind = 'contact.profile' and run_at > now() returning 1`;
    const [row] = await sql`select 1 from jobs.jobs where kind = 'contact.profile'`;
    return open.length === 0 && row === undefined;
  });
}

test("names of active contacts are refreshed after a week; an equal image keeps its URL", async () => {
  const psid = await addPerson("Mary Young");
  const before = await contactOf(psid);
  await on.database.sql`update messaging.contacts set profile_at = now() - interval '8 days'
    where psid = ${psid}`;
  await on.control("PATCH", `/persons/${psid}`, { name: "Mary Old" });

  await refresh();

  const after = await contactOf(psid);
  expect(before.name).toBe("Mary Young");
  expect(after).toMatchObject({ name: "Mary Old", picture_key: before.picture_key });
  expect(after.days).toBeLessThan(1);
});

test("contacts refreshed this week, or silent for longer, are skipped", async () => {
  const fresh = await addPerson("Fred Fresh");
  const silent = await addPerson("Sue Silent");
  await on.database.sql`update messaging.contacts set profile_at = now() - interval '6 days'
    where psid = ${fresh}`;
  await on.database.sql`update messaging.contacts
    set profile_at = now() - interval '60 days', last_inbound_at = now() - interval '8 days' where psid = ${silent}`;

  await refresh();

  expect((await contactOf(fresh)).days).toBeGreaterThan(5);
  expect((await contactOf(silent)).days).toBeGreaterThan(50);
});

test("a name that Meta no longer shows stays, and so does the image", async () => {
  const psid = await addPerson("Nora Known");
  const before = await contactOf(psid);
  await on.database.sql`update messaging.contacts set profile_at = now() - interval '8 days'
    where psid = ${psid}`;
  // Neither the profile nor the conversation names the person now.
  await on.control("POST", "/faults", { path: psid, code: 100, subcode: 2018218 });
  await on.control("POST", "/faults", { path: "/conversations", code: 100, subcode: 33 });

  await refresh();

  const after = await contactOf(psid);
  expect(after).toMatchObject({ name: "Nora Known", state: "known", picture_key: before.picture_key });
  expect(after.days).toBeLessThan(1);
});

test("a name given by a member stays until they remove it", async () => {
  const psid = await addPerson("Vera Young");
  const [row] = await on.database.sql<
    { id: string }[]
  >`select id from messaging.contacts where psid = ${psid}`;
  const rename = (firstName: string | null, lastName: string | null) =>
    on.call(on.managerToken, "PATCH", `/workspaces/${on.workspaceId}/contacts/${row?.id}`, {
      firstName,
      lastName,
    });
  const weekLater = async () => {
    await on.database
      .sql`update messaging.contacts set profile_at = now() - interval '8 days' where psid = ${psid}`;
    await refresh();
    return (await contactOf(psid)).name;
  };

  await rename("Vera", "from the bakery");
  const kept = await weekLater();
  await rename(null, null);
  const again = await weekLater();

  expect([kept, again]).toEqual(["Vera from the bakery", "Vera Young"]);
});

test("an imported name stays until the import is undone", async () => {
  const names = ["Wanda Known", "Xaver New"];
  const [known, fresh] = [
    await addPerson("Wanda Known"),
    String((await on.control("POST", "/persons", { pageId: facebookId, name: "Xaver New" })).psid),
  ];
  const call = async (path: string, body: unknown) =>
    await (await on.request("POST", `/contacts${path}`, { body })).json();
  const isDone = async (id: string, status: string) =>
    until("the transfer to end", async () => {
      const { transfer } = await (await on.request("GET", `/contacts/transfers/${id}`)).json();
      return transfer.status === status;
    });
  const weekLater = async () => {
    await on.database.sql`update messaging.contacts set profile_at = now() - interval '8 days',
      created_at = now() - interval '9 days' where psid in (${known}, ${fresh})`;
    await refresh();
    return [(await contactOf(known)).name, (await contactOf(fresh)).name];
  };
  const [page] = await on.database.sql`select id from messaging.pages where facebook_id = ${facebookId}`;
  const file = new Blob([`psid,name\n${known},Dr. Wanda\n${fresh},Dr. Xaver\n`], { type: "text/csv" });
  const { transfer } = await call("/import?fileName=p.csv", file);

  await call(`/import/${transfer.id}/start`, {
    mapping: { psid: "psid", name: "name" },
    pageId: page?.id,
  });
  await isDone(transfer.id, "done");
  await on.control("POST", `/persons/${fresh}/write`, { text: "Hello" });
  await until("the message", async () => {
    const [row] = await on.database.sql`select last_inbound_at from messaging.contacts where psid = ${fresh}`;
    return row?.last_inbound_at;
  });
  const kept = await weekLater();
  await call(`/transfers/${transfer.id}/undo`, {});
  await isDone(transfer.id, "undone");
  const again = await weekLater();

  expect([kept, again]).toEqual([["Dr. Wanda", "Dr. Xaver"], names]);
});

test("language and time zone come with Meta's profile if granted, and known values stay", async () => {
  const [first, second] = await Promise.all(
    ["Tom Tokyo", "Rita Rome"].map((name) =>
      on.control("POST", "/persons", {
        pageId: facebookId,
        name,
        locale: "ja_JP",
        timezone: 9,
        text: "Hello",
      }),
    ),
  );
  const of = async (psid: unknown) => {
    const [row] = await on.database.sql`
      select locale, timezone from messaging.contacts where psid = ${String(psid)} and profile_at is not null`;
    return row;
  };
  await until("the first profile", () => of(first?.psid));
  await until("the second profile", () => of(second?.psid));
  const told = await of(first?.psid);
  await on.database
    .sql`update messaging.contacts set timezone = 'Europe/Rome', profile_at = now() - interval '8 days'
    where psid = ${String(second?.psid)}`;

  await refresh();

  expect(told).toEqual({ locale: "ja_JP", timezone: "9" });
  expect(await of(second?.psid)).toMatchObject({ timezone: "Europe/Rome" });
});
