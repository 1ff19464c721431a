import { currentTrace, newTraceId, type Trace, withTrace } from "#std";

export const actorKinds = ["user", "key", "command-line", "nobody"] as const;
export type ActorKind = (typeof actorKinds)[number];

/** The author of the changes of one request or command. */
export interface Actor {
  kind: ActorKind;
  /** Of the user or key; null for the others. */
  id: string | null;
  name: string;
  /** The client's address; empty for the command line. */
  address: string;
}

/**
 * By request, so no function between the guard and a statement has to pass the author on, and none can pass a wrong
 * one. Jobs run under traces of their own, so they have no actor.
 */
const actors = new WeakMap<Trace, Actor>();

/** Names the author of the current request. Does nothing outside of a request. */
export function setActor(actor: Actor): void {
  const trace = currentTrace();
  if (trace) actors.set(trace, actor);
}

/** Names the person of a request that began without a login, from the same address. */
export function actAs({ id, name }: { id: string; name: string }): void {
  setActor({ kind: "user", id, name, address: currentActor()?.address ?? "" });
}

/** Somebody without a login. */
export const nobody = (address: string): Actor => ({ kind: "nobody", id: null, name: "", address });

/** The author of the current request; null in jobs and for the server's own work. */
export function currentActor(): Actor | null {
  const trace = currentTrace();
  return (trace && actors.get(trace)) ?? null;
}

/** Runs `work` as this author. */
export function asActor<T>(actor: Actor, work: () => T): T {
  return withTrace(newTraceId(), () => {
    setActor(actor);
    return work();
  });
}

/** The author of the commands of `cli.ts`: a person with access to the machine. */
export const commandLine: Actor = { kind: "command-line", id: null, name: "", address: "" };
