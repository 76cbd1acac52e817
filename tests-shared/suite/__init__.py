"""All tests under conditions in which a careless one fails, and how much of the code they run."""
