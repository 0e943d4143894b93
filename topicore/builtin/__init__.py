"""The components of the core, registered through the same hooks as any plugin."""
