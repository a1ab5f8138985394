"""The typed client, generated: repositories, objects, parameters, models and events."""
