import { Problem } from "#std";

/** What S3 and its client say, by its code, in words for the owner. Codes: the S3 API's list of error responses. */
export function s3Problem(
  error: unknown,
  { bucket, endpoint = "Amazon" }: { bucket: string; endpoint?: string | undefined },
): unknown {
  if (!(error instanceof Error) || error.name !== "S3Error" || !("code" in error)) return error;
  const say = (slug: string, status: number, words: string) =>
    new Problem(slug, status, `Cannot use the bucket "${bucket}" for backups: ${words}`, { cause: error });
  switch (error.code) {
    case "NoSuchBucket":
      return say("backup-place-missing", 502, "it does not exist. Make it, or correct BACKUP_TARGET");
    case "InvalidAccessKeyId":
    case "SignatureDoesNotMatch":
    case "InvalidToken":
    case "ERR_S3_MISSING_CREDENTIALS":
      return say(
        "backup-place-refused",
        502,
        "the keys are refused. Correct BACKUP_S3_ACCESS_KEY_ID and BACKUP_S3_SECRET_ACCESS_KEY",
      );
    case "AccessDenied":
      return say(
        "backup-place-refused",
        502,
        "the keys may not do this. They must be allowed to list, read, write and delete in it",
      );
    case "QuotaExceeded":
      return say(
        "backup-place-full",
        507,
        "it is full. Make it larger, or lower BACKUP_KEEP_HOURS and BACKUP_KEEP_DAYS",
      );
    case "PermanentRedirect":
    case "AuthorizationHeaderMalformed":
      return say(
        "backup-place-refused",
        502,
        "it is somewhere else. Correct BACKUP_S3_REGION and BACKUP_S3_ENDPOINT",
      );
    case "RequestTimeTooSkewed":
      return say("backup-place-refused", 502, "the clock of this machine is wrong");
    case "NoSuchKey":
      return say("no-backup", 404, "this backup is not in it any more");
    case "ConnectionRefused":
    case "ConnectionClosed":
    case "DNSResolveFailed":
    case "FailedToOpenSocket":
    case "Timeout":
      return say(
        "backup-place-away",
        502,
        `${endpoint} does not answer. Look at BACKUP_S3_ENDPOINT, DNS and the firewall`,
      );
    default:
      return say("backup-place-refused", 502, `${endpoint} says "${String(error.code)}"`);
  }
}
