/** What the demo asks, as any client could paste it. */
export const TENANT = /* GraphQL */ `
  query Tenant {
    tenant {
      id
      name
      environment
      redirectUrls
      updateCallbackUrls
    }
  }
`;

export const SET_URLS = /* GraphQL */ `
  mutation SetUrls($input: SetTenantUrlsInput!) {
    setTenantUrls(input: $input) {
      errors {
        message
      }
    }
  }
`;

export const CREATE_USER = /* GraphQL */ `
  mutation CreateUser($input: CreateUserInput!) {
    createUser(input: $input) {
      user {
        id
        clientId
      }
      errors {
        message
      }
    }
  }
`;

export const CREATE_CONSENT = /* GraphQL */ `
  mutation CreateConsent($input: CreateConsentInput!) {
    createConsent(input: $input) {
      consent {
        id
        status
        authorizationUrl
        bank {
          name
          standard
        }
      }
      errors {
        message
      }
    }
  }
`;

export const CONSENT_STATUS = /* GraphQL */ `
  subscription ConsentStatus($id: ID!) {
    consentStatus(consentId: $id) {
      status
      statusReason
      validUntil
    }
  }
`;

export const CREATE_UPDATE = /* GraphQL */ `
  mutation CreateUpdate($input: CreateUpdateInput!) {
    createUpdate(input: $input) {
      update {
        id
        status
      }
      joined
      errors {
        message
      }
    }
  }
`;

export const UPDATE_STATUS = /* GraphQL */ `
  subscription UpdateStatus($id: ID!) {
    updateStatus(updateId: $id) {
      status
      sequence
      waitReason
      nextAttemptAt
      error {
        message
        bankCode
      }
      progress {
        fraction
        accountsTotal
        accountsDone
        transactionsSeen
        added
        modified
        removed
      }
    }
  }
`;

export const UPDATE_STEPS = /* GraphQL */ `
  query UpdateSteps($id: ID!) {
    update(id: $id) {
      steps {
        scope
        status
        coveredFrom
        coveredTo
        pages
        seen
        quarantined
        account {
          name
        }
        error {
          message
        }
      }
    }
  }
`;

export const DASHBOARD = /* GraphQL */ `
  query Dashboard($id: ID!) {
    consent(id: $id) {
      status
      validUntil
      quota {
        scope
        used
        limit
      }
      accounts {
        totalCount
        nodes {
          id
          name
          ownerName
          type
          iban
          maskedPan
          currency
          balance {
            type
            amount {
              amount
              currency
            }
          }
          coverage {
            from
            to
          }
          transactions(first: 3) {
            totalCount
            nodes {
              date
              status
              description
              amount {
                amount
                currency
              }
            }
          }
        }
      }
      user {
        changeCursor
        identities {
          fullName
          accounts {
            name
          }
        }
      }
    }
  }
`;

export const DELETE_CONSENT = /* GraphQL */ `
  mutation DeleteConsent($id: ID!) {
    deleteConsent(input: { consentId: $id }) {
      receipt {
        id
        bankRevocation
        consents
        accounts
        transactions
        completedAt
      }
      errors {
        message
      }
    }
  }
`;

export const AFTERWARDS = /* GraphQL */ `
  query Afterwards($consent: ID!, $user: ID!) {
    consent(id: $consent) {
      id
    }
    user(by: { id: $user }) {
      accounts {
        totalCount
      }
      transactions {
        totalCount
      }
      changes(first: 500) {
        nodes {
          __typename
        }
      }
    }
  }
`;

export const DELETE_USER = /* GraphQL */ `
  mutation DeleteUser($id: ID!) {
    deleteUser(input: { user: { id: $id } }) {
      receipt {
        id
      }
      errors {
        message
      }
    }
  }
`;
