"""The other end of Invoke function: Python files of the instance, HTTPS endpoints, AWS Lambda."""

from app.integrations.functions.functions import MapOfFunctions

__all__ = ["MapOfFunctions"]
