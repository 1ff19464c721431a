/** Conditions on contacts, compiled to SQL. */
export { type Audience, audienceCondition, AudienceSchema } from "./audience.ts";
export { compileConditions } from "./compile.ts";
export { checkConditions, type Condition, type Conditions, ConditionsSchema } from "./conditions.ts";
export { readGivenConditions } from "./given_conditions.ts";
export { conditionsUnreadable } from "./problems.ts";
