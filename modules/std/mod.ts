/** The base of all modules, without domain terms. */
export { type Clock, systemClock } from "./clock.ts";
export {
  constantTimeEqual,
  deriveKey,
  type Keyring,
  parseKeyring,
  randomToken,
  seal,
  sha256Hex,
  unseal,
} from "./crypto.ts";
export { decodeCursor, decodeIdCursor, encodeCursor, pageOf, timePart, wrongCursor } from "./cursor.ts";
export { directionOf, type Language, languageOf, languages, preferredLanguage } from "./languages.ts";
export { createLocalLiveBus, type LiveBus, type LiveFact, type Numbered, type Refetch } from "./live_bus.ts";
export { createCounter, createHistogram, renderMeters, renderMetric, type Sample } from "./meters.ts";
export { type LocalSecrets, loadLocalSecrets } from "./local_secrets.ts";
export { log, type LogFields, redact, setErrorReporter, setLogLevel } from "./log.ts";
export { outageOf } from "./outage.ts";
export {
  defineProblems,
  defineThings,
  type FieldError,
  fieldError,
  notFound,
  unknownZone,
  Problem,
  type ProblemOptions,
} from "./problem.ts";
export { encodePng } from "./png.ts";
export { readJsonBody } from "./json_body.ts";
export { noRoute, problemPlugin, problemResponse } from "./problem_plugin.ts";
export { type PublicPage, publicPage } from "./public_page.ts";
export {
  createLocalRateLimiter,
  createRedisRateLimiter,
  type RateLimiter,
  type RateLimitResult,
  type RateLimitRule,
} from "./rate_limit.ts";
export { recognize } from "./recognize.ts";
export { createRecall, type Recall } from "./recall.ts";
export { createRedisLiveBus, openRedis } from "./redis.ts";
export {
  FieldErrorSchema,
  FileAnswer,
  IsoTime,
  InWorkspace,
  listOf,
  named,
  Nullable,
  OkResponse,
  oneOf,
  PageQuery,
  pageQuery,
  parse,
  ProblemSchema,
  rawAnswer,
  SentenceCode,
  nothingElse,
  recordOf,
  Uuid,
  Words,
} from "./schema.ts";
export {
  allTemplates,
  defineSentences,
  defineTerms,
  type Params,
  type Sentence,
  wordsOf,
  wordTemplate,
} from "./sentences.ts";
export { storable } from "./storable.ts";
export { sealStream, unsealStream } from "./sealed_stream.ts";
export { trimEnd } from "./trim_end.ts";
export { currentTrace, currentTraceId, newTraceId, type Trace, withTrace } from "./trace.ts";
export { textPlugin } from "./text_plugin.ts";
export { tracePlugin } from "./trace_plugin.ts";
export { type WallTime, instantOf, isZone, offsetAt, readZone, wallTimeOf } from "./zone_time.ts";
