import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Under Bun the default pool of forked processes fails.
    pool: "threads",
    globalSetup: ["e2e/support/services.ts"],
    include: [
      "modules/**/*.test.ts",
      "db/**/*.test.ts",
      "apps/**/*.test.ts",
      "e2e/**/*.test.ts",
      "ops/**/*.test.ts",
    ],
    exclude: ["**/node_modules/**", "**/build/**"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
