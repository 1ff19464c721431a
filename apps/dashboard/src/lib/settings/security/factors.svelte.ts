import { describeError } from "../../api/request.ts";
import { type SecondFactor, secondFactor } from "../../api/second_factor.ts";

/** The caller's second factors, as the panels show and change them. */
export class Factors {
  current = $state.raw<SecondFactor | null>(null);
  problem = $state<string | null>(null);
  readonly isOn = $derived(
    this.current !== null && (this.current.hasTotp || this.current.passkeys.length > 0),
  );

  async load(): Promise<void> {
    try {
      this.current = await secondFactor.read();
      this.problem = null;
    } catch (error) {
      this.problem = describeError(error);
    }
  }
}
