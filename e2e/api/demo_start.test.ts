import { afterAll, beforeAll, expect, test } from "vitest";
import { apiRequest } from "../../apps/server/testing/api_request.ts";
import { type Product, startProduct } from "../support/product.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct({ hasOwner: false, env: { DEMO: "on" } });
});
afterAll(() => product.stop());

test("a start with DEMO=on prints an owner who sees the demo, and creates neither twice", async () => {
  const printed = () => [...product.log().matchAll(/Log in as {3}(\S+) with (\S+)/g)];
  await expect.poll(printed).toHaveLength(1);
  const [, email, password] = printed()[0] ?? [];
  const first = await fetch(
    apiRequest("POST", `${product.url}/api/v1/auth/login`, { body: { email, password } }),
  );
  await product.kill();
  await product.start();
  await expect.poll(() => product.log().match(/is ready after/g)).toHaveLength(2);

  expect(first.status).toBe(200);
  expect(printed()).toHaveLength(1);
  const rows = await product.database.sql`
    select (select count(*)::int4 from auth.users where is_owner) as owners,
      (select count(*)::int4 from auth.workspaces where is_demo) as demos,
      (select count(*)::int4 from messaging.contacts) as contacts`;
  expect(rows).toEqual([{ owners: 1, demos: 1, contacts: 2_000 }]);
});
