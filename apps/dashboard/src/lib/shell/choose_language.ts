import { describeError } from "../api/request.ts";
import { account } from "../auth/account.svelte.ts";
import { toast } from "../ui/toast.ts";

/** Keeps the language with the account, and shows the dashboard in it. */
export async function chooseLanguage(language: string): Promise<void> {
  try {
    await account.change({ language });
  } catch (error) {
    toast.error(describeError(error));
  }
}
