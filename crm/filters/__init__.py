"""Text of an address's query becomes a choice of rows."""
