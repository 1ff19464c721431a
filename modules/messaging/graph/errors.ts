import { defineReasons, type ReasonText } from "../policy/mod.ts";
import {
  type GraphErrorClass,
  type GraphErrorLevel,
  type GraphErrorRule,
  graphErrorRules,
  unknownErrorRule,
} from "./error_rules.ts";

const levels: Readonly<Record<GraphErrorClass, GraphErrorLevel>> = {
  transient: "message",
  maybe_sent: "message",
  throttled: "page",
  unreachable: "message",
  window_closed: "message",
  token_dead: "page",
  page_restricted: "page",
  policy_block: "page",
  app_refused: "app",
  human_agent_unavailable: "message",
  not_thread_owner: "message",
  permission: "message",
  template: "message",
  media: "message",
  invalid: "message",
};

/** The row for an error: a row that names the subcode wins over one for the whole code. */
export function graphErrorRule(code: number, subcode: number | null, message = ""): GraphErrorRule {
  const fitting = graphErrorRules.filter(
    ({ codes, words }) =>
      (codes === "any" || codes.includes(code)) &&
      (words === undefined || (subcode === null && words.test(message))),
  );
  const named = fitting.find(
    ({ codes, subcodes = [] }) =>
      (subcode !== null && subcodes.includes(subcode)) || (codes === "any" && subcodes.includes(code)),
  );
  return named ?? fitting.find((rule) => rule.subcodes === undefined) ?? unknownErrorRule;
}

/** The scope of this row's errors. */
export function graphErrorLevel(rule: GraphErrorRule): GraphErrorLevel {
  return rule.level ?? levels[rule.class];
}

defineReasons(
  Object.fromEntries([...graphErrorRules, unknownErrorRule].map((rule) => [reasonOf(rule), rule])),
);

/** The texts for an error. */
export function reasonOf({ name }: GraphErrorRule): string {
  return `meta-${name}`;
}

/** The text of this row's errors for people. */
export function graphErrorText(rule: GraphErrorRule): ReasonText {
  const { title, remedy } = rule;
  return { title, remedy, titleCode: `reason-${reasonOf(rule)}`, remedyCode: `remedy-${reasonOf(rule)}` };
}
