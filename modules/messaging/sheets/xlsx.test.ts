import { expect, test } from "vitest";
import { unzip } from "./testing.ts";
import type { Cell } from "./cells.ts";
import { writeXlsx } from "./xlsx.ts";

async function filesOf(batches: Cell[][][], rowsPerSheet?: number): Promise<Record<string, string>> {
  async function* source() {
    yield* batches;
  }
  const options = { columns: ["Name", "=Seen"], ...(rowsPerSheet === undefined ? {} : { rowsPerSheet }) };
  const pieces = await Array.fromAsync(writeXlsx(source(), options));
  return unzip(Buffer.concat(pieces));
}

/** Each row's cells as they are written. */
const rowsOf = (sheet = "") =>
  [...sheet.matchAll(/<row>(.*?)<\/row>/gs)].map(([, row = ""]) =>
    [...row.matchAll(/<c(?: s="(\d)")?(?: t="inlineStr")?(?:\/>|>.*?(?:preserve">|<v>)(.*?)<\/)/gs)].map(
      ([, style = "", text = ""]) => (style === "" || style === "0" ? text : `${style}:${text}`),
    ),
  );

test("writeXlsx() writes text without formulas and with valid XML, and dates as Excel counts them", async () => {
  const files = await filesOf([
    [
      ["=1+1", "@you"],
      ["<b> & \u0000\u001b_x0041_ \ud800", "two\r\nlines"],
      [new Date("2026-11-24T12:00:00Z"), { day: "1900-03-01" }],
      [null, { day: "1850-01-01" }],
      [12.5, "24266381753005180"],
    ],
  ]);

  expect(rowsOf(files["xl/worksheets/sheet1.xml"])).toEqual([
    ["3:Name", "3:'=Seen"],
    ["'=1+1", "'@you"],
    ["&lt;b&gt; &amp; _x005F_x0041_ \ufffd", "two\nlines"],
    ["1:46350.5", "2:61"],
    ["", "1850-01-01"],
    ["12.5", "24266381753005180"],
  ]);
  expect(files["xl/worksheets/sheet1.xml"]).not.toContain("<f>");
});

test("writeXlsx() adds a sheet with column names when one is full, and none without rows", async () => {
  const rows = Array.from({ length: 8 }, (_, n): Cell[] => [`N${n}`, n]);

  const files = await filesOf([rows.slice(0, 3), [], rows.slice(3)], 5);

  const sheets = [1, 2, 3].map((n) => rowsOf(files[`xl/worksheets/sheet${n}.xml`]));
  expect(sheets.map((sheet) => sheet.length)).toEqual([5, 5, 0]);
  expect(sheets[1]).toEqual([["3:Name", "3:'=Seen"], ...rows.slice(4).map((row) => row.map(String))]);
  expect(files["xl/workbook.xml"]).toContain('name="Contacts 2"');
  expect(files["[Content_Types].xml"]?.match(/sheet\d\.xml/g)).toEqual(["sheet1.xml", "sheet2.xml"]);
});
