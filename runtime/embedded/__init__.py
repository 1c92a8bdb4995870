"""The services of one machine: Postgres, Temporal and a mail catcher, started and stopped by Ombud itself."""
