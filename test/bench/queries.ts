/** What a client shows first: accounts with their balance, the newest transactions, the state of the consents. */
export const DASHBOARD = `query Dashboard($id: ID!) {
  user(by: { id: $id }) {
    id clientId createdAt
    accounts(first: 10) { nodes { id name type currency iban bank { id name } balance { type referenceDate amount { amount currency } } } }
    transactions(first: 20) {
      nodes { id date status direction description amount { amount currency } counterparty { name iban } account { id name } }
      pageInfo { hasNextPage endCursor }
    }
    consents(first: 5) { nodes { id status attention validUntil bank { id name } latestUpdate { id status finishedAt progress { added modified } } } }
  }
}`;

/** All the way down; with the seeded data about 1,000 transactions in the answer. */
export const DEEP = `query Deep($id: ID!) {
  user(by: { id: $id }) {
    id
    consents(first: 2) {
      nodes {
        id status createdAt
        updates(first: 2) {
          nodes {
            id status createdAt
            accounts(first: 5) {
              nodes {
                id name currency
                transactions(first: 50) {
                  nodes { id date bookingDate status description amount { amount currency } counterparty { name } }
                  pageInfo { hasNextPage endCursor }
                }
              }
            }
          }
        }
      }
    }
  }
}`;
