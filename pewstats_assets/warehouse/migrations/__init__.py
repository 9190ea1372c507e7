"""The schema's history: one numbered migration a change, run by `warehouse.migrate`."""
