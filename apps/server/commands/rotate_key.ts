import { recordActivity, resealTotps } from "#auth";
import { resealMails } from "#mail";
import { resealTokens } from "#messaging";
import { readConfig } from "../config.ts";
import { openSystem } from "../system.ts";

/** Encrypts everything with the first key of ENCRYPTION_KEY, and tells when the others can be removed. */
export async function rotateKeyCommand(): Promise<void> {
  const system = await openSystem(readConfig(process.env));
  try {
    const { pageTokens, optInTokens } = await resealTokens(system, system.keyring);
    const mails = await resealMails(system, system.keyring);
    const authenticators = await resealTotps(system, system.keyring);
    await recordActivity(system.sql, {
      action: "encryption-key.rotated",
      after: { pageTokens, optInTokens, mails, authenticators },
    });
    process.stdout.write(
      `Sealed ${pageTokens} page tokens, ${optInTokens} opt-in tokens, ${mails} waiting mails and ${authenticators} authenticator apps with key ${system.keyring.keys[0]?.id}. Older keys can leave ENCRYPTION_KEY now\n`,
    );
  } finally {
    await system.close();
  }
}
