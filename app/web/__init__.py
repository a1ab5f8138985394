"""The web port: pages, API and push."""
