"""How GitHub is asked: over GraphQL, many things in a query, and over REST."""
