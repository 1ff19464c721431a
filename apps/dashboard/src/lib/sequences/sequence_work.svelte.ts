import { toast } from "#lib/ui/toast.ts";
import type { Desk } from "../desk/desk.svelte.ts";
import { describeError } from "../api/request.ts";
import {
  emptySequence,
  sequenceBody,
  type SequenceDraft,
  sequenceDraft,
  sequenceProblems,
} from "./sequence_draft.ts";
import { type Sequence, sequences, type StepResult } from "../api/sequences.ts";

type Doing = "save" | "start" | "pause" | "stop" | "delete" | "duplicate" | "archive";

/** A sequence on its screen: its draft, its stored version, and the running action. */
export class SequenceWork {
  readonly #desk: Desk;
  /** Null until it is saved for the first time. */
  sequence = $state.raw<Sequence | null>(null);
  draft = $state<SequenceDraft>(emptySequence());
  results = $state.raw<StepResult[]>([]);
  doing = $state<Doing | null>(null);
  problem = $state<string | null>(null);
  #saved = $state.raw("");

  constructor(desk: Desk, sequence: Sequence | null) {
    this.#desk = desk;
    if (sequence) this.#take(sequence);
    else this.#saved = JSON.stringify(sequenceBody(this.draft));
  }

  readonly body = $derived(sequenceBody(this.draft));
  readonly missing = $derived(sequenceProblems(this.draft));
  readonly isChanged = $derived(JSON.stringify(this.body) !== this.#saved);
  readonly canEdit: boolean = $derived.by(
    () =>
      this.#desk.can("campaigns:draft") &&
      (this.sequence === null ||
        (["draft", "paused"].includes(this.sequence.status) && this.sequence.archivedAt === null)),
  );

  async loadResults(): Promise<void> {
    if (!this.sequence || this.sequence.launchedAt === null) return;
    try {
      this.results = (await sequences.results(this.#desk.workspaceId, this.sequence.id)).steps;
    } catch (error) {
      toast.error(describeError(error));
    }
  }

  save(): Promise<boolean> {
    return this.#run("save", async () => {
      await this.#store();
      return null;
    });
  }

  /** The draft is saved first, so the current version runs. */
  start(): Promise<boolean> {
    return this.#run("start", async () => {
      const stored = this.isChanged || !this.sequence ? await this.#store() : this.sequence;
      return (await sequences.start(this.#desk.workspaceId, stored.id)).sequence;
    });
  }

  pause(): Promise<boolean> {
    return this.#run(
      "pause",
      async () => (await sequences.pause(this.#desk.workspaceId, this.#id())).sequence,
    );
  }

  stop(): Promise<boolean> {
    return this.#run("stop", async () => (await sequences.stop(this.#desk.workspaceId, this.#id())).sequence);
  }

  archive(isArchived: boolean): Promise<boolean> {
    const move = isArchived ? sequences.archive : sequences.unarchive;
    return this.#run("archive", async () => (await move(this.#desk.workspaceId, this.#id())).sequence);
  }

  /** Sends a step as it is written to one person; it is saved first. Throws the server's errors. */
  async test(step: number, contactId: string): Promise<void> {
    if (this.canEdit && (this.isChanged || !this.sequence)) await this.#store();
    await sequences.test(this.#desk.workspaceId, { sequenceId: this.#id(), step }, contactId);
  }

  remove(): Promise<boolean> {
    return this.#run("delete", async () => {
      await sequences.remove(this.#desk.workspaceId, this.#id());
      this.#saved = JSON.stringify(this.body);
      return null;
    });
  }

  /** Gives the id of the copy; null when there is none. */
  async duplicate(): Promise<string | null> {
    let copyId: string | null = null;
    await this.#run("duplicate", async () => {
      copyId = (await sequences.duplicate(this.#desk.workspaceId, this.#id())).sequence.id;
      return null;
    });
    return copyId;
  }

  async #store(): Promise<Sequence> {
    const { workspaceId } = this.#desk;
    const sent = JSON.stringify(this.body);
    const answer = this.sequence
      ? await sequences.change(workspaceId, this.sequence.id, this.body)
      : await sequences.create(workspaceId, this.body);
    this.#take(answer.sequence, sent);
    return answer.sequence;
  }

  #id(): string {
    return this.sequence?.id ?? "";
  }

  /** Input after `sent` stays, and is not saved yet. */
  #take(sequence: Sequence, sent = JSON.stringify(this.body)): void {
    this.sequence = sequence;
    this.#saved = sent;
    if (JSON.stringify(this.body) !== sent) return;
    this.draft = sequenceDraft(sequence);
    this.#saved = JSON.stringify(sequenceBody(this.draft));
  }

  async #run(doing: Doing, call: () => Promise<Sequence | null>): Promise<boolean> {
    if (this.doing !== null) return false;
    this.doing = doing;
    this.problem = null;
    try {
      const sequence = await call();
      if (sequence) this.#take(sequence);
      return true;
    } catch (error) {
      this.problem = describeError(error);
      return false;
    } finally {
      this.doing = null;
    }
  }
}
