"""As much of GraphQL as a small service needs: documents are read, and answered from things that know their own fields."""
