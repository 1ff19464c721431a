import type { Elysia } from "elysia";
import { problemResponse } from "#std";
import { problem } from "./problems.ts";

type Around = Parameters<Elysia["wrap"]>[0];

/** A name of DNS has at most 253 characters; a port follows. */
const longestHost = 260;

/**
 * Returns 400 for a request with an invalid `Host`. Its URL cannot be parsed, so this runs before every hook that
 * parses it. A request without `Host`, allowed by HTTP/1.0, has none either.
 */
export function requireHost(): Around {
  return (handle, request) => async () => {
    const host = request.headers.get("host");
    if ((host !== null && host.length > longestHost) || !URL.canParse(request.url))
      return problemResponse(badHost());
    return await handle(request);
  };
}

const badHost = () => problem("host-invalid");
