import type { Bank, BankStandard } from "../domain/bank.ts";
import type { Clock } from "../domain/time.ts";
import type { z } from "zod";
import type { Connector, ConnectorFactory } from "./connector.ts";
import { createBerlinGroupConnector } from "./berlin-group/index.ts";
import { berlinGroupProfile } from "./berlin-group/profile.ts";
import { createPolishApiConnector } from "./polish-api/index.ts";
import { polishApiProfile } from "./polish-api/profile.ts";
import { createStetConnector } from "./stet/index.ts";
import { stetProfile } from "./stet/profile.ts";
import { createUkOpenBankingConnector } from "./uk-open-banking/index.ts";
import { ukOpenBankingProfile } from "./uk-open-banking/profile.ts";

/** Every standard the hub speaks: a list the compiler reads, not a directory scan. */
export const connectors = {
  BERLIN_GROUP: createBerlinGroupConnector,
  POLISH_API: createPolishApiConnector,
  STET: createStetConnector,
  UK_OPEN_BANKING: createUkOpenBankingConnector,
} satisfies Record<BankStandard, ConnectorFactory>;

/** What the `profile` of a bank's entry may hold, by standard; schema/bank-profiles.md is written from it. */
export const profiles = {
  BERLIN_GROUP: berlinGroupProfile,
  POLISH_API: polishApiProfile,
  STET: stetProfile,
  UK_OPEN_BANKING: ukOpenBankingProfile,
} satisfies Record<BankStandard, z.ZodType>;

/** A connector for the bank; null where it is listed without an endpoint. */
export function openConnector(bank: Bank, parts: { readonly clock: Clock }): Connector | null {
  return bank.connection === null ? null : connectors[bank.standard](bank, parts);
}

/** What is wrong with a bank's profile, each with its place in it: an option that is unknown, or a value that it cannot have. */
export function profileFaults(standard: BankStandard, options: unknown): readonly { path: readonly PropertyKey[]; message: string }[] {
  return profiles[standard].safeParse(options).error?.issues ?? [];
}
