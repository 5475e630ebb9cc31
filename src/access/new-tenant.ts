import { networkFault } from "../domain/network.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Product } from "../domain/tenant.ts";
import type { NewTenant, ProductionWish } from "./access.ts";
import { tenantUrlFaults } from "./urls.ts";

const LONGEST_NAME = 200;
const LONGEST_EMAIL = 254;
const MOST_ADDRESSES = 100;

/** What is wrong with a registration; empty when nothing is. */
export function registrationFaults({ name, email, products, redirectUrls }: NewTenant): readonly Refusal[] {
  const faults: Refusal[] = [];
  if (name.trim() === "" || name.length > LONGEST_NAME)
    faults.push(invalid(["name"], `A name has 1 to ${String(LONGEST_NAME)} characters.`));
  if (email.length > LONGEST_EMAIL || !/^[^\s@<>",;]+@[^\s@<>",;]+\.[^\s@<>",;.]+$/.test(email))
    faults.push(invalid(["email"], "This is no e-mail address."));
  return [...faults, ...productFaults(products), ...urlFaults({ redirectUrls, updateCallbackUrls: [] }, "SANDBOX")];
}

export function productFaults(products: readonly Product[]): readonly Refusal[] {
  return products.length === 0 ? [invalid(["products"], "Name at least one product.")] : [];
}

/** What is wrong with a wish for production, but for the certificate request. */
export function productionFaults({ addresses, redirectUrls, updateCallbackUrls }: ProductionWish): readonly Refusal[] {
  return [...addressFaults(addresses), ...urlFaults({ redirectUrls, updateCallbackUrls }, "PRODUCTION")];
}

export function addressFaults(addresses: readonly string[]): readonly Refusal[] {
  if (addresses.length === 0) return [invalid(["addresses"], "Name at least one address: keys are good from listed ones alone.")];
  if (addresses.length > MOST_ADDRESSES) return [invalid(["addresses"], `At most ${String(MOST_ADDRESSES)} can be listed.`)];
  return addresses.flatMap((address, index) => {
    const fault = networkFault(address);
    return fault === null ? [] : [invalid(["addresses", String(index)], `${address.slice(0, 60)} ${fault}.`)];
  });
}

function urlFaults(urls: Parameters<typeof tenantUrlFaults>[0], environment: "SANDBOX" | "PRODUCTION"): readonly Refusal[] {
  return tenantUrlFaults(urls, environment).map(({ path, message }) => invalid(path, message));
}

function invalid(path: readonly string[], message: string): Refusal {
  return { type: "InvalidInput", message, path };
}
