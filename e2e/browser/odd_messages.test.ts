import { afterAll, beforeAll, expect, test } from "vitest";
import { anna, type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { appSecret, waitFor } from "../support/product.ts";
import { sign } from "../../modules/webhooks/testing.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

/** Hands events over as Meta does, one after the other in time. */
async function deliver(items: object[]): Promise<void> {
  const { facebookPageId: id, product } = stage;
  const start = Date.now() - 60_000;
  const messaging = items.map((item, n) => ({
    sender: { id: anna },
    recipient: { id },
    timestamp: start + n * 10,
    ...item,
  }));
  const body = JSON.stringify({ object: "page", entry: [{ id, time: Date.now(), messaging }] });
  const answer = await fetch(`${product.url}/api/v1/webhooks/facebook`, {
    method: "POST",
    body,
    headers: { "x-hub-signature-256": sign(body, appSecret) },
  });
  expect(answer.status).toBe(200);
}

let count = 0;
const message = (parts: object) => ({ message: { mid: `m_odd_${(count += 1)}`, ...parts } });
const attached = (...attachments: unknown[]) => message({ attachments });

test(
  "whatever a stranger sends, or writes into a link, the thread is read with all of it, at any width",
  { timeout: 60_000 },
  async () => {
    const { facebookPageId } = stage;
    await deliver([
      message({ text: "first" }),
      message({ text: `\u202Elaso\u202C ${"Z̷̡a̴".repeat(50)}<script>alert(1)</script>` }),
      message({ text: `https://a.example/${".".repeat(19_000)}x` }),
      attached({ type: "appointment_booking", payload: { start_time: 999_999_999_999_999 } }),
      attached({ type: "location", payload: { coordinates: { lat: 1e308, long: "x" } } }),
      attached({ type: "template", payload: { product: { elements: [{ title: {} }, null, 5] } } }),
      attached({ type: "image", payload: { url: "/relative.png" } }, { type: "image", payload: null }, {}),
      message({ text: "tap", quick_reply: "none" }),
      message({ text: "see", reply_to: { mid: "m_unknown" } }),
      message({}),
      { referral: { ref: "2026-13-45T99:99:99.000Z", source: "SHORTLINK" } },
      { referral: { source: "ADS", ads_context_data: { ad_title: "A".repeat(500) } } },
      { postback: { title: {}, payload: ["a"] } },
      { brand_new_kind: { a: 1 } },
      {
        sender: { id: facebookPageId },
        recipient: { id: anna },
        ...message({
          is_echo: true,
          attachments: [
            { type: "template", payload: { text: "What next?", buttons: [{ title: "Call us" }, null] } },
          ],
        }),
      },
      message({ text: "last" }),
    ]);
    const ids = async () =>
      (await stage.api.get<{ items: { id: string; preview: { text: string } }[] }>("/conversations")).items;
    await waitFor(async () => (await ids())[0]?.preview.text === "last");
    const { page, troubles } = await stage.visit(`inbox/${(await ids())[0]?.id}`);
    const conversation = page.getByRole("log", { name: "Messages" });

    for (const words of ["first", "last", "(2026-13-45T99:99:99.000Z)", "What next?", "Call us"])
      await conversation.getByText(words).first().waitFor();
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 844 });
      const wider = await conversation.evaluate((log) =>
        [...log.querySelectorAll("*")]
          .filter((one) => one.getBoundingClientRect().right > log.getBoundingClientRect().right + 1)
          .map((one) => `${one.tagName} ${one.textContent?.slice(0, 60)}`),
      );
      expect(wider, String(width)).toEqual([]);
    }
    expect(troubles).toEqual([]);
  },
);
