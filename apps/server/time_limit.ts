import type { Elysia } from "elysia";
import { problemResponse } from "#std";
import { problem } from "./problems.ts";

type Around = Parameters<Elysia["wrap"]>[0];

/** Longer than any query may take, and shorter than a proxy waits. */
const longestMs = 45_000;

// An import takes as long as its upload; a stream responds when it begins.
const isEndless = (url: string) => /\/contacts\/import(\?|$)/.test(url);

/** Returns 503 for a request without a response in time: an error is better than silence. */
export function limitTime(mostMs: number = longestMs): Around {
  return (handle, request) => async () => {
    const answer: unknown = handle(request);
    if (!(answer instanceof Promise) || isEndless(request.url)) return answer;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<Response>((done) => {
      timer = setTimeout(() => done(problemResponse(tooSlow())), mostMs);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

const tooSlow = () => problem("timed-out", {}, { retryAfterSeconds: 10 });
