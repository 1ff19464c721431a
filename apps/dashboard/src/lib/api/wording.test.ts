import { expect, test } from "vitest";
import { wordAnswer, wordSentence } from "./wording.ts";

const spanish = {
  "campaign-live": "No se puede archivar la campaña «{name}»: está <status@campaign-status>",
  "campaign-status-paused": "en pausa desde {name}",
  "window-closed": "La ventana está cerrada",
  "app-elsewhere": "Meta envía los eventos a {url}",
};

test("wordSentence() translates values with their own words, and keeps English for unknown codes", () => {
  const said = (code: string | undefined, params?: Record<string, string | number>) =>
    wordSentence(spanish, { code, params, text: "In English" });

  expect(said("campaign-live", { name: "{status}", status: "paused" })).toBe(
    "No se puede archivar la campaña «{status}»: está en pausa desde {status}",
  );
  expect(said("campaign-live", { name: "Spring", status: "gone" })).toBe(
    "No se puede archivar la campaña «Spring»: está gone",
  );
  expect(said("window-gone")).toBe("In English");
  expect(said(undefined)).toBe("In English");
});

test("wordAnswer() words each text whose code stands beside it, however deep, and leaves other fields", () => {
  const elsewhere = { code: "app-elsewhere", params: { url: "https://else.example" } };
  const answer = {
    items: [
      {
        canReply: { reason: "Closed", reasonCode: "window-closed", remedy: null, remedyCode: null },
        check: { text: "Meta sends events to https://else.example", words: elsewhere },
        statusReason: "Meta's own text",
        statusReasonWords: null,
        differences: ["Meta's own text", "Meta sends events to https://else.example"],
        differencesWords: [null, elsewhere],
      },
    ],
    problems: [{ path: "/url", message: "Meta sends events to you", ...elsewhere }],
    stopWords: ["stop"],
    trigger: { words: ["price"] },
    fields: { reason: "Their own", reasonCode: "window-closed" },
  };
  wordAnswer(spanish, answer);

  expect(answer).toEqual({
    items: [
      {
        canReply: {
          reason: "La ventana está cerrada",
          reasonCode: "window-closed",
          remedy: null,
          remedyCode: null,
        },
        check: { text: "Meta envía los eventos a https://else.example", words: elsewhere },
        statusReason: "Meta's own text",
        statusReasonWords: null,
        differences: ["Meta's own text", "Meta envía los eventos a https://else.example"],
        differencesWords: [null, elsewhere],
      },
    ],
    problems: [{ path: "/url", message: "Meta envía los eventos a https://else.example", ...elsewhere }],
    stopWords: ["stop"],
    trigger: { words: ["price"] },
    fields: { reason: "Their own", reasonCode: "window-closed" },
  });
});
