import { afterAll, beforeAll, describe } from "vitest";
import { accessContract } from "./store-access.ts";
import { auditContract } from "./store-audit.ts";
import { consentContract } from "./store-consents.ts";
import { dataContract } from "./store-data.ts";
import { erasureContract } from "./store-erasure.ts";
import type { Open, OpenStore } from "./store-fixtures.ts";
import { jobContract } from "./store-jobs.ts";
import { pagingContract } from "./store-paging.ts";
import { tenancyContract } from "./store-tenancy.ts";
import { transactionContract } from "./store-transactions.ts";
import { updateContract } from "./store-updates.ts";

/** What every store must do, whatever its database. */
export function storeContract(name: string, open: Open): void {
  describe(`the store on ${name}`, () => {
    let opened: OpenStore;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened[Symbol.asyncDispose]());
    const get = () => opened;
    describe("tx and snapshot", () => {
      transactionContract(get);
    });
    describe("tenants, keys, users", () => {
      accessContract(get);
    });
    describe("consents, grants, attempts", () => {
      consentContract(get);
    });
    describe("updates and steps", () => {
      updateContract(get);
    });
    describe("accounts, transactions, changes", () => {
      dataContract(get);
    });
    describe("pages", () => {
      pagingContract(get);
    });
    describe("owners", () => {
      tenancyContract(get);
    });
    describe("jobs", () => {
      jobContract(get);
    });
    describe("erasure", () => {
      erasureContract(get);
    });
    describe("the audit log", () => {
      auditContract(get);
    });
  });
}
