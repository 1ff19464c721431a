import { problem } from "./problems.ts";

/** Words errors of S3 and its client for the owner, by code. Codes: the S3 API's list of error responses. */
export function s3Problem(
  error: unknown,
  { bucket, endpoint = "Amazon" }: { bucket: string; endpoint?: string | undefined },
): unknown {
  if (!(error instanceof Error) || error.name !== "S3Error" || !("code" in error)) return error;
  const options = { cause: error };
  switch (error.code) {
    case "NoSuchBucket":
      return problem("backup-place-missing", { bucket }, options);
    case "InvalidAccessKeyId":
    case "SignatureDoesNotMatch":
    case "InvalidToken":
    case "ERR_S3_MISSING_CREDENTIALS":
      return problem("backup-keys-wrong", { bucket }, options);
    case "AccessDenied":
      return problem("backup-keys-weak", { bucket }, options);
    case "QuotaExceeded":
      return problem("backup-bucket-full", { bucket }, options);
    case "PermanentRedirect":
    case "AuthorizationHeaderMalformed":
      return problem("backup-region-wrong", { bucket }, options);
    case "RequestTimeTooSkewed":
      return problem("backup-clock-wrong", { bucket }, options);
    case "NoSuchKey":
      return problem("backup-gone", { bucket }, options);
    case "ConnectionRefused":
    case "ConnectionClosed":
    case "DNSResolveFailed":
    case "FailedToOpenSocket":
    case "Timeout":
      return problem("backup-place-away", { bucket, endpoint }, options);
    default:
      return problem("backup-place-refused", { bucket, endpoint, answer: String(error.code) }, options);
  }
}
