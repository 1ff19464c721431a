import { defineProblems, type Problem } from "#std";
import { type Action, refusalTexts } from "../policy/mod.ts";
import { ownTexts } from "./reason_texts.ts";

type Row = readonly [status: 409, detail: `Cannot {action@action}: ${string}`, remedy: string];

// A sentence for each reason: other languages word it as a whole.
const { suppressed, "no-template": noTemplate } = ownTexts;
const rows = Object.entries({ ...refusalTexts, suppressed, "no-template": noTemplate }).map(
  ([reason, { title, remedy }]): [string, Row] => [
    reason,
    [409, `Cannot {action@action}: ${inSentence(title)}`, remedy],
  ],
);

const problem = defineProblems<Record<string, Row>>(Object.fromEntries(rows));

/** Names such as Meta and Facebook keep their capital. */
function inSentence(title: string): string {
  return /^(?:The|This) /.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

/** Why one message does not go out, or another action is refused: a reason of policy or of the ledger. */
export function refusalProblem(reason: string, action: Action): Problem {
  return problem(reason, { action });
}
