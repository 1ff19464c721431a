import { afterAll, beforeAll, expect, test } from "vitest";
import { inhabit, type Inhabited } from "../../apps/server/testing/inhabited.ts";

let world: Inhabited;
beforeAll(async () => {
  world = await inhabit();
});
afterAll(() => world.close());

async function call(method: string, path: string, body?: unknown, token = world.tokens.manager) {
  const response = await world.request(method, path, { body, token });
  const answer: Record<string, unknown> = await response.json();
  return { status: response.status, body: answer };
}

const idOf = ({ body }: { body: Record<string, unknown> }): string => {
  const { template } = body;
  return typeof template === "object" && template !== null && "id" in template ? String(template.id) : "";
};

const offer = {
  text: "Hi {{first_name|there}}",
  buttons: [
    { type: "url", title: "Open", url: "https://shop.example.com/{{custom.code|all}}", isTracked: true },
    { type: "postback", title: "Ask", payload: "ASK" },
    { type: "call", title: "Call", phone: "+15105551234" },
  ],
  quickReplies: [{ title: "Later" }],
};

test("createTemplate stores a template under a name unique without case", async () => {
  await world.system.sql`insert into messaging.custom_fields (workspace_id, key, label, type)
    values (${world.here.workspaceId}, 'code', 'Code', 'text')`;

  const made = await call("POST", "/templates", { name: " Offer ", category: "sales", content: offer });
  const again = await call("POST", "/templates", { name: "OFFER", content: { text: "x" } });
  const read = await call("GET", `/templates/${idOf(made)}`);

  expect(made.status).toBe(201);
  expect(read.body).toMatchObject({ template: { name: "Offer", category: "sales", content: offer } });
  expect(again).toMatchObject({ status: 409, body: { detail: expect.stringContaining('"OFFER"') } });
});

test("createTemplate names every problem with its place, and stores nothing", async () => {
  const content = {
    text: "Hi {{nick}}",
    buttons: [{ type: "postback", title: "x".repeat(21), payload: "P" }],
  };

  const refused = await call("POST", "/templates", { name: "Bad", content });
  const onChange = await call("PATCH", `/templates/${world.here.ids.templateId}`, { content });

  for (const answer of [refused, onChange]) {
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      errors: [
        { path: "/text", message: expect.stringContaining("nick") },
        { path: "/buttons/0/title", message: expect.stringContaining("at most 20") },
      ],
    });
  }
  expect((await call("GET", "/templates?search=bad")).body).toMatchObject({ items: [] });
});

test("changeTemplate changes only given parts; copies get the first free name; a deleted one is gone", async () => {
  const made = await call("POST", "/templates", { name: "Thanks", content: { text: "Thank you" } });
  const id = idOf(made);

  const changed = await call("PATCH", `/templates/${id}`, { name: "Thank you" });
  const taken = await call("PATCH", `/templates/${id}`, { name: "template here" });
  const own = await call("PATCH", `/templates/${id}`, { name: "THANK YOU" });
  const first = await call("POST", `/templates/${id}/duplicate`);
  const second = await call("POST", `/templates/${id}/duplicate`);
  await call("DELETE", `/templates/${id}`);

  expect(changed.body).toMatchObject({ template: { name: "Thank you", content: { text: "Thank you" } } });
  expect(taken.status).toBe(409);
  expect(own.body).toMatchObject({ template: { name: "THANK YOU" } });
  expect(first.body).toMatchObject({
    template: { name: "THANK YOU (copy)", content: { text: "Thank you" } },
  });
  expect(second.body).toMatchObject({ template: { name: "THANK YOU (copy 2)" } });
  expect((await call("GET", `/templates/${id}`)).status).toBe(404);
  expect((await call("DELETE", `/templates/${id}`)).status).toBe(404);
});

test("listTemplates sorts by name, in pages, and finds parts of names and a category", async () => {
  for (const name of ["list a", "List B", "list c"])
    await call("POST", "/templates", { name, category: "list", content: { text: name } });

  const names: unknown[] = [];
  let cursor: unknown = "";
  do {
    const { body } = await call(
      "GET",
      `/templates?category=list&limit=2${cursor === "" ? "" : `&cursor=${String(cursor)}`}`,
    );
    names.push(...(Array.isArray(body.items) ? body.items.map((item) => item.name) : []));
    cursor = body.nextCursor;
  } while (cursor !== null);

  expect(names).toEqual(["list a", "List B", "list c"]);
  expect((await call("GET", "/templates?search=ST%20b")).body).toMatchObject({ items: [{ name: "List B" }] });
  expect((await call("GET", "/templates?search=%25")).body).toMatchObject({ items: [] });
});

test("previewContent shows one contact's message, or its problems", async () => {
  const { contactId } = world.here.ids;
  await world.system
    .sql`update messaging.contacts set first_name = 'Wolfeschlegelstein' where id = ${contactId ?? ""}`;
  const preview = (content: unknown, contact?: string) =>
    call("POST", "/templates/preview", { content, contactId: contact }, world.tokens.operator);

  const known = await preview({ text: "Hi {{first_name}} of {{page_name}}" }, contactId);
  const unknown = await preview({ text: "Hi {{first_name|you}}" });
  const long = await preview({ text: "x", quickReplies: [{ title: "I am {{first_name|me}}" }] }, contactId);
  const wrong = await preview({ text: "" });
  const foreign = await preview({ text: "Hi" }, world.elsewhere.ids.contactId);

  expect(known.body).toEqual({
    message: { text: "Hi Wolfeschlegelstein of Here" },
    utility: null,
    problems: [],
  });
  expect(unknown.body).toMatchObject({ message: { text: "Hi you" } });
  expect(long.body).toMatchObject({
    message: null,
    problems: [{ path: "", message: expect.stringContaining("at most 20") }],
  });
  expect(wrong.body).toMatchObject({ message: null, problems: [{ path: "/text" }] });
  expect(foreign.status).toBe(404);
});
