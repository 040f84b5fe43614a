"""What is made of declarations and catalogs, and committed: reference pages for now."""
