import { defineProblems } from "#std";

export const problem = defineProblems({
  "csv-unreadable": [
    422,
    "Cannot read the file from line {line}: a quote is never closed, or the line has more than {bytes} bytes",
    "Correct that line and upload the file again",
  ],
});
