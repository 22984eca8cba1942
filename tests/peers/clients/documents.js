// Operations that every client runs. relay-compiler reads the tags and requires names that start with the file name.

const graphql = String.raw;

export const documents = {
  documentsCountryQuery: graphql`
    query documentsCountryQuery($code: ID!) {
      country(code: $code) {
        id
        code
        name
        neighbours {
          code
        }
      }
    }
  `,
  documentsPageQuery: graphql`
    query documentsPageQuery($first: Int, $after: String) {
      relationships(first: $first, after: $after) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        edges {
          cursor
          node {
            id
            requestedState {
              code
            }
          }
        }
      }
    }
  `,
  documentsStatementsQuery: graphql`
    query documentsStatementsQuery($first: Int!) {
      statements(first: $first) {
        nodes {
          __typename
          id
          summary
          subject {
            __typename
            ... on Country {
              code
            }
            ... on Initiative {
              slug
            }
          }
          ... on StanceStatement {
            stance
          }
        }
      }
    }
  `,
  documentsChangesSubscription: graphql`
    subscription documentsChangesSubscription($filter: StanceChangeFilter, $after: String) {
      stanceChanged(filter: $filter, after: $after) {
        cursor
        from
        to
        relationship {
          id
          stance
        }
      }
    }
  `,
};
