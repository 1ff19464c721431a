import { createTransport } from "nodemailer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Simulator, startSimulator } from "./simulator.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.stop());

test("the outbox shows a mail in any language as its reader gets it, and its HTML has no rights", async () => {
  const text = "مرحبا — ¡Hola!\n.\nA line that begins with a dot, and one = sign";
  const html = '<p>مرحبا</p><script>alert("x")</script>';
  const transport = createTransport({ host: "127.0.0.1", port: simulator.outbox.port, ignoreTLS: true });
  await transport.sendMail({ from: "a@b.example", to: "ada@example.com", subject: "دعوة ¡Sí!", text, html });

  const { mails } = await (await fetch(`${simulator.url}/_simulator/mail?to=ADA@example.com`)).json();
  const shown = await fetch(`${simulator.url}/_simulator/mail/${mails[0].id}/html`);
  const page = await fetch(`${simulator.url}/outbox`);

  expect(mails).toHaveLength(1);
  expect(mails[0].subject).toBe("دعوة ¡Sí!");
  expect(mails[0].text.trim()).toBe(text);
  expect(await shown.text()).toContain("<p>مرحبا</p>");
  expect(shown.headers.get("content-security-policy")).toMatch(/^sandbox; default-src 'none'/);
  expect(await page.text()).toContain("Outbox");
});
