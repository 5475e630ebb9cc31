import type { Store } from "./store.ts";

export type StoreConfig = (
  | { readonly dialect: "sqlite"; readonly file: string }
  | { readonly dialect: "postgres"; readonly url: string; readonly poolSize: number; readonly idleTransactionMs?: number }
) & {
  /** Where the dialect's migrations are. @default `drizzle/<dialect>` of the project */
  readonly migrationsFolder?: string;
};

/** Opens and migrates the store. Loads only the driver that is asked for. */
export async function openStore(config: StoreConfig): Promise<Store> {
  if (config.dialect === "sqlite") {
    const { openSqlite } = await import("./sqlite/open.ts");
    return openSqlite(config);
  }
  const { openPostgres } = await import("./postgres/open.ts");
  return openPostgres(config);
}
