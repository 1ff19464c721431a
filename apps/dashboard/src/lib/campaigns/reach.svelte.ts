import { audience, type Reach, type ReachQuestion } from "../api/campaigns.ts";
import { describeError } from "../api/request.ts";

const WAIT_MS = 200;

/** How many people a campaign would reach now; asked again whenever the question changes. */
export class ReachCount {
  readonly #workspaceId: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked: AbortController | null = null;

  question = $state.raw<ReachQuestion | null>(null);
  reach = $state.raw<Reach | null>(null);
  isCounting = $state(false);
  problem = $state<string | null>(null);

  constructor(workspaceId: string) {
    this.#workspaceId = workspaceId;
  }

  /** Null: there is nothing to count yet. */
  ask(question: ReachQuestion | null): void {
    if (JSON.stringify(question) === JSON.stringify(this.question)) return;
    this.question = question;
    this.stop();
    this.problem = null;
    if (question === null) {
      this.reach = null;
      this.isCounting = false;
      return;
    }
    this.isCounting = true;
    this.#timer = setTimeout(() => void this.#count(question), WAIT_MS);
  }

  /** Asks the same once more, where it failed. */
  again(): void {
    this.problem = null;
    if (this.question) void this.#count(this.question);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
  }

  async #count(question: ReachQuestion): Promise<void> {
    const asked = new AbortController();
    this.#asked = asked;
    this.isCounting = true;
    try {
      this.reach = await audience.preview(this.#workspaceId, question, asked.signal);
      this.problem = null;
    } catch (error) {
      if (asked.signal.aborted) return;
      // The old count was for another audience.
      this.reach = null;
      this.problem = describeError(error);
    } finally {
      if (!asked.signal.aborted) this.isCounting = false;
    }
  }
}
