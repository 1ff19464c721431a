import { resealOptInTokens, resealPageTokens } from "#messaging";
import { readConfig } from "../config.ts";
import { openSystem } from "../system.ts";

/** Seals everything with the first key of ENCRYPTION_KEY, and says when the others can go. */
export async function rotateKeyCommand(): Promise<void> {
  const system = await openSystem(readConfig(process.env));
  try {
    const { resealed } = await resealPageTokens(system, system.keyring);
    const optIns = await resealOptInTokens(system, system.keyring);
    process.stdout.write(
      `Sealed ${resealed} page tokens and ${optIns.resealed} opt-in tokens with key ${system.keyring.keys[0]?.id}. Older keys can leave ENCRYPTION_KEY now\n`,
    );
  } finally {
    await system.close();
  }
}
