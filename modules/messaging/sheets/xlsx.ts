import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import { type Cell, harmless } from "./cells.ts";

/** Excel opens no sheet with more rows: what goes beyond begins a further sheet. */
const mostRows = 1_048_576;
/** Made in one go, so that the process answers others between. */
const rowsPerPiece = 500;
/** Excel opens no cell with more characters. */
const mostCharacters = 32_767;

export interface XlsxOptions {
  /** Names of the columns, the first row of each sheet. */
  columns: readonly string[];
  rowsPerSheet?: number;
}

/**
 * The bytes of an XLSX file of these rows (ECMA-376, of which only what Excel needs), made as they are asked for: no
 * more than one batch of rows is held. Text is written as text and never as a formula.
 */
export async function* writeXlsx(
  batches: AsyncIterable<readonly Cell[][]>,
  { columns, rowsPerSheet = mostRows }: XlsxOptions,
): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const bytes = Readable.from(zip.outputStream);
  zip.on("error", (error) => bytes.destroy(error));
  const source = batches[Symbol.asyncIterator]();
  let waiting: readonly Cell[][] = [];
  let sheets = 0;

  function addSheet(): void {
    sheets += 1;
    zip.addReadStreamLazy(`xl/worksheets/sheet${sheets}.xml`, (answer) =>
      answer(null, Readable.from(sheet())),
    );
  }

  async function* sheet(): AsyncGenerator<Buffer> {
    yield Buffer.from(`${sheetStart}${rowXml(columns, 3)}`);
    for (let room = rowsPerSheet - 1; ;) {
      if (waiting.length === 0) {
        const next = await source.next();
        if (next.done === true) {
          addFrame(zip, sheets);
          break;
        }
        waiting = next.value;
      } else if (room === 0) {
        addSheet();
        break;
      } else {
        const fitting = waiting.slice(0, Math.min(room, rowsPerPiece));
        waiting = waiting.slice(fitting.length);
        room -= fitting.length;
        yield Buffer.from(fitting.map((row) => rowXml(row)).join(""));
      }
    }
    yield Buffer.from("</sheetData></worksheet>");
  }

  addSheet();
  for await (const piece of bytes) yield piece;
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packages = "http://schemas.openxmlformats.org/package/2006";
const types = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** The names of the columns stay in sight. */
const sheetStart = `${declaration}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultColWidth="20" defaultRowHeight="15"/><sheetData>`;

/** Styles by their place: 0 plain, 1 a time, 2 a day, 3 the name of a column. */
const styles = `${declaration}<styleSheet xmlns="${main}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts><fonts count="2"><font/><font><b/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf xfId="0"/><xf xfId="0" numFmtId="164" applyNumberFormat="1"/><xf xfId="0" numFmtId="165" applyNumberFormat="1"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

/** Everything beside the sheets, once it is known how many these are. */
function addFrame(zip: ZipFile, sheets: number): void {
  const all = (part: (number: number) => string) =>
    Array.from({ length: sheets }, (_, at) => part(at + 1)).join("");
  const add = (path: string, xml: string) => zip.addBuffer(Buffer.from(`${declaration}${xml}`), path);
  zip.addBuffer(Buffer.from(styles), "xl/styles.xml");
  add(
    "xl/workbook.xml",
    `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets>${all((n) => `<sheet name="Contacts${n === 1 ? "" : ` ${n}`}" sheetId="${n}" r:id="rId${n}"/>`)}</sheets></workbook>`,
  );
  add(
    "xl/_rels/workbook.xml.rels",
    `<Relationships xmlns="${packages}/relationships">${all((n) => `<Relationship Id="rId${n}" Type="${relations}/worksheet" Target="worksheets/sheet${n}.xml"/>`)}<Relationship Id="styles" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
  );
  add(
    "_rels/.rels",
    `<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  );
  add(
    "[Content_Types].xml",
    `<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${types}.styles+xml"/>${all((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${types}.worksheet+xml"/>`)}</Types>`,
  );
  zip.end();
}

function rowXml(cells: readonly Cell[], textStyle = 0): string {
  return `<row>${cells.map((cell) => cellXml(cell, textStyle)).join("")}</row>`;
}

function cellXml(cell: Cell, textStyle: number): string {
  if (cell === null || cell === "") return "<c/>";
  if (typeof cell === "number") return `<c><v>${cell}</v></c>`;
  if (typeof cell === "string")
    return `<c s="${textStyle}" t="inlineStr"><is><t xml:space="preserve">${textXml(harmless(cell))}</t></is></c>`;
  const isDay = !(cell instanceof Date);
  const at = isDay ? new Date(`${cell.day}T00:00:00Z`) : cell;
  const serial = at.getTime() / 86_400_000 + 25_569;
  // Excel counts days from 1900, with a 29th of February that there was not.
  if (serial < 61) return cellXml(isDay ? cell.day : cell.toISOString(), textStyle);
  return `<c s="${isDay ? 2 : 1}"><v>${serial}</v></c>`;
}

const replaced: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", _: "_x005F_" };

// Controls other than tab and newline, and non-characters; `_x0041_`, which Excel would read as an A.
const special = /[^\P{Cc}\t\n]|[\uFFFE\uFFFF<>&]|_(?=x[0-9A-Fa-f]{4}_)/gu;

/** Without the characters that XML cannot hold. */
function textXml(text: string): string {
  return text
    .slice(0, mostCharacters)
    .toWellFormed()
    .replace(special, (found) => replaced[found] ?? "");
}
