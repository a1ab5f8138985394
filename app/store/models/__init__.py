"""The tables. Peewee models never leave app.store."""

from app.store.models.configuration import CONFIGURATION_MODELS
from app.store.models.history import HISTORY_MODELS

ALL_MODELS = CONFIGURATION_MODELS + HISTORY_MODELS
"""Every table, those that others refer to first."""
