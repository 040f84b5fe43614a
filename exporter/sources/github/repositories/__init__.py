"""The facts that GitHub keeps on a repository itself, its releases and its open bugs, read anew in each refresh."""
