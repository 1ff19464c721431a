import { toast } from "#lib/ui/toast.ts";
import { describeError } from "../api/request.ts";

/** Something that somebody asked for by a click: busy meanwhile, and where it fails a toast says why. */
export class Attempt {
  isBusy = $state(false);

  /** True when it went through. */
  async run(work: () => Promise<void>): Promise<boolean> {
    this.isBusy = true;
    try {
      await work();
      return true;
    } catch (error) {
      toast.error(describeError(error));
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}
