"""Figures and the rows behind them: read-only, by the database."""
