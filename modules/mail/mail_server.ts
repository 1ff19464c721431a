/** The SMTP server through which mail leaves. */
export interface MailServer {
  host: string;
  port: number;
  /** tls: from the first byte. starttls: before anything else is said. none: on this machine only. */
  security: "tls" | "starttls" | "none";
  login: { user: string; password: string } | null;
  /** The sender of all mail. */
  from: { name: string; address: string };
  /** Certificates of an authority of one's own, in PEM; null: those that the system trusts. */
  authority: string | null;
}
