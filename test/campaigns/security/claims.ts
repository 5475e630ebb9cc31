/** A promise of SECURITY.md with the tests that show it: file, and the beginning of a title in it. All of them must pass. */
export interface Claim {
  readonly claim: string;
  readonly tests: readonly (readonly [file: string, title: string])[];
}

const CERTIFICATES = "test/security/certificates.test.ts";
const ONBOARDING = "test/security/onboarding.test.ts";
const PRODUCTION = "test/security/production.test.ts";
const CANARY = "test/security/canary.test.ts";
const OUTBOUND = "test/security/outbound.test.ts";
const TENANCY = "test/security/tenancy.test.ts";
const ACCESS = "src/access/access.test.ts";
const ERASURE = "test/contracts/store-erasure.ts";

export const CLAIMS: readonly Claim[] = [
  { claim: "Every field says who may read it; one without a rule fails the build", tests: [[TENANCY, "has a line for every field of every object type"], ["test/schema.test.ts", "lets no input name an owner"]] },
  { claim: "Nobody reads another tenant's or user's data; a foreign id and a missing one give the same bytes", tests: [[TENANCY, "give the bytes of a missing id through every argument"], [TENANCY, "give the payload of a missing id in every input"], [TENANCY, "place a reader where a cursor"]] },
  { claim: "An operator decides about tenants and reads no data of theirs; a tenant that waits can do nothing else", tests: [[ONBOARDING, "goes from registering over an operator's yes"], [ONBOARDING, "lets nobody but an operator decide"], [ONBOARDING, "ends where an operator says no"]] },
  { claim: "A tenant asks banks only for the products that it was granted", tests: [[ONBOARDING, "bound what a consent may ask for"]] },
  { claim: "API keys: stored as a hash, two live at a time, revoked within a second, on open sockets too", tests: [[ACCESS, "have the documented form"], [ACCESS, "live in twos"], [ONBOARDING, "are rotated with two live"], [CERTIFICATES, "ends within a second of the loss"]] },
  { claim: "In production a key is good only with a certificate of the hub's authority, from the tenant's addresses", tests: [[CERTIFICATES, "1. is good with"], [CERTIFICATES, "2. is good for nothing"], [CERTIFICATES, "3. is refused with another"], [CERTIFICATES, "5. is refused with one of a foreign"], [CERTIFICATES, "7. is refused once"], [CERTIFICATES, "9. is refused once"], [CERTIFICATES, "12. is refused with a certificate in a header"], [CERTIFICATES, "decides in production besides"], [PRODUCTION, "serves a tenant that has key, certificate and address"]] },
  { claim: "A certificate request gives its public key and nothing else; the authority's key lies sealed", tests: [[CERTIFICATES, "gives its public key and nothing else"], [CERTIFICATES, "keeps its key sealed"]] },
  { claim: "Production refuses weak settings and says which", tests: [["src/config/production.test.ts", "refuses %s, and says which"], ["src/config/production.test.ts", "refuses banks over http"]] },
  { claim: "Who did what stands in a log that is a chain, and never the data", tests: [[ONBOARDING, "says who did what and how it ended"], [ONBOARDING, "is a chain that whoever reads"], [ONBOARDING, "loses and forks nothing"], ["test/contracts/store-audit.ts", "lets nobody change or remove"]] },
  { claim: "No secret, token or IBAN is in logs, errors or metrics", tests: [[CANARY, "shows none of them in logs"]] },
  { claim: "No token is in plain text in the database", tests: [[CANARY, "keeps no token and no secret in plain text"]] },
  { claim: "What is deleted is gone: rows, files, write-ahead log, jobs", tests: [[CANARY, "keeps nothing of a consent or a user"], [ERASURE, "leaves nothing of a consent in any table or file"]] },
  { claim: "What nobody came back to is erased after a day, and the bank is told", tests: [["src/consents/callback.test.ts", "ends a day after it was begun"]] },
  { claim: "The master key can be changed while hubs run; the change may die anywhere", tests: [["test/security/master-key.test.ts", "survives ${String(KILLS)} kills"], ["test/security/master-key.test.ts", "every source that seals"]] },
  { claim: "Nothing of the hub's connects to an address that is not public: callbacks, and banks in production", tests: [[OUTBOUND, "connects to none of"], [OUTBOUND, "connects to nothing for a name"], [OUTBOUND, "connects to the address that was checked"], [OUTBOUND, "of the Berlin Group's standard is not asked"]] },
  { claim: "A bank's answer costs bounded memory and time", tests: [[OUTBOUND, "is cut off for %s"], ["src/http/json.test.ts", "refuses what is nested deeper"]] },
  { claim: "The redirect flow: a state works once, a hundred callbacks make one exchange", tests: [["test/security/redirect.test.ts", "after all of that makes one exchange"], ["src/consents/callback.test.ts", "gives the consent, starts the wanted update"]] },
  { claim: "Hostile operations are refused before they run", tests: [["test/security/hostile.test.ts", "%s: refused as the caller's fault"], ["test/security/conformance.test.ts", "passes every audit of graphql-http"]] },
  { claim: "Limits: points a minute, sockets, slow readers, guesses", tests: [["test/security/cost.test.ts", "is refused with 429"], ["test/security/sockets.test.ts", "a reader who does not read"], ["test/security/guesses.test.ts", "is told to wait"]] },
]; // prettier-ignore
