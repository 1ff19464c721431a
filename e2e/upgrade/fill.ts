import {
  type ApiClient,
  type Connected,
  connectPage,
  owner,
  type Product,
  simulatorCall,
  waitFor,
} from "../support/product.ts";

/** People of the simulator's first page, which every simulator has. */
const people = ["24266381753005180", "24266381753005181", "24266381753005182"];

/** A small business that used everything, so that each table has rows; what comes from Meta alone is put in by hand. */
export async function fill(product: Product): Promise<void> {
  const connected = await connectPage(product);
  const { api, workspaceId } = connected;
  const at = `/workspaces/${workspaceId}`;
  await api.raw("POST", "/auth/login", { email: owner.email, password: "Wrong-Horse-9" });
  await write(product, people, "Hello");
  await until(
    product,
    "the people and their names",
    3,
    (sql) => sql`select from messaging.contacts where profile_state <> 'wanted'`,
  );
  const rows = await product.database.sql<{ id: string }[]>`select id from messaging.contacts order by psid`;
  const [first = "", second = "", third = ""] = rows.map(({ id }) => id);

  await label(api, at, [first, second]);
  await talk(product, connected, first);
  await settle(connected, third);
  await campaign(product, connected);
  await sequence(product, connected);
  await transfer(product, connected);
  await byHand(product, connected, first);
}

async function write({ simulator }: Product, psids: readonly string[], text: string): Promise<void> {
  for (const psid of psids) await simulatorCall(simulator, "POST", `persons/${psid}/write`, { text });
}

async function until(
  { database }: Product,
  what: string,
  count: number,
  look: (sql: Product["database"]["sql"]) => Promise<readonly unknown[]>,
): Promise<void> {
  await waitFor(async () => (await look(database.sql)).length >= count, 60_000, what);
}

async function label(api: ApiClient, at: string, [first = "", second = ""]: string[]): Promise<void> {
  const { tag } = await api.post<{ tag: { id: string } }>(`${at}/tags`, { name: "Regular", colour: "green" });
  await api.post(`${at}/custom-fields`, { key: "city", label: "City", type: "text" });
  const change = { tagIds: [tag.id], fields: { city: "Lisbon" } };
  await success(api.raw("PATCH", `${at}/contacts/${first}`, change));
  await api.post(`${at}/segments`, { name: "By hand", kind: "static", contactIds: [first, second] });
  const conditions = { match: "all", conditions: [{ field: "tags", op: "any", tagIds: [tag.id] }] };
  await api.post(`${at}/segments`, { name: "Regulars", kind: "dynamic", conditions });
}

async function success(answer: Promise<Response>): Promise<unknown> {
  const response = await answer;
  const body = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${response.url}: ${body}`);
  return JSON.parse(body);
}

async function talk(
  product: Product,
  { api, workspaceId, accessToken }: Connected,
  id: string,
): Promise<void> {
  const at = `/workspaces/${workspaceId}`;
  const form = new FormData();
  form.set("file", new File([Buffer.from("89504e470d0a1a0a00", "hex")], "mug.png"));
  const headers = { authorization: `Bearer ${accessToken}` };
  const { file } = await (
    await fetch(`${product.url}/api/v1${at}/media`, { method: "POST", headers, body: form })
  ).json();
  await api.post(`${at}/templates`, { name: "Thanks", content: { text: "Thank you, {{first_name|you}}!" } });
  const conversation = `${at}/conversations/${id}`;
  await api.post(`${conversation}/notes`, { text: "Asks for beans each month" });
  const key = () => ({ "idempotency-key": crypto.randomUUID() });
  await api.post(`${conversation}/messages`, { text: "Hello from Luna" }, key());
  await api.post(`${conversation}/messages`, { content: { mediaFileId: file.id } }, key());
  const attachments = [{ type: "image" }];
  await simulatorCall(product.simulator, "POST", `persons/${people[0]}/write`, { attachments });
  await until(
    product,
    "the replies",
    2,
    (sql) => sql`select from messaging.deliveries where class <> 'campaign' and state = 'sent'`,
  );
  await until(
    product,
    "the picture",
    1,
    (sql) => sql`select from messaging.attachments where file_state = 'stored'`,
  );
}

async function settle({ api, workspaceId, pageId }: Connected, contactId: string): Promise<void> {
  const at = `/workspaces/${workspaceId}`;
  await success(
    api.raw("PUT", `${at}/sending-rules`, {
      timezone: "Europe/Lisbon",
      cap: { count: 20, hours: 24 },
      quietHours: null,
      stopWords: ["basta"],
      startWords: [],
    }),
  );
  await api.post(`${at}/suppressions`, { pageId, psids: ["5000000001"], reason: "complaint" });
  await success(
    api.raw("PUT", `${at}/pages/${pageId}/auto-replies`, {
      welcome: { text: "Welcome!" },
      away: null,
      businessHours: null,
    }),
  );
  await success(api.raw("PATCH", `${at}/conversations/${contactId}`, { status: "resolved" }));
  await api.post(`${at}/pages/login`);
  await api.post(`${at}/utility-templates`, {
    pageIds: [pageId],
    name: "order_update",
    language: "en",
    body: "Good news, {{customer}}: your order {{order_id}} is on its way to you.",
    samples: { customer: "John", order_id: "566701" },
  });
}

async function campaign(product: Product, { api, workspaceId }: Connected): Promise<void> {
  const at = `/workspaces/${workspaceId}/campaigns`;
  const button = { type: "url", title: "Buy", url: "https://shop.example.com/beans", isTracked: true };
  const content = { text: "Fresh beans are here", buttons: [button] };
  const draft = {
    name: "Beans",
    kind: "window",
    audience: { all: true },
    content,
    options: { canary: false },
  };
  const { campaign: made } = await api.post<{ campaign: { id: string } }>(at, draft);
  await api.post(`${at}/${made.id}/launch`);
  await until(
    product,
    "the campaign",
    1,
    (sql) => sql`select from messaging.campaigns where id = ${made.id} and status = 'completed'`,
  );
  const sent = JSON.stringify(await simulatorCall(product.simulator, "GET", "sent"));
  const [link = ""] = /http[^"]+\/l\/[^"]+/.exec(sent) ?? [];
  await fetch(link, { redirect: "manual", headers: { "user-agent": "Mozilla/5.0 Mobile" } });
  await api.post(at, { ...draft, name: "More beans" });
}

async function sequence(product: Product, { api, workspaceId }: Connected): Promise<void> {
  const at = `/workspaces/${workspaceId}/sequences`;
  const trigger = {
    kind: "keyword",
    words: ["price"],
    how: "is",
    pageIds: [],
    cooldownSeconds: 0,
    maxPerContact: 1,
  };
  const { sequence: made } = await api.post<{ sequence: { id: string } }>(at, {
    name: "Prices",
    steps: [
      { delaySeconds: 0, condition: null, content: { text: "Our prices: …" } },
      {
        delaySeconds: 86_400,
        condition: { kind: "replied", not: true },
        content: { text: "Anything else?" },
      },
    ],
    trigger,
    exit: { onReply: true, onClick: false, onTagId: null },
  });
  await api.post(`${at}/${made.id}/start`);
  await write(product, people.slice(1, 2), "price");
  await until(
    product,
    "the sequence to begin",
    1,
    (sql) => sql`select from messaging.deliveries where campaign_id = ${made.id} and state = 'sent'`,
  );
}

async function transfer(
  product: Product,
  { api, workspaceId, pageId, accessToken }: Connected,
): Promise<void> {
  const at = `/workspaces/${workspaceId}/contacts`;
  const imported = await fetch(`${product.url}/api/v1${at}/import?fileName=people.csv`, {
    method: "POST",
    headers: { authorization: `Bearer ${accessToken}`, "content-type": "text/csv" },
    body: "psid,name\n5000000002,Ines\n5000000003,Rui\n",
  });
  const { transfer: made } = await imported.json();
  await api.post(`${at}/import/${made.id}/start`, { mapping: { psid: "psid", name: "name" }, pageId });
  await api.post(`${at}/export`, { filter: {}, format: "csv" });
  await until(
    product,
    "the import and the export",
    2,
    (sql) => sql`select from messaging.contact_transfers where status = 'done'`,
  );
}

async function byHand(
  { database: { sql } }: Product,
  { workspaceId, pageId }: Connected,
  contactId: string,
): Promise<void> {
  await sql`insert into messaging.comments (workspace_id, page_id, comment_id, text, changed_at, created_at)
    values (${workspaceId}, ${pageId}, '1_2', 'Lovely', now(), now())`;
  await sql`insert into messaging.reactions (workspace_id, page_id, mid, actor, emoji, reaction, at)
    select workspace_id, page_id, mid, 'contact', '❤', 'love', now() from messaging.messages
    where conversation_id = ${contactId} and mid is not null limit 1`;
}
