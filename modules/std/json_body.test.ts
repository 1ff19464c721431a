import { expect, test } from "vitest";
import { mostLevels, mostValues, readJsonBody, TooMuch } from "./json_body.ts";

const read = (body: string) => readJsonBody(new Request("http://localhost/", { method: "POST", body }));
const padding = "x".repeat(50_000);

test("readJsonBody() creates no objects for more values or levels than any route accepts", async () => {
  const many = await read(`[${"1,".repeat(mostValues)}1]`);
  const deep = await read(`${"[".repeat(mostLevels + 1)}"${padding}"${"]".repeat(mostLevels + 1)}`);
  const atMost = await read(`[${"1,".repeat(mostValues - 2)}"${padding}"]`);

  expect(many).toEqual(new TooMuch({ most: mostValues, what: "values" }));
  expect(deep).toEqual(new TooMuch({ most: mostLevels, what: "levels" }));
  expect(atMost).toHaveLength(mostValues - 1);
});

test.each([",".repeat(30_000), "[{".repeat(30_000), '\\"[,'.repeat(20_000), "\\\\".repeat(30_000)])(
  "readJsonBody() ignores signs inside a text: %.6s",
  async (text) => {
    const body = `{"a":["${text}"]}`;

    expect(await read(body)).toEqual(JSON.parse(body));
  },
);

test("readJsonBody() throws for invalid JSON, short or long", async () => {
  await expect(read("")).rejects.toThrow(SyntaxError);
  await expect(read(`{"a":"${padding}`)).rejects.toThrow(SyntaxError);
});
