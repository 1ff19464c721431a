import { AsyncLocalStorage } from "node:async_hooks";

/** One request or job. Others may keep by this object what belongs to it. */
export interface Trace {
  readonly id: string;
}

const current = new AsyncLocalStorage<Trace>();

/** Runs `work` under one trace id, which its log lines, jobs and deliveries carry. */
export function withTrace<T>(traceId: string, work: () => T): T {
  return current.run({ id: traceId }, work);
}

/** The request or job that runs now. */
export function currentTrace(): Trace | undefined {
  return current.getStore();
}

/** The trace id of the request or job that runs now. */
export function currentTraceId(): string | undefined {
  return current.getStore()?.id;
}

/** Sets this trace id for the rest of the current asynchronous context. */
export function enterTrace(traceId: string): void {
  current.enterWith({ id: traceId });
}

/** 16 random bytes in hex, as in W3C trace context. */
export function newTraceId(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");
}
