import { ApiError, describeError, isOf } from "../api/request.ts";

/** One form on its way to the server: busy, refused with words, or held back until the server takes more tries. */
export class Form {
  isBusy = $state(false);
  error = $state.raw<unknown>(null);
  heldSeconds = $state(0);
  #timer: ReturnType<typeof setInterval> | null = null;

  readonly #fields: readonly string[];
  /** The problem of the whole form; null if the fields show all problems. */
  readonly problem = $derived(
    this.error === null || this.#isSaidByFields(this.error) ? null : describeError(this.error),
  );
  readonly remedy = $derived(this.error instanceof ApiError ? this.error.remedy : null);

  /** `fields`: the names that show their own problem, by `forField`. */
  constructor(fields: readonly string[] = []) {
    this.#fields = fields;
  }

  #isSaidByFields(error: unknown): boolean {
    if (!(error instanceof ApiError)) return false;
    const said = this.#fields.filter((name) => error.forField(name) !== null);
    return error.errors.length > 0 && error.errors.every((one) => said.some((name) => isOf(one.path, name)));
  }

  /** Runs the call; true when it went through. */
  async submit(call: () => Promise<void>): Promise<boolean> {
    if (this.isBusy || this.heldSeconds > 0) return false;
    this.isBusy = true;
    this.error = null;
    try {
      await call();
      return true;
    } catch (error) {
      this.error = error;
      if (error instanceof ApiError && error.status === 429) this.#hold(error.retryAfterSeconds ?? 30);
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  forField(name: string): string | null {
    return this.error instanceof ApiError ? this.error.forField(name) : null;
  }

  /** The form changed since the refusal: it can be sent again. */
  release(): void {
    if (this.heldSeconds === 0) return;
    if (this.#timer) clearInterval(this.#timer);
    this.heldSeconds = 0;
    this.error = null;
  }

  #hold(seconds: number): void {
    this.heldSeconds = Math.ceil(seconds);
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      this.heldSeconds -= 1;
      if (this.heldSeconds <= 0 && this.#timer) clearInterval(this.#timer);
    }, 1000);
  }
}
