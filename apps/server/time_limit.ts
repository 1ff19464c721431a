import type { Elysia } from "elysia";
import { problemResponse } from "#std";
import { problem } from "./problems.ts";

type Around = Parameters<Elysia["wrap"]>[0];

/** Longer than any query may take, and shorter than a proxy waits. */
const longestMs = 45_000;

// An import takes as long as the line of who sends it; a stream has answered when it begins.
const isEndless = (url: string) => /\/contacts\/import(\?|$)/.test(url);

/** Answers 503 when a request has no answer in time: a caller is better off with an error than with none. */
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
