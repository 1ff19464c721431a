import { ApiError, describeError } from "../request.ts";

/** One form on its way to the server: busy, refused with words, or held back until the server takes more tries. */
export class Form {
  isBusy = $state(false);
  error = $state.raw<unknown>(null);
  heldSeconds = $state(0);
  #timer: ReturnType<typeof setInterval> | null = null;

  readonly problem = $derived(this.error === null ? null : describeError(this.error));
  readonly remedy = $derived(this.error instanceof ApiError ? this.error.remedy : null);

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

  #hold(seconds: number): void {
    this.heldSeconds = Math.ceil(seconds);
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      this.heldSeconds -= 1;
      if (this.heldSeconds <= 0 && this.#timer) clearInterval(this.#timer);
    }, 1000);
  }
}
