/** Health of the installation, its jobs and backups, and the first steps of a workspace. */
export { backupHandlers, scheduleBackups } from "./backups/backup_job.ts";
export { makeBackup } from "./backups/make_backup.ts";
export { restoreBackup } from "./backups/restore_backup.ts";
export type { BackupPlace, BackupSettings } from "./backups/settings.ts";
export type { AdminDeps, WebhookCounts } from "./deps.ts";
export { watchEventLoop } from "./metrics.ts";
export { processName } from "./processes.ts";
export { pruningHandlers, schedulePruning } from "./pruning.ts";
export { activityRoutes } from "./routes_activity.ts";
export { backupRoutes } from "./routes_backups.ts";
export { changeMemberRole, deactivateMember, type TeamDeps } from "./team/change_members.ts";
export { teamRoutes } from "./team/routes_team.ts";
export { mailRoutes } from "./routes_mail.ts";
export { healthRoutes } from "./routes_health.ts";
export { metricsRoutes } from "./routes_metrics.ts";
export { onboardingRoutes } from "./routes_onboarding.ts";
export { systemRoutes } from "./routes_system.ts";
