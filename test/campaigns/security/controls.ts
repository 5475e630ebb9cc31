import type { Mutant } from "../mutants/mutants.ts";

const CERTIFICATES = ["test/security/certificates.test.ts"];
const ONBOARDING = ["test/security/onboarding.test.ts"];
const TENANCY = ["test/security/tenancy.test.ts"];
const CANARY = ["test/security/canary.test.ts"];
const OUTBOUND = ["test/security/outbound.test.ts"];
const MASTER_KEY = ["test/security/master-key.test.ts"];
const PRODUCTION = ["src/config/production.test.ts"];

/** Each control switched off: some test must turn red. */
export const CONTROLS: readonly Mutant[] = [
  { what: "the allow-list is not asked", file: "src/access/admission.ts", find: "!networkList(tenant.allowedAddresses)(address) || certificate === null", replace: "certificate === null", tests: CERTIFICATES },
  { what: "no certificate is needed", file: "src/access/authenticate.ts", find: 'environment === "SANDBOX" || (await admission.admits(tenant, peer))', replace: "true || (await admission.admits(tenant, peer))", tests: CERTIFICATES },
  { what: "any tenant's certificate does", file: "src/access/admission.ts", find: "row.tenantId !== tenant.id || ", replace: "", tests: CERTIFICATES },
  { what: "revoked certificates are good", file: "src/access/admission.ts", find: " || row.revokedAt !== null", replace: "", tests: CERTIFICATES },
  { what: "certificates never expire", file: "src/access/admission.ts", find: " && now < row.notAfter", replace: "", tests: CERTIFICATES },
  { what: "certificates are good before they begin", file: "src/access/admission.ts", find: "row.notBefore <= now && ", replace: "", tests: CERTIFICATES },
  { what: "a row is believed without the authority's signature", file: "src/access/admission.ts", find: " && isOurs(fingerprint, certificate)", replace: "", tests: CERTIFICATES },
  { what: "headers of anybody are believed", file: "src/access/peer.ts", find: "if (!isTrusted(direct)) return", replace: "if (direct === '') return", tests: CERTIFICATES },
  { what: "the leftmost forwarded address is believed", file: "src/access/peer.ts", find: "forwarded.findLast(", replace: "forwarded.find(", tests: CERTIFICATES },
  { what: "weak keys get certificates", file: "src/access/authority.ts", find: "return keyFault(request.publicKey.algorithm as KeyAlgorithmOf);", replace: "return null;", tests: CERTIFICATES },
  { what: "a request need not be signed", file: "src/access/authority.ts", find: "if (!(await request.verify()))", replace: "if (pem === '')", tests: CERTIFICATES },
  { what: "the subject is the request's own", file: "src/access/authority.ts", find: "subject: [{ CN: [tenant] }],", replace: "subject: new x509.Pkcs10CertificateRequest(pem).subject,", tests: CERTIFICATES },
  { what: "open sockets outlive certificate and address", file: "src/access/authenticate.ts", find: "return tenant !== null && (await isAdmitted(tenant, caller.peer));", replace: "return tenant !== null;", tests: CERTIFICATES },
  { what: "refused tenants go on", file: "src/access/authenticate.ts", find: ' || tenant.status === "REFUSED"', replace: "", tests: CERTIFICATES },
  { what: "operators may call from anywhere", file: "src/access/authenticate.ts", find: " || !mayOperate(peer)", replace: "", tests: CERTIFICATES },
  { what: "mapped addresses are not their IPv4 selves", file: "src/domain/network.ts", find: "if (!groups) return address;", replace: "if (address !== '') return address.replace('::ffff:', '::eeee:');\n  if (!groups) return address;", tests: CERTIFICATES },
  { what: "a tenant that waits may do everything", file: "src/access/may.ts", find: ' && caller.tenant.status === "VERIFIED"', replace: "", tests: ONBOARDING },
  { what: "anybody decides about tenants", file: "src/access/may.ts", find: 'return caller.kind === "operator";', replace: "return true;", tests: TENANCY },
  { what: "products bound nothing", file: "src/graphql/consent/new-consent.ts", find: "if (refusal) return { errors: [refusal] };", replace: "", tests: ONBOARDING },
  { what: "keys of others can be revoked", file: "src/access/tenants.ts", find: "if (tenant !== null && (await tx.apiKey(keyId))?.tenantId !== tenant) return false;", replace: "", tests: ONBOARDING },
  { what: "any number of keys live", file: "src/access/tenants.ts", find: "if (others.length >= LIVE_KEYS)", replace: "if (others.length >= 1_000)", tests: ONBOARDING },
  { what: "what was refused is not noted", file: "src/graphql/audit.ts", find: "await note({}, codeOf(error));", replace: "", tests: ONBOARDING },
  { what: "the log takes any text for a subject", file: "src/graphql/audit.ts", find: '((nodeTypeOf(id) ?? "Bank") !== "Bank" || /^([A-Za-z0-9]{12}|[0-9a-f]{64})$/.test(id))', replace: "id !== ''", tests: ONBOARDING },
  { what: "the chain does not hold the entry before", file: "src/store/repositories/onboarding.ts", find: 'previousHash: String(head?.["hash"])', replace: "previousHash: FIRST_HASH", tests: ONBOARDING },
  { what: "the audit log can be changed", file: "drizzle/sqlite/0004_onboarding.sql", find: "BEFORE UPDATE ON `audit_entry` BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;", replace: "BEFORE UPDATE ON `audit_entry` BEGIN SELECT 1; END;", tests: ["test/store.test.ts"] },
  { what: "paths go into the log as they are", file: "src/consents/callback.ts", find: 'return tools.banks.byId(bankId) ? bankId : "unknown";', replace: "return tools.banks.byId(bankId) ? bankId : bankId;", tests: CANARY },
  { what: "handles are stored as they are", file: "src/consents/vault.ts", find: "return key.seal(handleColumn(grant), handle.data.reveal());", replace: "return handle.data.reveal() + key.seal(handleColumn(grant), '').slice(0, 0);", tests: CANARY },
  { what: "erased pages keep their bytes", file: "src/store/sqlite/open.ts", find: 'handle.pragma("secure_delete = on");', replace: 'handle.pragma("secure_delete = off");', tests: CANARY },
  { what: "the write-ahead log is not emptied", file: "src/store/sqlite/open.ts", find: 'writer.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[]', replace: "[{ busy: 0 }]", tests: CANARY },
  { what: "a table is forgotten in the erasure", file: "src/store/repositories/erasure.ts", find: "await db.run(sql`delete from bank_call where consent_id = ${consent}`);", replace: "", tests: ["test/store.test.ts"] },
  { what: "what timed out is kept", file: "src/consents/sweep.ts", find: "await endAbandoned(tools, signal);", replace: "", tests: ["src/consents/callback.test.ts"] },
  { what: "jobs keep the old key", file: "src/consents/rewrap.ts", find: '"authorization_attempt", "job"];', replace: '"authorization_attempt"];', tests: MASTER_KEY },
  { what: "the key before is not known while it is changed", file: "src/domain/cipher.ts", find: "(previous.find((one) => one.isCurrent(sealed)) ?? current)", replace: "(previous.find(() => false) ?? current)", tests: MASTER_KEY },
  { what: "callbacks go anywhere by name", file: "src/http/post.ts", find: "lookup: guardedLookup(policy, resolve)", replace: "lookup: guardedLookup('public-or-loopback', resolve)", tests: OUTBOUND },
  { what: "callbacks go to any address", file: "src/http/post.ts", find: "assertAllowedHost(url, policy);", replace: "", tests: OUTBOUND },
  { what: "banks are anywhere", file: "src/connectors/kit/addresses.ts", find: '"public" : "any"', replace: '"any" : "any"', tests: OUTBOUND },
  { what: "mapped addresses are not looked into", file: "src/http/ssrf.ts", find: "if (isMapped || isCompatible) return [v4(y, z)];", replace: "", tests: OUTBOUND },
  { what: "an address beside a good one is handed on", file: "src/http/ssrf.ts", find: "if (options.all) return callback(null, allowed);", replace: "if (options.all) return callback(null, found);", tests: ["test/callbacks.test.ts"] },
  { what: "packed bodies have no limit", file: "src/http/body.ts", find: "maxOutputLength: maxBytes", replace: "maxOutputLength: 2_000_000_000", tests: OUTBOUND },
  { what: "bodies have no limit", file: "src/http/bank-http.ts", find: "if (size > this.#maxBytes) throw", replace: "if (size > 2_000_000_000) throw", tests: OUTBOUND },
  { what: "weak master keys are taken", file: "src/config/master-key.ts", find: '? "weak" : null', replace: "? null : null", tests: PRODUCTION },
  { what: "production does without TLS", file: "src/config/production.ts", find: 'if (role !== "worker" && http.tls === null', replace: 'if (role === "gateway" && http.tls === null', tests: PRODUCTION },
  { what: "sandbox banks are let into production", file: "src/banks/load.ts", find: 'if (entry.environment === "SANDBOX") fault(', replace: 'if (entry.environment === null) fault(', tests: PRODUCTION },
]; // prettier-ignore
