import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../db/testing.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

test("member commands add a person, change the role, deactivate, reactivate and reset the password", async () => {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), "ms-members-"));
  await database.sql`insert into auth.workspaces (name) values ('Here')`;
  const run = (...args: string[]) => {
    const env = { PATH: process.env.PATH, DATA_DIR: dataDir, DATABASE_URL: database.url, SIMULATOR: "on" };
    return spawnSync(process.execPath, ["apps/server/cli.ts", ...args, "--email", "Ann@Example.com"], {
      cwd: root,
      encoding: "utf8",
      env,
    });
  };
  const member = async () => {
    const [row] = await database.sql`
      select m.role, u.deactivated_at is null as "isIn" from auth.users u join auth.memberships m on m.user_id = u.id`;
    return row;
  };

  const added = run("add-member", "--name", "Ann", "--role", "viewer");
  const changed = run("change-role", "--role", "operator");
  const afterChange = await member();
  const closed = run("deactivate");
  const afterClosing = await member();
  const again = run("add-member", "--name", "Ann", "--role", "viewer");
  const opened = run("reactivate");
  const afterOpening = await member();
  const unneeded = run("reactivate");
  await database.sql`
    insert into auth.login_budgets select encode(sha256('ann@example.com'), 'hex'), source, now() + interval '9 min'
    from unnest(array['', 'address:192.0.2.1']) source`;
  const [before] = await database.sql<{ hash: string }[]>`select password_hash as hash from auth.users`;
  await database.sql`
    insert into auth.totps (user_id, secret, confirmed_at) select id, 'none', now() from auth.users`;
  const unlocked = run("remove-second-factor");
  const [factors] = await database.sql`select count(*)::int from auth.totps`;
  const reset = run("reset-password");
  const [after] = await database.sql<{ hash: string; limited: boolean }[]>`
    select password_hash as hash, exists (select from auth.login_budgets where source <> 'open') as limited from auth.users`;

  expect(unlocked.stdout).toContain("logs in with the password alone");
  expect(factors?.count).toBe(0);
  expect(added.stdout).toMatch(/is viewer now\. First password: \S{12}/);
  expect([changed, closed, opened].map(({ stderr }) => stderr)).toEqual(["", "", ""]);
  expect(afterChange).toEqual({ role: "operator", isIn: true });
  expect(afterClosing).toEqual({ role: "operator", isIn: false });
  expect(afterOpening).toEqual({ role: "operator", isIn: true });
  expect(again.stderr).toContain("Reactivate it first");
  expect(unneeded.stderr).toContain("it is not deactivated");
  const password = /New password: (\S+)/.exec(reset.stdout)?.[1] ?? "";
  expect(after?.limited).toBe(false);
  expect(await Bun.password.verify(password, after?.hash ?? "")).toBe(true);
  expect(await Bun.password.verify(password, before?.hash ?? "")).toBe(false);
  const rows =
    await database.sql`select action, actor_kind as by, subject_name as whom from auth.activity order by id`;
  expect([...rows]).toEqual(
    [
      "member.added",
      "member.role-changed",
      "user.deactivated",
      "user.reactivated",
      "user.second-factor-reset",
      "user.password-reset",
    ].map((action) => ({ action, by: "command-line", whom: "Ann" })),
  );
  await database.close();
  // Starts eight processes.
}, 120_000);
