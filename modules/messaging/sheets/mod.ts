/** CSV and Excel, read and written piece by piece. */
export { type Cell, unmarked } from "./cells.ts";
export { csvLine, type Delimiter, delimiterOf, readCsv, writeCsv } from "./csv.ts";
export { writeXlsx } from "./xlsx.ts";
