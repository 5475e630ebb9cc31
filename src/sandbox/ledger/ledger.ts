import type { AccountBook } from "./account-book.ts";
import type { SandboxClock } from "./clock.ts";
import type { LedgerUser } from "./model.ts";

/** Users and their accounts: the bank's core system, shared by whatever standard speaks in front of it. */
export class Ledger {
  readonly clock: SandboxClock;
  readonly #users = new Map<string, { readonly user: LedgerUser; readonly books: AccountBook[] }>();

  constructor(clock: SandboxClock) {
    this.clock = clock;
  }

  addUser(user: LedgerUser, books: readonly AccountBook[]): void {
    this.#users.set(user.name, { user, books: [...books] });
  }

  user(name: string): LedgerUser | undefined {
    return this.#users.get(name)?.user;
  }

  userNames(): string[] {
    return [...this.#users.keys()];
  }

  authenticate(name: string, password: string): LedgerUser | undefined {
    const user = this.user(name);
    return user?.password === password ? user : undefined;
  }

  booksOf(userName: string): readonly AccountBook[] {
    return this.#users.get(userName)?.books ?? [];
  }

  book(accountId: string): AccountBook | undefined {
    for (const { books } of this.#users.values()) {
      const found = books.find((book) => book.account.id === accountId);
      if (found) return found;
    }
    return undefined;
  }

  /** The account with this internal id, IBAN, BBAN or masked PAN. */
  find(identification: string): AccountBook | undefined {
    for (const { books } of this.#users.values()) {
      for (const book of books) {
        const { id, iban, bban, maskedPan } = book.account;
        if ([id, iban, bban, maskedPan].includes(identification)) return book;
      }
    }
    return undefined;
  }
}
